"""Paper ballots at the desk: print, hand out, take back, enter. Never what stands on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import Here, here, requires
from app.core.access.roles import OFFICE_ROLES
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.kit.areas import say_area
from app.kit.clock import now, say_moment
from app.kit.ids import digest_groups, normalize_code
from app.voting.actions import entering
from app.voting.actions import paper as acts
from app.voting.channel_forms import VoidForm
from app.voting.permissions import PAPER
from app.voting.queries import paper
from app.voting.rules import (
    SETTLED,
    Mode,
    PaperEvent,
    State,
    paper_number,
)
from app.voting.views import desk, figures
from app.voting.views.blueprints import assemblies_blueprint as blueprint
from app.voting.views.paper_parts import address, known, place_choices, state_tag


@blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>/paper")
@requires(PAPER)
def papers(assembly_id: UUID) -> ResponseReturnValue:
    """How the paper stands, what waits to be entered, and where to print."""
    place = here()
    row = desk.found(assembly_id)
    assembly = row.Assembly
    after = request.args.get("after", type=int)
    waiting = paper.waiting_papers(
        place.community.id, place.signed_in.account_id, assembly_id, after
    )
    shown = waiting[: paper.PAGE]
    return render_template(
        "voting/paper/index.html",
        community=place.community.code,
        assembly=assembly,
        compound_name=row.compound_name,
        deadline=figures.deadline(assembly, now()),
        open_now=_open_for_paper(assembly),
        counts=paper.paper_counts(place.community.id, assembly_id),
        unsettled=paper.unsettled_papers(place.community.id, assembly_id),
        waiting=[_line(one) for one in shown],
        further=shown[-1].number if len(waiting) > paper.PAGE else None,
        buildings=place_choices(assembly.compound_id),
    )


@blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>/paper/find")
@requires(PAPER)
def find_paper(assembly_id: UUID) -> ResponseReturnValue:
    """To the ballot whose code was typed or scanned."""
    desk.found(assembly_id)
    place = here()
    code = normalize_code(request.args.get("code", ""))
    known = paper.paper(place.community.id, place.signed_in.account_id, assembly_id, code)
    if known is None:
        flash("没有找到这个编号的选票。请对照存根上的回执码再输一遍。", "late")
        return redirect(address("papers", assembly_id))
    return redirect(address("one_paper", assembly_id, code=code))


@blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>/paper/<code>")
@requires(PAPER)
def one_paper(assembly_id: UUID, code: str) -> ResponseReturnValue:
    """One ballot: what happened to it and what can be done next."""
    return _paper_page(assembly_id, code, VoidForm(formdata=None))


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/paper/<code>/hand-out")
@requires(PAPER)
def hand_out_paper(assembly_id: UUID, code: str) -> ResponseReturnValue:
    """It was taken to the door."""
    acts.hand_out(desk.found(assembly_id).Assembly, code, by=here().signed_in.account_id)
    flash("已登记发出。", "done")
    return redirect(address("one_paper", assembly_id, code=code), code=303)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/paper/<code>/take-back")
@requires(PAPER)
def take_paper_back(assembly_id: UUID, code: str) -> ResponseReturnValue:
    """It came back."""
    event = acts.take_back(desk.found(assembly_id).Assembly, code, by=here().signed_in.account_id)
    if event is PaperEvent.SUPERSEDED:
        flash("已登记收回。这位业主先前已经投过票，这张留存、不计入。", "info")
    else:
        flash("已登记收回，请两个人分别录入。", "done")
    return redirect(address("one_paper", assembly_id, code=code), code=303)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/paper/<code>/void")
@requires(PAPER)
def void_paper(assembly_id: UUID, code: str) -> ResponseReturnValue:
    """Declare a lost one void."""
    form = VoidForm()
    if not form.validate_on_submit():
        return _paper_page(assembly_id, code, form), 422
    acts.void_paper(
        desk.found(assembly_id).Assembly,
        code,
        form.reason.data or "",
        by=here().signed_in.account_id,
    )
    flash("已作废，可以再编一张。", "done")
    return redirect(address("one_paper", assembly_id, code=code), code=303)


@decides_for(entering.SCAN)
def may_read_scan(place: Here, stored: StoredFile) -> bool:
    """Nobody before the close; then the community's office."""
    return bool(
        place.signed_in.roles_in(place.community) & OFFICE_ROLES
        and paper.scan_disclosed(place.community.id, stored.subject_id)
    )


def _paper_page(assembly_id: UUID, code: str, form: VoidForm) -> str:
    row = desk.found(assembly_id)
    found = known(assembly_id, code)
    events = set(found.events)
    return render_template(
        "voting/paper/show.html",
        community=here().community.code,
        assembly=row.Assembly,
        code=code,
        shown_code=digest_groups(code, 5).upper(),
        number=paper_number(found.number, found.turn),
        label=found.label,
        area=say_area(found.area_centi),
        state=state_tag(found.events),
        since=say_moment(found.last_event_at) if found.last_event_at else None,
        entries=found.entries,
        open_now=_open_for_paper(row.Assembly),
        settled=bool(events & SETTLED),
        handed_out=PaperEvent.HANDED_OUT in events,
        returned=PaperEvent.RETURNED in events,
        entered_before=found.entered_before,
        form=form,
    )


def _open_for_paper(assembly: Any) -> bool:
    return bool(
        assembly.mode != Mode.ONLINE and assembly.state == State.OPEN and assembly.closes_at > now()
    )


def _line(one: Any) -> dict[str, Any]:
    return {
        "code": one.code,
        "number": paper_number(one.number, one.turn),
        "label": one.label,
        "returned": say_moment(one.returned_at),
        "entries": one.entries,
        "entered_before": one.entered_before,
    }
