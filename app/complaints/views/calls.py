"""What the community's pages of a whistle and those of the called share: cards, lines, forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.complaints.actions.call_steps import CallGiven, situation_of, steps_to_join
from app.complaints.actions.whistle_record import Seat
from app.complaints.forms import StepForm, uploads
from app.complaints.forms_whistle import CALL_FORMS, JointForm, ScoreForm
from app.complaints.models import WhistleCall
from app.complaints.rules.whistle_table import possible_calls
from app.complaints.rules.whistles import CallAction, CallHappening, CallParty, CallState, Stars
from app.complaints.views.steps import say_lost
from app.kit.clock import in_beijing, say_deadline, say_moment, say_remaining
from app.kit.refusal import NotFound

PhotoUrls = Callable[[UUID], tuple[str, str]]
_SOON_SECONDS = 3600
_TONES = {
    CallState.CALLED: "due",
    CallState.SIGNED: "info",
    CallState.ARRIVED: "brand",
    CallState.DONE: "done",
    CallState.REFUSED: "due",
    CallState.WITHDRAWN: "quiet",
}
_WAITED_FOR = {
    CallState.CALLED: "签收",
    CallState.SIGNED: "到场",
    CallState.REFUSED: "答复",
}
_LINE_TONES = {
    CallHappening.ARRIVED: "done",
    CallHappening.FINISHED: "done",
    CallHappening.LATE: "late",
    CallHappening.REFUSED: "due",
    CallHappening.INSISTED: "due",
    CallHappening.WITHDRAWN: "quiet",
    CallHappening.CASE_ENDED: "quiet",
    CallHappening.NOTED: "quiet",
}
_LINE_ICONS = {
    CallHappening.CALLED: "bell-ring",
    CallHappening.SIGNED: "clipboard-check",
    CallHappening.REFUSED: "undo-2",
    CallHappening.INSISTED: "bell-ring",
    CallHappening.ARRIVED: "map-pin",
    CallHappening.NOTED: "message-circle",
    CallHappening.STEPPED_JOINTLY: "handshake",
    CallHappening.JOINED: "handshake",
    CallHappening.SCORED: "star",
    CallHappening.LATE: "triangle-alert",
}
_LATE = {CallState.CALLED: "没有按时签收", CallState.SIGNED: "没有按时到场"}


@dataclass(frozen=True, slots=True)
class CallCard:
    """What a list or a page shows of a call."""

    title: str
    party: str
    state: str
    tone: str
    remaining: str | None
    urgency: str
    deadline: str | None
    kept: tuple[str, ...]


def call_card(call: WhistleCall, now: datetime) -> CallCard:
    """A call in one line: its state, its deadline and how late it is, in words."""
    state = CallState(call.state)
    late = call.due_at is not None and call.due_at < now
    soon = call.due_at is not None and (call.due_at - now).total_seconds() < _SOON_SECONDS
    return CallCard(
        title=call.title,
        party=call.party_name,
        state=state.label,
        tone=_TONES[state],
        remaining=say_remaining(call.due_at - now) if call.due_at else None,
        urgency="late" if late else "due" if soon else "quiet",
        deadline=f"{_by_when(call.due_at, now)} 前{_WAITED_FOR[state]}" if call.due_at else None,
        kept=_kept(call, now),
    )


def _by_when(moment: datetime, now: datetime) -> str:
    return say_deadline(moment, now).partition(" 截止")[0]


def _kept(call: WhistleCall, now: datetime) -> tuple[str, ...]:
    """When it was signed for and arrived at, and whether in time."""
    steps = (
        ("签收", call.signed_at, call.sign_by),
        ("到场", call.arrived_at, call.arrive_by),
    )
    return tuple(
        f"{say_moment(done_at, now)} {what}，{'按时' if done_at <= due_at else '超时'}"
        for what, done_at, due_at in steps
        if done_at is not None
    )


def lines_of(
    events: Sequence[Any], photos: Sequence[Any], now: datetime, urls: PhotoUrls
) -> list[dict[str, Any]]:
    """The record of a whistle as entries for the time line macro."""
    by_event = defaultdict(list)
    for photo in photos:
        by_event[photo.subject_id].append(photo_of(photo, urls, "到场照片"))
    names = {
        str(event.call_id): event.details.get("name")
        for event in events
        if event.kind == CallHappening.CALLED
    }
    return [
        {
            "when": say_moment(event.created_at, now),
            "when_iso": in_beijing(event.created_at).isoformat(timespec="minutes"),
            "who": f"{event.party_name} {event.actor_name}".strip() or None,
            "what": _what(event, names),
            "kind": _LINE_TONES.get(CallHappening(event.kind), "info"),
            "icon": _LINE_ICONS.get(CallHappening(event.kind)),
            "detail": event.text or None,
            "url": None,
            "state": "past",
            "photos": by_event.get(event.id, []),
        }
        for event in events
    ]


def photo_of(photo: Any, urls: PhotoUrls, alt: str, caption: str | None = None) -> dict[str, Any]:
    """A photo as the gallery macro wants it."""
    url, thumb_url = urls(photo.id)
    is_video = photo.mime.startswith("video/")
    return {"url": url, "thumb_url": thumb_url, "alt": alt, "caption": caption, "video": is_video}


def _what(event: Any, names: dict[str, Any]) -> str:
    happening = CallHappening(event.kind)
    name = event.details.get("name") or names.get(str(event.call_id)) or ""
    if happening is CallHappening.LATE:
        late = _LATE.get(CallState(event.to_state))
        return f"{name}{late}，已提醒" if late else f"还没有答复{name}，已提醒"
    if happening is CallHappening.CASE_ENDED:
        there = event.to_state == CallState.DONE
        return f"诉求已办结，{name}在现场的事随之结束" if there else f"诉求已办结，{name}不用到场了"
    if happening is CallHappening.STEPPED_JOINTLY:
        others = [str(names.get(other) or "") for other in event.details.get("others", ())]
        return f"和{'、'.join(filter(None, others))}一起处置"
    if happening is CallHappening.SCORED:
        to = name if event.party == CallParty.WHISTLER else "吹哨"
        return f"给{to}打了 {event.details['stars']} 分"
    return {
        CallHappening.CALLED: f"请{name}到场",
        CallHappening.SIGNED: "已签收",
        CallHappening.REFUSED: "说不归自己管",
        CallHappening.INSISTED: f"仍请{name}到场",
        CallHappening.WITHDRAWN: f"不再请{name}到场",
        CallHappening.ARRIVED: "到场签到",
        CallHappening.NOTED: f"给{name}留言" if event.party == CallParty.WHISTLER else "留言",
        CallHappening.JOINED: "确认一起做了",
        CallHappening.FINISHED: "处理完了",
    }[happening]


def scores_of(scores: Sequence[Any]) -> list[tuple[str, str]]:
    """What each side gave the other, as facts: who scored what, and in which words."""
    said = []
    for score in sorted(scores, key=lambda one: one.side):
        side = CallParty(score.side)
        words = Stars(score.stars).words(side)
        term = "吹哨方给到场方" if side is CallParty.WHISTLER else "到场方给吹哨"
        said.append((term, f"{words}。{score.text}" if score.text else words))
    return said


def there_besides(call: WhistleCall, standings: Sequence[Any]) -> list[tuple[str, str]]:
    """Who else has arrived, to act with: id and name."""
    return [
        (str(row.call_id), str(row.details.get("name")))
        for row in standings
        if row.call_id != call.id and row.to_state in {CallState.ARRIVED, CallState.DONE}
    ]


def prefix_of(call: WhistleCall, action: CallAction) -> str:
    """What the names of a form's fields begin with: several calls may stand on one page."""
    return f"{action.value}-{call.id}-"


