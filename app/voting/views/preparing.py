"""业主大会 at the desk: draft, review, notice, opening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.db import db
from app.core.web.refused_form import show_in_form
from app.kit.clock import civil_date, now, say_deadline, say_moment
from app.kit.refusal import Invalid, Refusal
from app.voting.actions import opening, preparing, proposing
from app.voting.forms import (
    CancelForm,
    DraftForm,
    ExtendForm,
    MatterForm,
    NewAssemblyForm,
    ReturnForm,
)
from app.voting.models import Assembly, AssemblyMatter, Proposal
from app.voting.permissions import PREPARE, REVIEW
from app.voting.queries import (
    assemblies,
    elections,
    objections,
    participation,
    places,
    proposals,
    published_roll,
    roll,
    scopes,
)
from app.voting.rules import (
    Action,
    Actor,
    Matter,
    MatterKind,
    Mode,
    ObjectionSubject,
    Origin,
    State,
    Weight,
    actions_from,
    earliest_opening,
    quorum_met,
)
from app.voting.views import desk, figures
from app.voting.views.blueprints import assemblies_blueprint as blueprint

SUGGESTED_DAYS = 15


@blueprint.get("/c/<community>/assemblies/")
@requires(PREPARE)
def index() -> ResponseReturnValue:
    """All assemblies of one's compounds."""
    place, moment = here(), now()
    before = request.args.get("before", type=UUID)
    rows = assemblies.staff_assemblies(place.community.id, desk.own_compounds(), before)
    shown = rows[: assemblies.PAGE]
    titles = assemblies.matter_titles(place.community.id, [row.Assembly.id for row in shown])
    return render_template(
        "voting/staff/index.html",
        community=place.community.code,
        rows=[
            {
                "id": row.Assembly.id,
                "title": row.Assembly.title,
                "compound": row.compound_name,
                "matters": "；".join(titles.get(row.Assembly.id, [])),
                "tag": figures.state_tag(row.Assembly),
                "opens": say_moment(row.Assembly.opens_at, moment),
                "deadline": figures.deadline(row.Assembly, moment),
                "roll_heads": row.Assembly.roll_heads,
            }
            for row in shown
        ],
        older=shown[-1].Assembly.id if len(rows) > assemblies.PAGE else None,
        reached=proposals.waiting_proposals(place.community.id, desk.own_compounds()),
    )


@blueprint.route("/c/<community>/assemblies/new", methods=["GET", "POST"])
@requires(PREPARE)
def new() -> ResponseReturnValue:
    """Draft an assembly with its first matter."""
    place = here()
    form = NewAssemblyForm()
    form.compound_id.choices = desk.compound_choices()
    proposal = _reached_proposal()
    if request.method == "GET":
        timing = places.timing_of_community(place.community.id)
        first = civil_date(earliest_opening(now(), timing)) + timedelta(days=1)
        form.opens_on.data = first
        form.closes_on.data = first + timedelta(days=SUGGESTED_DAYS)
        if proposal is not None:
            form.compound_id.data = str(proposal.compound_id)
            form.statute.data = str(proposal.statute)
            form.matter_title.data, form.body.data = proposal.title, proposal.body
    elif form.validate_on_submit():
        try:
            assembly_id = _draft(form, proposal)
        except Refusal as refusal:
            db.session.rollback()
            _show(form, refusal)
        else:
            flash("草稿已保存。核对无误后提交社区审核。", "success")
            return to_assembly(assembly_id)
    page = render_template(
        "voting/staff/new.html", community=place.community.code, form=form, proposal=proposal
    )
    return page, 422 if form.errors or form.form_errors else 200


def _draft(form: NewAssemblyForm, proposal: Proposal | None) -> UUID:
    place = here()
    drafted_by = place.signed_in.account_id
    if proposal is None:
        return preparing.draft_assembly(
            place.community.id, form.draft(), form.matter(), drafted_by=drafted_by
        )
    return proposing.draft_from_proposal(
        place.community.id, proposal.id, form.draft(), form.matter(), drafted_by=drafted_by
    )


