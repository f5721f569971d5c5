"""Showing a refusal in the form that caused it, with everything that was typed."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.kit.refusal import Refusal


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
