"""Sending a form: what it asks for is done, or it is shown again with everything that was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.core.db import db
from app.kit.refusal import Refusal

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Result]):
    """What became of a form: done with a result, or to be shown (again) with this status."""

    status: int
    done: bool = False
    result: Result | None = None
    refusal: Refusal | None = None


def attempt(form: Any, act: Callable[[], Result]) -> Attempt[Result]:
    """Do `act` when the form was sent and is sound; its refusal is put into the form."""
    if not form.is_submitted():
        return Attempt(200)
    if not form.validate():
        return Attempt(422)
    try:
        return Attempt(303, done=True, result=act())
    except Refusal as refusal:
        return Attempt(show_in_form(form, refusal), refusal=refusal)


def show_in_form(form: Any, refusal: Refusal) -> int:
    """Undo what was written, put the sentences at their fields; returns the answer's status."""
    db.session.rollback()
    errors = dict(getattr(refusal, "errors", {}))
    for name, sentence in errors.items():
        if name in form:
            form[name].errors = [*form[name].errors, sentence]
        else:
            form.form_errors.append(sentence)
    if not errors:
        form.form_errors.append(refusal.sentence)
    return refusal.status
