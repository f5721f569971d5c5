"""An uploaded catalogue: what is wrong with it, what it would change, and letting it hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from app.complaints.actions import catalogue as actions
from app.complaints.forms_catalogue import PublishForm
from app.complaints.permissions import KEEP_CATALOGUE
from app.complaints.queries import catalogue, catalogue_imports, dispatching
from app.complaints.rules.catalogue import SHIPPED
from app.complaints.rules.catalogue_changes import compare, has_rest
from app.complaints.rules.catalogue_imports import ImportState, read_items
from app.complaints.views import sight, steps
from app.complaints.views.catalogue import line_of
from app.complaints.views.tickets import blueprint, to
from app.core import progress
from app.core.access.door import Here, here, requires
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.refused_form import show_in_form
from app.kit.clock import say_moment
from app.kit.refusal import NotFound, Refusal

SHOWN = 200


@blueprint.get("/c/<community>/tickets/catalogue/imports/<uuid:import_id>")
@requires(KEEP_CATALOGUE)
def catalogue_import(import_id: UUID) -> str:
    """What became of an upload: what is wrong, or what it would change."""
    form = PublishForm(formdata=None, seen=str(_holding_number()))
    return _import_page(import_id, form)


@blueprint.get("/c/<community>/tickets/catalogue/imports/<uuid:import_id>/progress")
@requires(KEEP_CATALOGUE)
def catalogue_progress(import_id: UUID) -> Response:
    """The progress bar; once the check has ended the whole page comes anew."""
    upload = sight.found(
        catalogue_imports.import_of(here().community.id, import_id)
    ).CatalogueImport
    running = upload.state == ImportState.CHECKING
    response = make_response(
        render_template(
            "complaints/_catalogue_progress.html",
            upload=upload,
            running=running,
            progress_now=progress.read(import_id),
        )
    )
    if not running:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/c/<community>/tickets/catalogue/imports/<uuid:import_id>/again")
@requires(KEEP_CATALOGUE)
def catalogue_again(import_id: UUID) -> ResponseReturnValue:
    """Put a lost check back to work."""
    actions.check_again(here().community.id, import_id)
    flash("已重新开始检查。", "success")
    return redirect(to("catalogue_import", import_id=import_id))


@blueprint.post("/c/<community>/tickets/catalogue/imports/<uuid:import_id>/publish")
@requires(KEEP_CATALOGUE)
def catalogue_publish(import_id: UUID) -> ResponseReturnValue:
    """Let a checked catalogue hold from now on."""
    form = PublishForm()
    if not form.validate():
        return _import_page(import_id, form), 422
    try:
        number = actions.publish_import(
            here().community.id,
            import_id,
            seen=form.seen_number,
            note=form.note.data or "",
            published_by=here().signed_in.account_id,
        )
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        status = show_in_form(form, refusal)
        form.seen.raw_data, form.seen.data = None, str(_holding_number())
        return _import_page(import_id, form), status
    flash(f"第 {number} 版已发布，从下一件诉求起生效。", "success")
    return redirect(to("catalogue_page"))


@decides_for(actions.FILE_KIND)
def may_read_catalogue(place: Here, _stored: StoredFile) -> bool:
    """Uploaded catalogues: those who keep the catalogue."""
    return bool(KEEP_CATALOGUE.grants(place.signed_in, place.community, None))


def _import_page(import_id: UUID, form: PublishForm) -> str:
    community_id = here().community.id
    row = sight.found(catalogue_imports.import_of(community_id, import_id))
    upload, state = row.CatalogueImport, ImportState(row.CatalogueImport.state)
    return render_template(
        "complaints/catalogue_import.html",
        upload=upload,
        uploader=row.uploader,
        number=row.number,
        state=state,
        State=ImportState,
        form=form,
        running=state is ImportState.CHECKING,
        progress_now=progress.read(import_id),
        faults=upload.result.get("faults", [])[:SHOWN],
        say_moment=say_moment,
        **(_consequences(upload.result["items"]) if state is ImportState.CHECKED else {}),
    )


def _consequences(stored: list[dict[str, Any]]) -> dict[str, Any]:
    """What publishing would change, and what hangs on the items that go."""
    community_id = here().community.id
    items = read_items(stored)
    changes = compare(catalogue.current(community_id).items, items)
    gone = {item.code for item in changes.retired}
    groups = {item.group for item in items.values()}
    rules = [row.DispatchRule for row in dispatching.rules_of(community_id)]
    settings = steps.settings_here()
    return {
        "changes": changes,
        "new_lines": [line_of(item, settings) for item in changes.new],
        "open_cases": catalogue.count_open(community_id, gone) if gone else 0,
        "idle_rules": sum(
            rule.category in gone
            or bool(rule.category_group and not rule.category and rule.category_group not in groups)
            for rule in rules
        ),
        "has_rest": has_rest(items),
    }


def _holding_number() -> int:
    holding = catalogue.current(here().community.id)
    return 0 if holding is SHIPPED else int(holding.version)