def possible_on(seat: Seat, call: WhistleCall) -> tuple[CallAction, ...]:
    """What the visitor can do with this call now."""
    parties = seat.parties_on(call)
    return possible_calls(CallState(call.state), parties, situation_of(call, parties))


def form_of(
    seat: Seat, call: WhistleCall, action: CallAction, others: list[tuple[str, str]], **values: Any
) -> StepForm:
    """The form of a step; `formdata=None` for an empty one."""
    if action not in CALL_FORMS:
        raise NotFound
    form = CALL_FORMS[action](prefix=prefix_of(call, action), **values)
    if isinstance(form, JointForm):
        form.others.choices = others
    if isinstance(form, ScoreForm):
        form.offer(min(seat.parties_on(call), default=CallParty.CALLED))
    return form


def forms_for(
    seat: Seat,
    call: WhistleCall,
    standings: Sequence[Any],
    events: Sequence[Any],
    bound: dict[tuple[UUID, CallAction], StepForm],
) -> dict[CallAction, StepForm]:
    """A form for each possible action; one that came back keeps what was typed."""
    others = there_besides(call, standings)
    forms = {}
    for action in possible_on(seat, call):
        nobody_else = action is CallAction.STEP_JOINTLY and not others
        nothing_waits = action is CallAction.JOIN and not steps_to_join(call, events)
        if action not in CALL_FORMS or nobody_else or nothing_waits:
            continue
        known = bound.get((call.id, action))
        forms[action] = known or form_of(seat, call, action, others, formdata=None)
        forms[action].version.data = str(call.version)
    say_lost(
        form for (key, action), form in bound.items() if key == call.id and action not in forms
    )
    return forms


def given_by(form: Any) -> CallGiven:
    """What was typed."""

    def typed(name: str) -> Any:
        return form[name].data if name in form else None

    stars, step = typed("stars"), typed("step")
    return CallGiven(
        version=form.seen_version,
        text=typed("text") or "",
        photos=uploads(form.photos) if "photos" in form else (),
        others=[UUID(other) for other in typed("others") or ()],
        step=_read_id(step),
        stars=Stars(int(stars)) if stars else None,
    )


def known_step(name: str) -> CallAction:
    """The action of the address."""
    found = next((action for action in CALL_FORMS if action.value == name), None)
    if found is None:
        raise NotFound
    return found


def _read_id(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
