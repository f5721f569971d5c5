"""备案 at the desk: the checklist, the sheets, and the whole file as one package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import progress
from app.core.access.door import Here, here, requires
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.refused_form import attempt
from app.core.web.sheets import pdf_response
from app.kit.clock import civil_date, now, say_date, say_moment
from app.kit.refusal import NotFound
from app.voting import sheets
from app.voting.actions import archiving
from app.voting.actions import filing as acts
from app.voting.filing_forms import FilingForm, WithdrawForm
from app.voting.models import Assembly, AssemblyArchive
from app.voting.permissions import FILE, RECOUNT
from app.voting.queries import filing, participation
from app.voting.rules import (
    FILED_AT,
    ArchiveKind,
    ArchiveState,
    Document,
    FilingItem,
    FilingLine,
    State,
)
from app.voting.views import building_pages, desk, figures
from app.voting.views.blueprints import assemblies_blueprint as blueprint
from app.voting.views.packages import say_size, streamed

ROOT = "/c/<community>/assemblies/<uuid:assembly_id>"


@blueprint.get(f"{ROOT}/filing")
@requires(FILE)
def filing_page(assembly_id: UUID) -> ResponseReturnValue:
    """What is still to be filed, where and by when; the sheets and the package."""
    place, moment = here(), now()
    row = desk.found(assembly_id)
    assembly: Assembly = row.Assembly
    community_id = place.community.id
    candidates = filing.candidates_counted(community_id, assembly_id)
    state = State(assembly.state)
    typed = request.args.get("q", "").strip()
    buildings = (
        participation.page(assembly, building_pages.after(), typed)
        if state in sheets.WITH_ROLL
        else []
    )
    shown = buildings[: participation.PAGE]
    return render_template(
        "voting/staff/filing.html",
        community=place.community.code,
        assembly=assembly,
        compound_name=row.compound_name,
        tag=figures.state_tag(assembly),
        final=assembly.final_at is not None,
        lines=[_line(line, civil_date(moment)) for line in acts.filing_lines(assembly)],
        sheets=sheets.available(assembly, elected=bool(candidates)),
        tied=[candidate.name for candidate in candidates if candidate.tied],
        buildings=shown,
        typed=typed,
        beginning=building_pages.after() is not None,
        further=building_pages.cursor(shown[-1]) if len(buildings) > len(shown) else None,
        printed_in_file=(assembly.roll_heads or 0) <= archiving.LARGEST_PRINTED_ROLL,
        archives=[
            _archive_row(found)
            for found in filing.archives_of(community_id, assembly_id, ArchiveKind.FILE)
        ],
        may_archive=state in sheets.WITH_RESULT
        and bool(RECOUNT.grants(place.signed_in, place.community, None)),
    )


@blueprint.get(f"{ROOT}/filing/<line>")
@requires(FILE)
def line_page(assembly_id: UUID, line: str) -> ResponseReturnValue:
    """One line: what to take where, and the entry when it is done."""
    form = FilingForm(formdata=None)
    form.done_on.data = civil_date(now())
    return _line_page(assembly_id, _item(line), form, WithdrawForm(formdata=None))


@blueprint.post(f"{ROOT}/filing/<line>")
@requires(FILE)
def file_line(assembly_id: UUID, line: str) -> ResponseReturnValue:
    """Tick a line."""
    item, form = _item(line), FilingForm()

    def file(assembly: Assembly) -> None:
        acts.file_line(assembly, item, form.draft(), entered_by=here().signed_in.account_id)

    return _step(assembly_id, item, form, file, f"已登记：{item.label}。")


@blueprint.post(f"{ROOT}/filing/<line>/withdraw")
@requires(FILE)
def withdraw_line(assembly_id: UUID, line: str) -> ResponseReturnValue:
    """Take an entry back."""
    item, form = _item(line), WithdrawForm()

    def withdraw(assembly: Assembly) -> None:
        acts.withdraw_line(
            assembly, item, form.reason.data or "", entered_by=here().signed_in.account_id
        )

    return _step(assembly_id, item, form, withdraw, "已撤回，原来的登记仍留在记录里。")


@blueprint.get(f"{ROOT}/sheets/<sheet>")
@requires(FILE)
def sheet_pdf(assembly_id: UUID, sheet: str) -> Response:
    """One sheet of the file."""
    assembly = desk.found(assembly_id).Assembly
    if sheet not in set(Document):
        raise NotFound
    wanted = Document(sheet)
    return pdf_response(sheets.page_of(assembly, wanted), f"{assembly.title}{wanted.label}")


@blueprint.get(f"{ROOT}/roll/<uuid:building_id>")
@requires(FILE)
def roll_pdf(assembly_id: UUID, building_id: UUID) -> Response:
    """The frozen roll of one building."""
    assembly = desk.found(assembly_id).Assembly
    return pdf_response(
        sheets.roll_page(assembly, building_id), f"{assembly.title}{Document.ROLL.label}"
    )


@blueprint.post(f"{ROOT}/archive")
@requires(RECOUNT)
def order_archive(assembly_id: UUID) -> ResponseReturnValue:
    """Have the package made."""
    archiving.order_archive(desk.locked(assembly_id), asked_by=here().signed_in.account_id)
    return _to(assembly_id)


@blueprint.get(f"{ROOT}/archive/<uuid:archive_id>/progress")
@requires(RECOUNT)
def archive_progress(assembly_id: UUID, archive_id: UUID) -> Response:
    """The progress bar; once the package is there the whole page comes anew."""
    desk.found(assembly_id)
    ordered = filing.archive(here().community.id, archive_id)
    if ordered is None or ordered.assembly_id != assembly_id or ordered.kind != ArchiveKind.FILE:
        raise NotFound
    running = ordered.state == ArchiveState.RUNNING
    response = make_response(
        render_template(
            "voting/staff/_archive_progress.html",
            community=here().community.code,
            archive=_archive_row(ordered),
        )
    )
    if not running:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.get(f"{ROOT}/archive/<uuid:archive_id>/package.zip")
@requires(RECOUNT)
def take_archive(assembly_id: UUID, archive_id: UUID) -> Response:
    """The package, streamed; the download is on record."""
    desk.found(assembly_id)
    taken = archiving.take_archive(here().community.id, assembly_id, archive_id)
    return streamed(taken, f"{assembly_id}.zip")


@decides_for(filing.FILING_FILE)
def may_read_scan(place: Here, _stored: StoredFile) -> bool:
    """Scans of receipts: those who file."""
    return bool(FILE.grants(place.signed_in, place.community, None))


def _step(
    assembly_id: UUID,
    item: FilingItem,
    form: Any,
    act: Callable[[Assembly], object],
    done: str,
) -> ResponseReturnValue:
    tried = attempt(form, lambda: act(desk.locked(assembly_id)))
    if tried.done:
        flash(done, "success")
        return _to(assembly_id)
    filed = form if isinstance(form, FilingForm) else FilingForm(formdata=None)
    withdrawn = form if isinstance(form, WithdrawForm) else WithdrawForm(formdata=None)
    return _line_page(assembly_id, item, filed, withdrawn), tried.status


def _line_page(
    assembly_id: UUID, item: FilingItem, form: FilingForm, withdraw: WithdrawForm
) -> str:
    place, today = here(), civil_date(now())
    row = desk.found(assembly_id)
    lines = {line.item: line for line in acts.filing_lines(row.Assembly)}
    form.receipt.flags.required = item in FILED_AT
    entry = filing.newest_entries(place.community.id, assembly_id).get(item)
    return render_template(
        "voting/staff/filing_line.html",
        community=place.community.code,
        assembly=row.Assembly,
        item=item,
        line=_line(lines[item], today) if item in lines else None,
        entry=entry,
        scans=filing.scans_of(place.community.id, [entry.id]) if entry else [],
        form=form,
        withdraw=withdraw,
    )


def _line(line: FilingLine, today: Any) -> dict[str, Any]:
    if line.filed is not None:
        tag = ("done", f"{line.filed.done_on.month}月{line.filed.done_on.day}日已办")
    elif line.late(today):
        tag = ("late", "已过期")
    elif line.due is not None:
        tag = ("due", f"{line.due.month}月{line.due.day}日前")
    else:
        tag = ("quiet", "待办")
    return {
        "item": line.item.value,
        "label": line.item.label,
        "to_whom": line.item.to_whom,
        "basis": line.item.basis,
        "papers": line.item.papers,
        "tone": tag[0],
        "text": tag[1],
        "last": say_date(line.due, today) if line.due else None,
        "receipt": line.filed.receipt if line.filed else "",
        "done": line.filed is not None,
    }


def _archive_row(archive: AssemblyArchive) -> dict[str, Any]:
    running = archive.state == ArchiveState.RUNNING
    return {
        "id": archive.id,
        "assembly_id": archive.assembly_id,
        "running": running,
        "ordered": say_moment(archive.created_at, now()),
        "size": say_size(archive.size or 0),
        "sha256": archive.sha256,
        "progress": progress.read(archive.id) if running else None,
    }


def _item(line: str) -> FilingItem:
    if line not in set(FilingItem):
        raise NotFound
    return FilingItem(line)


def _to(assembly_id: UUID) -> ResponseReturnValue:
    place = here().community.code
    return redirect(url_for(".filing_page", community=place, assembly_id=assembly_id), code=303)
