"""业主大会 at the desk: draft, review, notice, opening."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.db import db
from app.kit.clock import civil_date, now, say_moment
from app.kit.refusal import Invalid, Refusal
from app.voting.actions import opening, preparing
from app.voting.forms import DraftForm, MatterForm, NewAssemblyForm, ReturnForm
from app.voting.permissions import PREPARE, REVIEW
from app.voting.queries import assemblies, places, roll
from app.voting.rules import Action, Actor, Matter, State, actions_from, earliest_opening
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
    )


@blueprint.route("/c/<community>/assemblies/new", methods=["GET", "POST"])
@requires(PREPARE)
def new() -> ResponseReturnValue:
    """Draft an assembly with its first matter."""
    place = here()
    form = NewAssemblyForm()
    form.compound_id.choices = desk.compound_choices()
    if request.method == "GET":
        first = civil_date(earliest_opening(now(), preparing.TIMING)) + timedelta(days=1)
        form.opens_on.data = first
        form.closes_on.data = first + timedelta(days=SUGGESTED_DAYS)
    elif form.validate_on_submit():
        try:
            assembly_id = preparing.draft_assembly(
                place.community.id,
                form.draft(),
                form.matter(),
                drafted_by=place.signed_in.account_id,
            )
        except Invalid as invalid:
            _show(form, invalid)
        else:
            flash("草稿已保存。核对无误后提交社区审核。", "success")
            return _to(assembly_id)
    page = render_template("voting/staff/new.html", community=place.community.code, form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>")
@requires(PREPARE)
def show(assembly_id: UUID) -> ResponseReturnValue:
    """One assembly: what is asked, where it stands, what can be done with it now."""
    return _page(assembly_id, MatterForm(formdata=None), ReturnForm(formdata=None))


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
            return _to(assembly_id)
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
        return _page(assembly_id, form, ReturnForm(formdata=None)), 422
    preparing.add_matter(desk.locked(assembly_id), form.matter())
    return _to(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/matters/<uuid:matter_id>/remove")
@requires(PREPARE)
def remove_matter(assembly_id: UUID, matter_id: UUID) -> ResponseReturnValue:
    """Take a matter off the agenda."""
    preparing.remove_matter(desk.locked(assembly_id), matter_id)
    return _to(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/submit")
@requires(PREPARE)
def submit(assembly_id: UUID) -> ResponseReturnValue:
    """Hand it to the community."""
    preparing.submit(desk.locked(assembly_id), desk.acting_as())
    flash("已提交社区审核。", "success")
    return _to(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/return")
@requires(REVIEW)
def send_back(assembly_id: UUID) -> ResponseReturnValue:
    """Send it back with a reason."""
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(assembly_id, MatterForm(formdata=None), form), 422
    preparing.send_back(desk.locked(assembly_id), desk.acting_as(), form.note.data or "")
    flash("已退回修改。", "success")
    return _to(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/notice")
@requires(REVIEW)
def publish_notice(assembly_id: UUID) -> ResponseReturnValue:
    """Publish the notice: from now on nothing of it changes."""
    assembly = desk.locked(assembly_id)
    preparing.publish_notice(assembly, desk.acting_as(), now())
    flash(f"公告已发布，{say_moment(assembly.opens_at, now())} 自动开始投票。", "success")
    return _to(assembly_id)


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
    return _to(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/cancel")
@requires(PREPARE)
def cancel(assembly_id: UUID) -> ResponseReturnValue:
    """Drop it before anybody has voted."""
    preparing.cancel(desk.locked(assembly_id), desk.acting_as())
    flash("已取消。", "success")
    return _to(assembly_id)


def _page(assembly_id: UUID, matter_form: MatterForm, return_form: ReturnForm) -> str:
    place, moment = here(), now()
    row = desk.found(assembly_id)
    assembly = row.Assembly
    state = State(assembly.state)
    return render_template(
        "voting/staff/show.html",
        community=place.community.code,
        assembly=assembly,
        compound_name=row.compound_name,
        tag=figures.state_tag(assembly),
        opens=say_moment(assembly.opens_at, moment),
        deadline=figures.deadline(assembly, moment),
        earliest=say_moment(earliest_opening(moment, preparing.TIMING), moment),
        too_early=assembly.opens_at < earliest_opening(moment, preparing.TIMING),
        drafting=state is State.DRAFT,
        can={action.value for action in actions_from(state, desk.acting_as())},
        open_due=Action.OPEN in actions_from(state, desk.acting_as())
        and assembly.opens_at <= moment,
        frozen=assembly.roll_heads is not None,
        has_result=state in (State.PUBLISHED, State.FINAL),
        may_scrutinize=state in (State.PUBLISHED, State.FINAL)
        and desk.acting_as() is Actor.COMMUNITY,
        flagged=roll.flagged_voters(place.community.id, assembly_id),
        matters=[
            {
                "id": matter.id,
                "title": matter.title,
                "body": matter.body,
                "statute": Matter(matter.statute).title,
                "needs": Matter(matter.statute).threshold.label,
            }
            for matter in assemblies.matters_of(place.community.id, assembly_id)
        ],
        timeline=figures.timeline_of(assembly, moment),
        matter_form=matter_form,
        return_form=return_form,
    )


def _to(assembly_id: UUID) -> ResponseReturnValue:
    return redirect(
        url_for(".show", community=here().community.code, assembly_id=assembly_id), code=303
    )


def _show(form: DraftForm, refusal: Refusal) -> None:
    errors = getattr(refusal, "errors", {})
    for name, sentence in errors.items():
        form[name].errors = [*form[name].errors, sentence]
    if not errors:
        form.form_errors.append(refusal.sentence)


def _version(typed: str | None) -> int:
    return int(typed) if typed and typed.isdecimal() else 0
