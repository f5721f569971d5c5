"""Importing owner registers."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core import progress
from app.core.access.door import Here, here, requires
from app.core.files.actions import Upload
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.limits import by_person, limiter
from app.core.web.refused_form import show_in_form
from app.kit.areas import say_area
from app.kit.clock import say_moment
from app.kit.refusal import Refusal
from app.kit.writing import CSV, XLSX, csv_table
from app.registry import workbooks
from app.registry.actions import intake
from app.registry.forms import RegisterForm
from app.registry.models import RegisterImport
from app.registry.permissions import EDIT_REGISTER
from app.registry.queries import checking, homes, imports, places
from app.registry.rules import IMPORT_STATE_TITLES, ImportState
from app.registry.views.room import attachment, blueprint, found, to

SHOWN_FAULTS = 200
_RUNNING = frozenset({ImportState.CHECKING, ImportState.APPLYING})
_TONES = {
    ImportState.CHECKING: "info",
    ImportState.FAULTY: "late",
    ImportState.CHECKED: "due",
    ImportState.APPLYING: "info",
    ImportState.APPLIED: "done",
    ImportState.UNCHANGED: "quiet",
    ImportState.FAILED: "late",
}


@blueprint.route("/c/<community>/registry/imports", methods=["GET", "POST"])
@limiter.limit("60/hour", key_func=by_person, methods=["POST"])
@requires(EDIT_REGISTER)
def import_list() -> ResponseReturnValue:
    """Upload a register; what was uploaded before."""
    community_id = here().community.id
    form = RegisterForm(compound_id=request.args.get("compound", ""))
    form.compound_id.choices = [(str(row.id), row.name) for row in homes.compounds(community_id)]
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return redirect(to("import_page", import_id=_upload(form)))
            except Refusal as refusal:
                status = show_in_form(form, refusal)
    page = render_template(
        "registry/imports.html",
        form=form,
        imports=imports.recent_imports(community_id),
        titles=IMPORT_STATE_TITLES,
        tones=_TONES,
        say_moment=say_moment,
    )
    return page, status


@blueprint.get("/c/<community>/registry/imports/template.xlsx")
@requires(EDIT_REGISTER)
def template_xlsx() -> Response:
    """The template as a workbook."""
    return attachment(workbooks.template_xlsx(), "业主名册模板.xlsx", XLSX)


@blueprint.get("/c/<community>/registry/imports/template.csv")
@requires(EDIT_REGISTER)
def template_csv() -> Response:
    """The template as CSV."""
    return attachment(workbooks.template_csv(), "业主名册模板.csv", CSV)


@blueprint.get("/c/<community>/registry/imports/<uuid:import_id>")
@requires(EDIT_REGISTER)
def import_page(import_id: UUID) -> str:
    """What became of an upload: faults, or what would change."""
    community_id = here().community.id
    upload: RegisterImport = found(imports.import_of(community_id, import_id))
    return render_template(
        "registry/import.html",
        upload=upload,
        compound=found(places.compound(community_id, upload.compound_id)),
        title=IMPORT_STATE_TITLES[ImportState(upload.state)],
        tone=_TONES[ImportState(upload.state)],
        running=upload.state in _RUNNING,
        progress_now=progress.read(import_id),
        faults=checking.faults(community_id, import_id, SHOWN_FAULTS),
        shown=SHOWN_FAULTS,
        say_area=say_area,
        say_moment=say_moment,
    )


@blueprint.get("/c/<community>/registry/imports/<uuid:import_id>/progress")
@requires(EDIT_REGISTER)
def import_progress(import_id: UUID) -> Response:
    """The progress bar; once the job has ended the whole page comes anew."""
    upload: RegisterImport = found(imports.import_of(here().community.id, import_id))
    running = upload.state in _RUNNING
    response = make_response(
        render_template(
            "registry/_progress.html",
            upload=upload,
            running=running,
            progress_now=progress.read(import_id),
        )
    )
    if not running:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/c/<community>/registry/imports/<uuid:import_id>/apply")
@requires(EDIT_REGISTER)
def apply_import(import_id: UUID) -> ResponseReturnValue:
    """Merge a checked register."""
    intake.start_apply(here().community.id, import_id)
    return redirect(to("import_page", import_id=import_id))


@blueprint.post("/c/<community>/registry/imports/<uuid:import_id>/again")
@requires(EDIT_REGISTER)
def again_import(import_id: UUID) -> ResponseReturnValue:
    """Put a lost step back to work."""
    intake.start_again(here().community.id, import_id)
    flash("已重新开始。", "done")
    return redirect(to("import_page", import_id=import_id))


@blueprint.get("/c/<community>/registry/imports/<uuid:import_id>/faults.csv")
@requires(EDIT_REGISTER)
def import_faults(import_id: UUID) -> Response:
    """Every fault of an upload."""
    community_id = here().community.id
    found(imports.import_of(community_id, import_id))
    rows = checking.faults(community_id, import_id)
    return attachment(
        csv_table(("行", "列", "问题"), [tuple(row) for row in rows]),
        "名册问题清单.csv",
        CSV,
    )


@decides_for(intake.FILE_KIND)
def may_read_register(place: Here, _stored: StoredFile) -> bool:
    """Uploaded registers hold everybody's numbers: only those who keep the register."""
    return bool(EDIT_REGISTER.grants(place.signed_in, place.community, None))


def _upload(form: RegisterForm) -> UUID:
    sent = form.table.data
    return intake.upload_register(
        here().community.id,
        UUID(form.compound_id.data),
        Upload(sent.filename or "名册", sent.read()),
        uploaded_by=here().signed_in.account_id,
    )