def _reached_proposal() -> Proposal | None:
    """The owners' proposal this draft is made from, if one is named in the address."""
    wanted = request.args.get("proposal", type=UUID)
    row = proposals.proposal(here().community.id, wanted) if wanted else None
    return row.Proposal if row is not None else None


@blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>")
@requires(PREPARE)
def show(assembly_id: UUID) -> ResponseReturnValue:
    """One assembly: what is asked, where it stands, what can be done with it now."""
    return page_of(assembly_id)


@blueprint.route("/c/<community>/assemblies/<uuid:assembly_id>/edit", methods=["GET", "POST"])
@requires(PREPARE)
def edit(assembly_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    place = here()
    assembly = desk.found(assembly_id).Assembly
    form = DraftForm(obj=assembly)
    form.compound_id.choices = desk.compound_choices()
    if request.method == "GET":
        form.show(assembly)
    elif form.validate_on_submit():
        try:
            preparing.change_draft(
                desk.locked(assembly_id), form.draft(), version=_version(form.version.data)
            )
        except Refusal as refusal:
            db.session.rollback()
            _show(form, refusal)
        else:
            flash("已保存。", "success")
            return to_assembly(assembly_id)
    page = render_template(
        "voting/staff/edit.html",
        community=place.community.code,
        assembly_id=assembly_id,
        form=form,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/matters")
@requires(PREPARE)
def add_matter(assembly_id: UUID) -> ResponseReturnValue:
    """Put another matter on the agenda."""
    form = MatterForm()
    if not form.validate_on_submit():
        return page_of(assembly_id, matter_form=form), 422
    try:
        preparing.add_matter(desk.locked(assembly_id), form.matter())
    except Invalid as invalid:
        status = show_in_form(form, invalid)
        return page_of(assembly_id, matter_form=form), status
    return to_assembly(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/matters/<uuid:matter_id>/remove")
@requires(PREPARE)
def remove_matter(assembly_id: UUID, matter_id: UUID) -> ResponseReturnValue:
    """Take a matter off the agenda."""
    preparing.remove_matter(desk.locked(assembly_id), matter_id)
    return to_assembly(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/submit")
@requires(PREPARE)
def submit(assembly_id: UUID) -> ResponseReturnValue:
    """Hand it to the community."""
    preparing.submit(desk.locked(assembly_id), desk.acting_as())
    flash("已提交社区审核。", "success")
    return to_assembly(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/return")
@requires(REVIEW)
def send_back(assembly_id: UUID) -> ResponseReturnValue:
    """Send it back with a reason."""
    form = ReturnForm()
    if not form.validate_on_submit():
        return page_of(assembly_id, return_form=form), 422
    preparing.send_back(desk.locked(assembly_id), desk.acting_as(), form.note.data or "")
    flash("已退回修改。", "success")
    return to_assembly(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/notice")
@requires(REVIEW)
def publish_notice(assembly_id: UUID) -> ResponseReturnValue:
    """Publish the notice: from now on nothing of it changes."""
    assembly = desk.locked(assembly_id)
    preparing.publish_notice(assembly, desk.acting_as(), now())
    flash(f"公告已发布，{say_moment(assembly.opens_at, now())} 自动开始投票。", "success")
    return to_assembly(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/open")
@requires(REVIEW)
def open_now(assembly_id: UUID) -> ResponseReturnValue:
    """Open by hand what the clock would open."""
    opening.open_voting(
        desk.locked(assembly_id),
        desk.acting_as(),
        places.settings_of(here().community.id),
        assemblies.database_now(),
    )
    flash("名册已锁定，投票开始。", "success")
    return to_assembly(assembly_id)


def page_of(
    assembly_id: UUID,
    *,
    matter_form: MatterForm | None = None,
    return_form: ReturnForm | None = None,
    cancel_form: CancelForm | None = None,
    extend_form: ExtendForm | None = None,
) -> str:
    """The assembly's page at the desk, with whatever was typed and refused."""
    place, moment = here(), now()
    row = desk.found(assembly_id)
    assembly = row.Assembly
    state = State(assembly.state)
    timing = places.timing_of_community(place.community.id)
    earliest = earliest_opening(moment, timing)
    can = {action.value for action in actions_from(state, desk.acting_as())}
    matters = assemblies.matters_of(place.community.id, assembly_id)
    waiting = objections.open_objections(place.community.id, assembly_id, ObjectionSubject.ROLL)
    return render_template(
        "voting/staff/show.html",
        community=place.community.code,
        assembly=assembly,
        compound_name=row.compound_name,
        tag=figures.state_tag(assembly),
        opens=say_moment(assembly.opens_at, moment),
        closes=say_deadline(assembly.closes_at, moment).split("，", 1)[0],
        earliest=say_moment(earliest, moment),
        notice_days=timing.notice_days,
        too_early=assembly.opens_at < earliest,
        scope=figures.say_scope(assembly, scopes.places_of(place.community.id, assembly_id)),
        mode=Mode(assembly.mode).label,
        origin=Origin(assembly.origin).label,
        noticed=assembly.notice_at is not None,
        buildings=_buildings(assembly),
        objections=waiting,
        may_extend="extend" in can and _may_extend(assembly, moment),
        drafting=state is State.DRAFT,
        can=can,
        open_due=Action.OPEN in actions_from(state, desk.acting_as())
        and assembly.opens_at <= moment,
        frozen=assembly.roll_heads is not None,
        has_result=state in (State.PUBLISHED, State.FINAL),
        may_scrutinize=state in (State.PUBLISHED, State.FINAL)
        and desk.acting_as() is Actor.COMMUNITY,
        flagged=roll.flagged_voters(place.community.id, assembly_id),
        matters=_matters(matters),
        timeline=figures.timeline_of(assembly, moment),
        matter_form=matter_form or MatterForm(formdata=None),
        return_form=return_form or ReturnForm(formdata=None),
        cancel_form=cancel_form or CancelForm(formdata=None),
        extend_form=extend_form or ExtendForm(formdata=None),
    )


def _matters(matters: Sequence[AssemblyMatter]) -> list[dict[str, Any]]:
    """Each matter; an election with its candidates and how far they are checked."""
    elected = [matter.id for matter in matters if matter.kind == MatterKind.ELECTION]
    community_id = here().community.id
    standing = assemblies.candidates_of(community_id, matters[0].assembly_id) if elected else {}
    checks = elections.checks_of(community_id, elected) if elected else []
    return [
        {
            "id": matter.id,
            "title": matter.title,
            "body": matter.body,
            "statute": Matter(matter.statute).title,
            "needs": Matter(matter.statute).threshold.label,
            "election": matter.kind == MatterKind.ELECTION,
            "seats": matter.seats,
            "candidates": [found.name for found in standing.get(matter.id, [])],
            "unchecked": figures.unchecked(standing.get(matter.id, []), checks),
            "warning": figures.differential(standing.get(matter.id, []), matter),
        }
        for matter in matters
    ]


def _buildings(assembly: Assembly) -> Sequence[Any]:
    """The buildings for which sheets can be printed, once there is a notice."""
    if assembly.notice_at is None:
        return []
    parking = places.settings_of(assembly.community_id).parking_spaces_vote
    return published_roll.buildings_on_roll(assembly, parking_votes=parking)


def _may_extend(assembly: Assembly, moment: datetime) -> bool:
    if assembly.extended or assembly.closes_at <= moment:
        return False
    took_part = participation.took_part(assembly.community_id, assembly.id)
    return not quorum_met(
        took_part, Weight(assembly.roll_area_centi or 0, assembly.roll_heads or 0)
    )


def to_assembly(assembly_id: UUID) -> ResponseReturnValue:
    """Back to the assembly's page after something was done."""
    return redirect(assembly_address(assembly_id), code=303)


def assembly_address(assembly_id: UUID) -> str:
    """Where the assembly's page at the desk is."""
    return url_for("assemblies.show", community=here().community.code, assembly_id=assembly_id)


def _show(form: DraftForm, refusal: Refusal) -> None:
    errors = getattr(refusal, "errors", {})
    for name, sentence in errors.items():
        form[name].errors = [*form[name].errors, sentence]
    if not errors:
        form.form_errors.append(refusal.sentence)


def _version(typed: str | None) -> int:
    return int(typed) if typed and typed.isdecimal() else 0
