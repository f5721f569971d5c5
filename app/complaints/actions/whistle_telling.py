"""Telling those concerned what happened to a call, without a word of the reporter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.complaints.actions.telling import tell
from app.complaints.actions.whistle_lines import write_line
from app.complaints.models import WhistleCall, WhistleEvent
from app.complaints.queries import whistles
from app.complaints.rules.whistles import CallHappening, CallParty, CallState
from app.core.access.roles import OFFICE_ROLES
from app.core.notifications.actions import notify
from app.kit.clock import say_moment
from app.people.queries import accounts_with_roles, department_members, street_reviewers

_EXCERPT = 60
_TOLD_OF = frozenset({CallHappening.CALLED, CallHappening.ARRIVED, CallHappening.FINISHED})
"""What the reporter is sent a message about; the rest stands on the time line."""
_WITH_WORDS = frozenset(
    {
        CallHappening.REFUSED,
        CallHappening.INSISTED,
        CallHappening.WITHDRAWN,
        CallHappening.NOTED,
        CallHappening.FINISHED,
    }
)
_LATE = {
    CallState.CALLED: "没有按时签收",
    CallState.SIGNED: "没有按时到场",
}


def tell_of_call(community_id: int, event_id: UUID) -> None:
    """Write the line on the case's time line where it is due, and tell each side once."""
    event = whistles.event_of(community_id, event_id)
    call = whistles.call_of(community_id, event.call_id) if event is not None else None
    if event is None or call is None:
        return
    happening = CallHappening(event.kind)
    if write_line(community_id, event_id) and happening in _TOLD_OF:
        tell(community_id, event_id)
    if happening is CallHappening.STEPPED_JOINTLY:
        for other in event.details.get("others", ()):
            named = whistles.call_of(community_id, UUID(other))
            if named is not None:
                _tell_called(named, event, f"{call.party_name}记了一步共同处置，请确认")
        return
    if event.party != CallParty.WHISTLER:
        _tell_whistler(call, event, _to_whistler(happening, call, event))
    if event.party != CallParty.CALLED:
        _tell_called(call, event, _to_called(happening, call, event))


def _to_whistler(happening: CallHappening, call: WhistleCall, event: WhistleEvent) -> str:
    party = call.party_name
    if happening is CallHappening.CASE_ENDED:
        return f"诉求已办结，请{party}到场的事随之结束"
    if happening is CallHappening.LATE:
        late = _LATE.get(CallState(event.to_state))
        return f"{party}{late}" if late else f"{party}说不归他们管，还没有答复"
    return {
        CallHappening.SIGNED: f"{party}已签收",
        CallHappening.REFUSED: f"{party}说不归他们管，请答复",
        CallHappening.ARRIVED: f"{party}已到场",
        CallHappening.NOTED: f"{party}留言",
        CallHappening.JOINED: f"{party}确认了共同处置",
        CallHappening.FINISHED: f"{party}处理完了，请打分",
        CallHappening.SCORED: f"{party}给这次吹哨打了分",
    }[happening]


def _to_called(happening: CallHappening, call: WhistleCall, event: WhistleEvent) -> str:
    by = event.party_name or call.by_name
    if happening is CallHappening.CASE_ENDED:
        there = event.to_state == CallState.DONE
        return "这件事已经办结，请给这次吹哨打分" if there else "这件事已经办结，不用去了"
    if happening is CallHappening.LATE:
        late = _LATE.get(CallState(event.to_state))
        return f"你们{late}，请马上处理" if late else f"{call.by_name}还没有答复你们，已提醒"
    return {
        CallHappening.CALLED: f"{by}请你们到场，请签收",
        CallHappening.INSISTED: f"{by}仍请你们到场，请签收",
        CallHappening.WITHDRAWN: f"{by}撤回了吹哨，不用去了",
        CallHappening.NOTED: f"{by}留言",
        CallHappening.SCORED: f"{by}给你们打了分",
    }[happening]


def _tell_called(call: WhistleCall, event: WhistleEvent, title: str) -> None:
    people = (
        street_reviewers(call.community_id)
        if call.department_id is None
        else department_members(call.department_id)
    )
    _notify(call, event, people, title, f"/r/{call.called_code}/whistles/{call.id}")


def _tell_whistler(call: WhistleCall, event: WhistleEvent, title: str) -> None:
    code = whistles.code_of(call.community_id)
    office = accounts_with_roles(call.community_id, OFFICE_ROLES)
    _notify(call, event, office, title, f"/c/{code}/whistles/{call.whistle_id}")
    if call.by_key is not None:
        region = call.by_key.strip(".").rsplit(".", 1)[-1]
        people: Sequence[UUID] = street_reviewers(call.community_id)
        _notify(call, event, people, title, f"/r/{region}/whistles/{call.id}")


def _notify(
    call: WhistleCall, event: WhistleEvent, people: Iterable[UUID], title: str, url: str
) -> None:
    words = [call.title, call.community_name]
    if CallHappening(event.kind) in _WITH_WORDS:
        words.append(event.text[:_EXCERPT].rstrip("。"))
    elif event.due_at is not None and event.kind != CallHappening.LATE:
        what = "签收" if event.to_state == CallState.CALLED else "到场"
        words.append(f"请在 {say_moment(event.due_at)} 前{what}")
    notify(
        call.community_id,
        [person for person in people if person != event.actor_id],
        title=title,
        body="，".join(word for word in words if word) + "。",
        url=url,
        once_key=f"whistle:{event.id}:{url}",
    )
