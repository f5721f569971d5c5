"""Taking one step in a call: the table is asked, then state, clock, record and photos follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.complaints.actions.photos import check_photos
from app.complaints.actions.whistle_record import CLOCK, Author, Seat, note, send
from app.complaints.models import WhistleCall, WhistleScore
from app.complaints.queries import whistles
from app.complaints.queries.whistles import ON_SITE_PHOTO
from app.complaints.rules.whistle_table import (
    CallTransition,
    call_transition,
    check_call_given,
    check_score,
)
from app.complaints.rules.whistles import (
    CallAction,
    CallHappening,
    CallNeed,
    CallParty,
    CallSituation,
    CallState,
    Stars,
    times_again,
)
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload, prepare_photo, store_prepared
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound

_SAME_DEADLINE = 1e-3
_SCORED_ALREADY = "已经打过分了，分数不能再改。"


@dataclass(frozen=True, slots=True)
class CallGiven:
    """What comes with a step. `version` is the one the person was looking at."""

    version: int
    text: str = ""
    photos: Sequence[Upload] = ()
    others: Sequence[UUID] = ()
    step: UUID | None = None
    stars: Stars | None = None

    @property
    def needs_met(self) -> frozenset[CallNeed]:
        """Which needs of the table are answered."""
        answers = {
            CallNeed.TEXT: self.text.strip(),
            CallNeed.PHOTOS: self.photos,
            CallNeed.OTHERS: self.others,
            CallNeed.STEP: self.step,
            CallNeed.STARS: self.stars,
        }
        return frozenset(need for need, answer in answers.items() if answer)


def take_call_step(
    seat: Seat, call: WhistleCall | None, action: CallAction, given: CallGiven
) -> None:
    """Do one action of the table with a call that was locked for it."""
    parties = seat.parties_on(call) if call is not None else frozenset()
    if call is None or not parties:
        raise NotFound
    row = call_transition(action, CallState(call.state), parties, situation_of(call, parties))
    if given.version != call.version:
        raise Conflict("这件事刚刚有了新进展，请先看看经过，再决定要不要做这一步。")
    check_call_given(row, given.needs_met)
    check_photos(given.photos)
    details = _details(call, row, given)
    move(call, row)
    actor = seat.on(call, row.party)
    event_id = note(
        call,
        CallHappening(action.value),
        actor,
        text=given.text,
        details={**details, **_names(call, row)},
    )
    _keep_photos(call, event_id, seat.account_id, given.photos)
    if action is CallAction.SCORE:
        _score(call, row.party, actor, given)
    record(AuditEvent.WHISTLE_STEPPED, call.id, action=action.value, state=call.state)
    send(call.community_id, event_id, at_home=seat.at_home)


def withdraw_all(seat: Seat, community_id: int, whistle_id: UUID, reason: str) -> int:
    """Withdraw every call of a whistle that nobody arrived for yet; returns how many."""
    waiting = [
        call.id
        for call in whistles.calls_of(community_id, whistle_id)
        if CallState(call.state).clock_runs
    ]
    if not waiting:
        raise Conflict("已经没有可以撤回的了：到场的请等他们处理完。")
    for call_id in waiting:
        call = whistles.call_of(community_id, call_id)
        if call is not None and CallState(call.state).clock_runs:
            given = CallGiven(call.version, text=reason)
            take_call_step(seat, call, CallAction.WITHDRAW, given)
    return len(waiting)


def notice_late(community_id: int, call_id: UUID, due: float) -> UUID | None:
    """Note that a deadline has passed, once; None when that was done or is no longer so."""
    call = whistles.call_of(community_id, call_id)
    if call is None or call.notice_at is None:
        return None
    same_deadline = abs(call.notice_at.timestamp() - due) < _SAME_DEADLINE
    situation = CallSituation(late=same_deadline and call.notice_at <= now())
    parties = frozenset({CallParty.SYSTEM})
    try:
        call_transition(CallAction.NOTICE_LATE, CallState(call.state), parties, situation)
    except Conflict:
        return None
    call.notice_at = None
    db.session.flush()
    details = {"name": call.party_name, "by": call.by_name}
    event_id = note(call, CallHappening.LATE, CLOCK, details=details)
    record(AuditEvent.WHISTLE_LATE, call_id, state=call.state)
    return event_id


def situation_of(call: WhistleCall, parties: frozenset[CallParty]) -> CallSituation:
    """What the table needs to know of a call beyond its state."""
    sides = {CallParty(score.side) for score in whistles.scores_of(call.community_id, [call.id])}
    return CallSituation(
        insisted=call.insisted,
        street=call.department_id is None,
        scored=bool(sides & parties),
    )


def move(call: WhistleCall, row: CallTransition) -> None:
    """Put the call where the row leads, with the deadline and the moments of the new state."""
    moment = now()
    call.version += 1
    if row.target is not None:
        call.state = row.target.value
        _set_clock(call, row)
        if row.target is CallState.SIGNED:
            call.signed_at = moment
        if row.target is CallState.ARRIVED:
            call.arrived_at = moment
        if row.target.ended:
            call.ended_at = moment
    db.session.flush()


def _set_clock(call: WhistleCall, row: CallTransition) -> None:
    """The deadline of the new state: to sign, to arrive, or to answer a refusal."""
    moment, due_at = now(), None
    if row.action is CallAction.INSIST:
        times = times_again(
            moment, call.arrive_by, sign_hours=call.sign_hours, arrive_hours=call.arrive_hours
        )
        call.sign_by, call.arrive_by, call.insisted = times.sign_by, times.arrive_by, True
        due_at = times.sign_by
    elif row.target is CallState.SIGNED:
        due_at = call.arrive_by
    elif row.target is CallState.REFUSED:
        due_at = moment + timedelta(hours=call.sign_hours)
    call.due_at = call.notice_at = due_at


def _names(call: WhistleCall, row: CallTransition) -> dict[str, Any]:
    """Whom the line is about where the whistler acts, and who called where the called act."""
    if row.party is CallParty.WHISTLER:
        return {"name": call.party_name}
    return {"by": call.by_name}


def _details(call: WhistleCall, row: CallTransition, given: CallGiven) -> dict[str, Any]:
    if row.action is CallAction.STEP_JOINTLY:
        return {"others": _others_there(call, given.others)}
    if row.action is CallAction.JOIN and given.step is not None:
        return {"of": str(_step_to_join(call, given.step))}
    if row.action is CallAction.SCORE and given.stars is not None:
        check_score(given.stars, given.text)
        return {"stars": int(given.stars)}
    return {}


def _others_there(call: WhistleCall, chosen: Sequence[UUID]) -> list[str]:
    there = {
        row.call_id
        for row in whistles.standings(call.community_id, call.whistle_id)
        if row.to_state in {CallState.ARRIVED, CallState.DONE} and row.call_id != call.id
    }
    if not set(chosen) <= there:
        sentence = "只能选已经到场的单位。"
        raise Invalid(sentence, errors={"others": sentence})
    return [str(call_id) for call_id in dict.fromkeys(chosen)]


def _step_to_join(call: WhistleCall, step_id: UUID) -> UUID:
    waiting = steps_to_join(call, whistles.events_of(call.community_id, call.whistle_id))
    if step_id not in {event.id for event in waiting}:
        raise Conflict("这一步已经确认过，或者没有写到你们。请刷新页面看看。")
    return step_id


def steps_to_join(call: WhistleCall, events: Sequence[Any]) -> list[Any]:
    """Joint steps others noted with this party that it has not confirmed yet."""
    joined = {
        event.details.get("of")
        for event in events
        if event.kind == CallHappening.JOINED and event.call_id == call.id
    }
    return [
        event
        for event in events
        if event.kind == CallHappening.STEPPED_JOINTLY
        and str(call.id) in event.details.get("others", ())
        and str(event.id) not in joined
    ]


def _keep_photos(
    call: WhistleCall, event_id: UUID, account_id: UUID, photos: Sequence[Upload]
) -> None:
    """All are looked at before the first is kept: a refused one leaves nothing behind."""
    for ready in [prepare_photo(photo) for photo in photos]:
        store_prepared(
            call.community_id,
            ready,
            subject_kind=ON_SITE_PHOTO,
            subject_id=event_id,
            uploaded_by=account_id,
        )


def _score(call: WhistleCall, side: CallParty, actor: Author, given: CallGiven) -> None:
    kept: Any = db.session.execute(
        insert(WhistleScore)
        .values(
            community_id=call.community_id,
            id=new_id(),
            call_id=call.id,
            side=side.value,
            stars=int(given.stars or Stars.FAIR),
            text=given.text.strip(),
            actor_id=actor.account_id,
        )
        .on_conflict_do_nothing()
    )
    if not kept.rowcount:
        raise Conflict(_SCORED_ALREADY)
