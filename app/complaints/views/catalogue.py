"""事项目录: what can be reported here, its versions, and a version of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.communities.rules import Settings
from app.complaints.actions import catalogue as actions
from app.complaints.actions.promises import span_for, terms_under
from app.complaints.forms_catalogue import TableForm
from app.complaints.permissions import KEEP_CATALOGUE
from app.complaints.queries import catalogue, catalogue_imports
from app.complaints.rules.catalogue import SHIPPED, Category
from app.complaints.rules.catalogue_changes import compare
from app.complaints.rules.catalogue_imports import ImportState
from app.complaints.rules.catalogue_lines import (
    RESPONSIBLE_WORDS,
    URGENCY_WORDS,
    Column,
    cells_of,
)
from app.complaints.views import sight, steps
from app.complaints.views.tickets import blueprint, to
from app.core.access.door import here, requires
from app.core.files.actions import Upload
from app.core.web.limits import by_person, limiter
from app.core.web.refused_form import show_in_form
from app.kit.clock import say_moment
from app.kit.refusal import Refusal
from app.registry.views.room import download

SHIPPED_NAME = "shipped"
PAGE = 100
LONGEST_SEARCH = 30


@blueprint.route("/c/<community>/tickets/catalogue", methods=["GET", "POST"])
@limiter.limit("60/hour", key_func=by_person, methods=["POST"])
@requires(KEEP_CATALOGUE)
def catalogue_page() -> ResponseReturnValue:
    """The catalogue that holds, its history, and a place to send one's own."""
    form, status = TableForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return redirect(to("catalogue_import", import_id=_upload(form)))
            except Refusal as refusal:
                status = show_in_form(form, refusal)
    community_id = here().community.id
    page = render_template(
        "complaints/catalogue.html",
        form=form,
        version=_named(catalogue.newest_version(community_id)),
        versions=[_named(row) for row in catalogue.versions(community_id)],
        imports=[
            (row, ImportState(row.state)) for row in catalogue_imports.recent_imports(community_id)
        ],
        say_moment=say_moment,
        **_listed(catalogue.current(community_id).items, to("catalogue_page")),
    )
    return page, status


@blueprint.get("/c/<community>/tickets/catalogue/<uuid:version_id>")
@requires(KEEP_CATALOGUE)
def catalogue_version(version_id: UUID) -> str:
    """One version: what it changed and what it says."""
    return _version_page(sight.found(catalogue.version(here().community.id, version_id)))


@blueprint.get("/c/<community>/tickets/catalogue/shipped")
@requires(KEEP_CATALOGUE)
def catalogue_shipped() -> str:
    """What holds where nothing was published."""
    return _version_page(None)


@blueprint.get("/c/<community>/tickets/catalogue/table.xlsx")
@requires(KEEP_CATALOGUE)
def catalogue_xlsx() -> Response:
    """A version as a workbook to fill in and send back."""
    return _table(as_csv=False)


@blueprint.get("/c/<community>/tickets/catalogue/table.csv")
@requires(KEEP_CATALOGUE)
def catalogue_csv() -> Response:
    """A version as CSV to fill in and send back."""
    return _table(as_csv=True)


def _version_page(row: Any) -> str:
    community_id, version = here().community.id, _named(row)
    items = catalogue.items_of(community_id, version["number"])
    before = catalogue.items_of(community_id, version["number"] - 1) if row else None
    return render_template(
        "complaints/catalogue_version.html",
        version=version,
        changes=compare(before, items) if before is not None else None,
        say_moment=say_moment,
        **_listed(items, version["url"]),
    )


def _table(*, as_csv: bool) -> Response:
    """The version in the address (`shipped` for ours), else the one that holds."""
    community_id, wanted = here().community.id, request.args.get("version", "")
    if wanted == SHIPPED_NAME:
        items = SHIPPED.items
    elif wanted:
        row = catalogue.version(community_id, request.args.get("version", type=UUID))
        items = catalogue.items_of(community_id, sight.found(row).CatalogueVersion.number)
    else:
        items = catalogue.current(community_id).items
    heads = [column.value for column in Column]
    return download("事项目录", heads, map(cells_of, items.values()), as_csv=as_csv)


def _upload(form: TableForm) -> UUID:
    sent = form.table.data
    return actions.upload_catalogue(
        here().community.id,
        Upload(sent.filename or "事项目录", sent.read()),
        uploaded_by=here().signed_in.account_id,
    )


def _listed(items: Mapping[str, Category], base_url: str) -> dict[str, Any]:
    """A page of the items that the address asks for."""
    typed = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    group = request.args.get("group", "")
    groups = list(dict.fromkeys(item.group for item in items.values()))
    found = [
        item
        for item in items.values()
        if (not group or item.group == group) and typed in f"{item.code}{item.title}{item.hint}"
    ]
    after = request.args.get("after", "")
    codes = [item.code for item in found]
    start = codes.index(after) + 1 if after in codes else 0
    page, more = found[start : start + PAGE], found[start + PAGE :]
    settings = steps.settings_here()
    kept = {name: value for name, value in (("q", typed), ("group", group)) if value}
    return {
        "lines": [line_of(item, settings) for item in page],
        "total": len(items),
        "found": len(found),
        "typed": typed,
        "group": group,
        "groups": groups,
        "base_url": base_url,
        "kept": kept,
        "older": {**kept, "after": page[-1].code} if more else None,
        "first": kept if start else None,
    }


def line_of(item: Category, settings: Settings) -> dict[str, Any]:
    """An item as a row of a table shows it."""
    return {
        "code": item.code,
        "group": item.group,
        "title": item.title,
        "hint": item.hint,
        "responsible": RESPONSIBLE_WORDS[item.responsible],
        "urgency": URGENCY_WORDS[item.urgency],
        "limit": span_for(terms_under(item), settings).words,
        "own": item.limit is not None,
        "basis": item.basis,
    }


def _named(row: Any) -> dict[str, Any]:
    """A version in words; without one, what we ship."""
    if row is None:
        return {
            "number": 0,
            "key": SHIPPED_NAME,
            "url": to("catalogue_shipped"),
            "name": f"系统自带（{SHIPPED.version}）",
            "items": len(SHIPPED.items),
            "source": "系统自带",
            "note": "",
            "publisher": None,
            "when": None,
        }
    version = row.CatalogueVersion
    when: datetime = version.created_at
    return {
        "number": version.number,
        "key": str(version.id),
        "url": to("catalogue_version", version_id=version.id),
        "name": f"第 {version.number} 版",
        "items": version.items,
        "source": version.source,
        "note": version.note,
        "publisher": row.publisher,
        "when": when,
    }
