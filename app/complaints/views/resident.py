"""反映: a resident's own complaints, those joined, and the time line of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.complaints.permissions import FILE_COMPLAINTS
from app.complaints.queries import cases, lists, nearby
from app.complaints.rules.states import Action, State
from app.complaints.views import drafts, places, sight, steps, story
from app.complaints.views.cards import card_of
from app.complaints.views.public import board_card, responsible
from app.complaints.views.room import address, blueprint
from app.core.access.door import here, requires
from app.kit.clock import now
from app.kit.refusal import Refusal
from app.registry.queries import compounds

MOST_JOINED = 20
REPORTER_ACTIONS = frozenset(
    {Action.ADD, Action.CONFIRM, Action.REOPEN, Action.DISPUTE, Action.RESUME}
)


@blueprint.get("/c/<community>/complaints/")
@requires(FILE_COMPLAINTS)
def index() -> str:
    """My complaints, newest first."""
    before = request.args.get("before", type=UUID)
    rows = lists.own_complaints(here().community.id, here().signed_in.account_id, before)
    page, more = rows[: lists.PAGE], rows[lists.PAGE :]
    return render_template(
        "complaints/index.html",
        complaints=page,
        older=page[-1].id if more else None,
        first_page=before is None,
        joined=_joined() if before is None else [],
        card_of=card_of,
        now=now(),
    )


@blueprint.get("/c/<community>/complaints/<uuid:complaint_id>")
@requires(FILE_COMPLAINTS)
def show(complaint_id: UUID) -> str:
    """The time line of my complaint, its next step and deadline."""
    return _page(complaint_id, {})


@blueprint.post("/c/<community>/complaints/<uuid:complaint_id>/<action>")
@requires(FILE_COMPLAINTS)
def step(complaint_id: UUID, action: str) -> ResponseReturnValue:
    """Add to it, confirm it or return it."""
    chosen = steps.known_action(action, REPORTER_ACTIONS)
    row = sight.own_case(complaint_id)
    form = steps.submitted(row.Complaint, chosen)
    try:
        steps.take(complaint_id, chosen, form)
    except Refusal as refusal:
        return steps.asked_again(form, refusal, lambda: _page(complaint_id, {chosen: form}))
    flash(_THANKS[chosen], "success")
    return redirect(address(complaint_id))


_THANKS = {
    Action.ADD: "已补充，办理的人会马上看到。",
    Action.CONFIRM: "谢谢您的确认，这件事办结了。",
    Action.RESUME: "已告诉办理的人，期限接着计算。",
    Action.DISPUTE: "已退回重办，期限重新计算，您会收到每一步的消息。",
    Action.REOPEN: "已退回重办，期限重新计算，您会收到每一步的消息。",
}


def _page(complaint_id: UUID, bound: dict[Action, Any]) -> str:
    row = sight.own_case(complaint_id)
    complaint, community_id, moment = row.Complaint, here().community.id, now()
    events = cases.events_of(community_id, complaint.id, for_resident=True, hide_reporter=False)
    photos = cases.photos_of(community_id, complaint.id)
    return render_template(
        "complaints/show.html",
        complaint=complaint,
        responsible=responsible(State(complaint.state), row.organization_name),
        card=card_of(complaint, moment, mine=True),
        entries=story.entries_of(complaint, events, photos, mine=True, now=moment),
        forms=steps.forms_for(complaint, sight.possible_here(complaint), bound, drafts.RESIDENT),
        fresh="filed" in request.args,
        followers=nearby.count_followers(community_id, complaint.id),
        plan=places.spot_on_plan(complaint.id),
        Action=Action,
    )


def _joined() -> list[Any]:
    community_id, moment = here().community.id, now()
    rows = nearby.followed_by(community_id, here().signed_in.account_id, MOST_JOINED)
    if not rows:
        return []
    names = {row.id: row.name for row in compounds(community_id)}
    return [(row.id, board_card(row, names.get(row.compound_id), moment)) for row in rows]
