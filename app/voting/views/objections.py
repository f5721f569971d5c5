"""Objections: raised by residents, answered at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.kit.clock import now, say_moment
from app.kit.refusal import NotFound, Refusal
from app.voting.actions.objecting import answer_objection, raise_objection
from app.voting.forms import AnswerForm, ObjectionForm
from app.voting.models import AssemblyObjection
from app.voting.permissions import ANSWER, OBJECT
from app.voting.queries import assemblies, objections
from app.voting.rules import ObjectionState, ObjectionSubject, State, may_object
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint

TONES = {
    ObjectionState.OPEN: "due",
    ObjectionState.UPHELD: "done",
    ObjectionState.REJECTED: "quiet",
}
BEFORE_THE_CLOSE = frozenset({State.DRAFT, State.UNDER_REVIEW, State.NOTICED, State.OPEN})


@voting_blueprint.route(
    "/c/<community>/votes/<uuid:assembly_id>/objections", methods=["GET", "POST"]
)
@requires(OBJECT)
def my_objections(assembly_id: UUID) -> ResponseReturnValue:
    """One's own objections to this assembly with their answers, and a new one while it is time."""
    place = here()
    account_id = place.signed_in.account_id
    found = assemblies.public_assembly(place.community.id, assembly_id)
    if found is None:
        raise NotFound
    state = State(found.Assembly.state)
    subject = _subject_now(state)
    form, status = ObjectionForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                raise_objection(
                    place.community.id,
                    assembly_id,
                    subject,
                    account_id=account_id,
                    words=form.text.data or "",
                )
            except Refusal as refusal:
                status = show_in_form(form, refusal)
            else:
                flash("异议已经收到，答复以后会给您发消息。", "success")
                return redirect(request.path, code=303)
    mine = [
        row
        for about in ObjectionSubject
        for row in objections.objections_of(
            place.community.id, assembly_id, about, account_id=account_id
        )
    ]
    waiting = any(row.state == ObjectionState.OPEN for row in mine)
    page = render_template(
        "voting/objections.html",
        community=place.community.code,
        assembly=found.Assembly,
        about="名册" if subject is ObjectionSubject.ROLL else "结果",
        possible=(may_object(subject, state) and not waiting) or bool(form.form_errors),
        form=form,
        rows=_rows(mine),
    )
    return page, status


@assemblies_blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>/objections")
@requires(ANSWER)
def received(assembly_id: UUID) -> ResponseReturnValue:
    """What was objected, from the oldest; each is answered in its place."""
    return _received_page(assembly_id, None, None)


@assemblies_blueprint.post(
    "/c/<community>/assemblies/<uuid:assembly_id>/objections/<uuid:objection_id>"
)
@requires(ANSWER)
def answer(assembly_id: UUID, objection_id: UUID) -> ResponseReturnValue:
    """Answer one."""
    place = here()
    desk.found(assembly_id)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _received_page(assembly_id, objection_id, form), 422
    answer_objection(
        place.community.id,
        assembly_id,
        objection_id,
        upheld=form.verdict.data == "upheld",
        words=form.answer.data or "",
        answered_by=place.signed_in.account_id,
    )
    flash("已答复，提出的人会收到消息。", "success")
    address = url_for(
        "assemblies.received",
        community=place.community.code,
        assembly_id=assembly_id,
        subject=request.args.get("subject"),
    )
    return redirect(address, code=303)


def _received_page(assembly_id: UUID, answering: UUID | None, typed: AnswerForm | None) -> str:
    place = here()
    row = desk.found(assembly_id)
    wanted = request.args.get("subject", "")
    subject = _subject_now(State(row.Assembly.state))
    if wanted in list(ObjectionSubject):
        subject = ObjectionSubject(wanted)
    after = request.args.get("after", type=UUID)
    found = objections.objections_of(place.community.id, assembly_id, subject, after=after)
    shown = found[: objections.PAGE]
    lines = _rows(shown)
    for line in lines:
        line["form"] = AnswerForm(formdata=None)
        if typed is not None and line["id"] == answering:
            line["form"] = typed
    return render_template(
        "voting/staff/objections.html",
        community=place.community.code,
        assembly=row.Assembly,
        subject=subject.value,
        subjects=[(about.value, about.label) for about in ObjectionSubject],
        rows=lines,
        more=shown[-1].id if len(found) > objections.PAGE else None,
    )


def _subject_now(state: State) -> ObjectionSubject:
    """Before the close people look at the roll, after it at the result."""
    return ObjectionSubject.ROLL if state in BEFORE_THE_CLOSE else ObjectionSubject.RESULT


def _rows(found: Sequence[AssemblyObjection]) -> list[dict[str, Any]]:
    moment = now()
    return [
        {
            "id": row.id,
            "label": row.label,
            "about": ObjectionSubject(row.subject).label,
            "text": row.text,
            "raised": say_moment(row.created_at, moment),
            "open": row.state == ObjectionState.OPEN,
            "tone": TONES[ObjectionState(row.state)],
            "state": ObjectionState(row.state).label,
            "answer": row.answer,
            "answered": say_moment(row.answered_at, moment) if row.answered_at else None,
        }
        for row in found
    ]
