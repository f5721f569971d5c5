"""What the pages of the register share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField

from app.core.access.door import here
from app.core.web.forms import Form
from app.core.web.refused_form import show_in_form
from app.core.web.shell import navigation_item
from app.kit.refusal import NotFound, Refusal
from app.kit.writing import CSV, XLSX, csv_table, xlsx_table
from app.registry.actions.saving import ChangedMeanwhile

blueprint = Blueprint("registry", __name__)
navigation_item("房屋与业主", "building-2", "registry.index", order=50)


def to(endpoint: str, **values: Any) -> str:
    """An address of the register in this community."""
    return url_for(f"registry.{endpoint}", community=here().community.code, **values)


def found(row: Any) -> Any:
    """The row, which must exist."""
    if row is None:
        raise NotFound
    return row


def identifier(name: str) -> UUID | None:
    """An id in the address, if it is one."""
    return request.args.get(name, type=UUID)


def edit_page(
    form: Form,
    save: Callable[[], ResponseReturnValue],
    *,
    heading: str,
    back: str,
    crumbs: Sequence[Mapping[str, str]] = (),
    current: Callable[[], Mapping[str, Any]] | None = None,
) -> ResponseReturnValue:
    """A form of the register: saved, or shown again with what is wrong and what was typed.

    `current` reads the row as the form would show it, to set both versions side by side.
    """
    status = 200
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return save()
            except Refusal as refusal:
                status = show_in_form(form, refusal)
                if isinstance(refusal, ChangedMeanwhile) and current is not None:
                    differences = _differences(form, current())
    page = render_template(
        "registry/edit.html",
        form=form,
        heading=heading,
        back=back,
        crumbs=crumbs,
        differences=differences,
        sentence=ChangedMeanwhile.sentence,
    )
    return page, status


def download(title: str, heads: Sequence[str], rows: Any, *, as_csv: bool) -> Response:
    """A table as a file."""
    if as_csv:
        return attachment(csv_table(heads, rows), f"{title}.csv", CSV)
    return attachment(xlsx_table(title, heads, rows), f"{title}.xlsx", XLSX)


def attachment(data: bytes, name: str, mimetype: str) -> Response:
    """Bytes to keep as a file."""
    response = Response(data, content_type=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _differences(form: Form, current: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    form.version.raw_data = None
    form.version.data = str(current["version"])
    rows = []
    for field in form:
        if field.name in current and field.name != "version":
            theirs, mine = _shown(field, current[field.name]), _shown(field, field.data)
            if theirs != mine:
                rows.append((field.label.text, theirs, mine))
    return rows


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, BooleanField):
        return "是" if value else "否"
    if isinstance(field, SelectField):
        titles = {choice[0]: choice[1] for choice in field.iter_choices()}
        return str(titles.get(str(value), ""))
    return "" if value is None else str(value)
