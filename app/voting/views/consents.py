"""住改商: the owner who is asked, and the desk that asks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import attempt, show_in_form
from app.kit.clock import now, say_moment
from app.kit.refusal import NotFound, Refusal
from app.registry.queries import compounds
from app.voting.actions import consenting
from app.voting.forms import AdmitForm, CancelForm, ConsentForm, ReplyForm
from app.voting.models import ConsentProcedure
from app.voting.permissions import PROPOSE, REVIEW
from app.voting.queries import consents
from app.voting.rules import ConsentAnswer, ConsentState, masked_name
from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint

TONES = {
    ConsentState.COLLECTING: "brand",
    ConsentState.STOPPED: "late",
    ConsentState.COMPLETE: "done",
    ConsentState.CANCELLED: "quiet",
}
LISTED = "/c/<community>/assemblies/consents"


@voting_blueprint.route(
    "/c/<community>/votes/consents/<uuid:procedure_id>", methods=["GET", "POST"]
)
@requires(PROPOSE)
def consent(procedure_id: UUID) -> ResponseReturnValue:
    """Say whether one agrees; shown to those who are asked and to nobody else."""
    place = here()
    account_id = place.signed_in.account_id
    found = consents.procedure(place.community.id, procedure_id)
    mine = consents.my_parties(place.community.id, account_id, procedure_id) if found else []
    if found is None or not mine:
        raise NotFound
    form, status = ReplyForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                consenting.reply(
                    place.community.id,
                    procedure_id,
                    ConsentAnswer(form.answer.data),
                    form.reason.data or "",
                    account_id=account_id,
                )
            except Refusal as refusal:
                status = show_in_form(form, refusal)
            else:
                flash("您的意见已记下，不能更改。", "success")
                return redirect(request.path, code=303)
    given = next((row for row in mine if row.answer is not None), None)
    page = render_template(
        "voting/consent.html",
        community=place.community.code,
        form=form,
        label=mine[0].label,
        given=ConsentAnswer(given.answer).label if given else None,
        given_at=say_moment(given.created_at, now()) if given else None,
        open_now=found.state == ConsentState.COLLECTING and any(row.answer is None for row in mine),
        **_shown(found),
    )
    return page, status


@assemblies_blueprint.route(f"{LISTED}/", methods=["GET", "POST"])
@requires(REVIEW)
def consent_list() -> ResponseReturnValue:
    """All procedures, and the form that begins one."""
    place = here()
    form, status = ConsentForm(), 200
    form.compound_id.choices = [
        (str(found.id), found.name) for found in compounds(place.community.id)
    ]
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                made = consenting.start_asking(
                    place.community.id,
                    UUID(form.compound_id.data),
                    form.label.data or "",
                    form.purpose.data or "",
                    started_by=place.signed_in.account_id,
                )
            except Refusal as refusal:
                status = show_in_form(form, refusal)
            else:
                flash("已列出有利害关系的业主，并给有账号的发了消息。", "success")
                return _to(made)
    rows = consents.procedures(place.community.id, request.args.get("before", type=UUID))
    shown = rows[: consents.PAGE]
    page = render_template(
        "voting/staff/consents.html",
        community=place.community.code,
        form=form,
        rows=[_shown(row) for row in shown],
        older=shown[-1].id if len(rows) > consents.PAGE else None,
    )
    return page, status


@assemblies_blueprint.get(f"{LISTED}/<uuid:procedure_id>")
@requires(REVIEW)
def consent_desk(procedure_id: UUID) -> ResponseReturnValue:
    """The list of the interested owners and what each has said."""
    return _desk_page(procedure_id, None, None, CancelForm(formdata=None))


@assemblies_blueprint.post(f"{LISTED}/<uuid:procedure_id>/parties/<uuid:party_id>")
@requires(REVIEW)
def enter_consent(procedure_id: UUID, party_id: UUID) -> ResponseReturnValue:
    """Enter what was signed on paper."""
    place = here()
    form = ReplyForm()
    cancel_form = CancelForm(formdata=None)
    if consents.party(place.community.id, procedure_id, party_id) is None:
        raise NotFound
    if not form.validate_on_submit():
        return _desk_page(procedure_id, party_id, form, cancel_form), 422
    try:
        consenting.enter_paper_reply(
            place.community.id,
            procedure_id,
            party_id,
            ConsentAnswer(form.answer.data),
            form.reason.data or "",
            entered_by=place.signed_in.account_id,
        )
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        return _desk_page(procedure_id, party_id, form, cancel_form), status
    return _to(procedure_id)


@assemblies_blueprint.post(f"{LISTED}/<uuid:procedure_id>/parties")
@requires(REVIEW)
def admit_party(procedure_id: UUID) -> ResponseReturnValue:
    """Ask an owner of another building who has proved an interest."""
    place = here()
    form = AdmitForm()
    tried = attempt(
        form,
        lambda: consenting.admit_owner(
            place.community.id,
            procedure_id,
            form.label.data or "",
            form.name.data or "",
            form.claim.data or "",
            by=place.signed_in.account_id,
        ),
    )
    if tried.done:
        flash("已加进名单，有账号的会收到消息。这位业主不同意也不能改。", "success")
        return _to(procedure_id)
    blank = CancelForm(formdata=None)
    return _desk_page(procedure_id, None, None, blank, admit=form), tried.status


@assemblies_blueprint.post(f"{LISTED}/<uuid:procedure_id>/stop")
@requires(REVIEW)
def stop_consent(procedure_id: UUID) -> ResponseReturnValue:
    """The applicant gives it up."""
    place = here()
    form = CancelForm()
    if not form.validate_on_submit():
        return _desk_page(procedure_id, None, None, form), 422
    consenting.stop_asking(
        place.community.id,
        procedure_id,
        form.reason.data or "",
        by=place.signed_in.account_id,
    )
    flash("已结束征求意见。", "success")
    return _to(procedure_id)


def _desk_page(
    procedure_id: UUID,
    party_id: UUID | None,
    typed: ReplyForm | None,
    cancel_form: CancelForm,
    admit: AdmitForm | None = None,
) -> str:
    place, moment = here(), now()
    found = consents.procedure(place.community.id, procedure_id)
    if found is None:
        raise NotFound
    return render_template(
        "voting/staff/consent.html",
        community=place.community.code,
        collecting=found.state == ConsentState.COLLECTING,
        cancel_form=cancel_form,
        admit_form=admit or AdmitForm(formdata=None),
        parties=[
            {
                "id": row.id,
                "label": row.label,
                "claim": row.claim,
                "name": masked_name(row.name),
                "answer": ConsentAnswer(row.answer).label if row.answer else None,
                "refused": row.answer == ConsentAnswer.REFUSE,
                "reason": row.reason,
                "how": _how(row, moment),
                "form": typed if typed and row.id == party_id else ReplyForm(formdata=None),
                "typed": typed is not None and row.id == party_id,
            }
            for row in consents.parties_of(place.community.id, procedure_id)
        ],
        **_shown(found),
    )


def _how(row: Any, moment: Any) -> str | None:
    if row.created_at is None:
        return None
    return f"{say_moment(row.created_at, moment)} {'书面意见' if row.on_paper else '本人在线'}"


def _shown(found: ConsentProcedure) -> dict[str, Any]:
    state = ConsentState(found.state)
    return {
        "id": found.id,
        "unit": found.label,
        "purpose": found.purpose,
        "agreed": found.agreed,
        "asked": found.parties,
        "end_reason": found.end_reason,
        "tag": {"kind": TONES[state], "text": state.label},
    }


def _to(procedure_id: UUID) -> ResponseReturnValue:
    return redirect(
        url_for(
            "assemblies.consent_desk",
            community=here().community.code,
            procedure_id=procedure_id,
        ),
        code=303,
    )
