"""The time line of a case in words: what happened, who, when, and what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from app.complaints.rules.answers import Channel, Ground, Rating
from app.complaints.rules.deadlines import Level
from app.complaints.rules.states import Happening, Party, State
from app.complaints.views import whistle_story
from app.core.access.door import here
from app.core.files.models import Condition
from app.kit.clock import in_beijing, say_deadline, say_moment

SAID = {
    Happening.FILED: "反映了情况",
    Happening.DISPATCHED: "社区分派办理单位",
    Happening.TAKEN: "社区接手办理",
    Happening.REFUSED: "不予受理",
    Happening.ACCEPTED: "已签收，开始处理",
    Happening.REPLIED: "答复",
    Happening.COMPLETED: "报告已办好",
    Happening.HANDED_BACK: "退回社区，请求改派",
    Happening.ADDED: "补充了情况",
    Happening.CONFIRMED: "确认已解决",
    Happening.REOPENED: "没有解决，退回重办",
    Happening.SETTLED: "社区裁定办理单位",
    Happening.ASSIGNED: "安排了办理的人",
    Happening.EXTENSION_ASKED: "申请延期",
    Happening.EXTENDED: "同意延期",
    Happening.EXTENSION_DENIED: "不同意延期，按原来的期限办",
    Happening.PAUSED: "等居民配合，暂停计时",
    Happening.RESUMED: "继续办理，接着计时",
    Happening.NOTED: "内部备注",
    Happening.DISPUTED: "不同意自动办结，退回重办",
    Happening.CALL_UNREACHED: "电话回访，没有接通",
    Happening.VERIFIED: "电话回访，居民说已解决",
    Happening.FOUND_UNSOLVED: "电话回访，居民说没有解决",
    Happening.CLOSED_SILENTLY: "多次联系不上，到期自动办结",
    Happening.RECLASSIFIED: "改了事项",
    Happening.MERGED: "和别人反映的同一件事合在一起办",
    Happening.ABSORBED: "又有居民反映了同一件事",
    Happening.SPLIT: "拆出来单独办理",
    Happening.SPLIT_OFF: "拆出另一件事单独办理",
    Happening.FLAGGED: "标为公共安全",
    Happening.UNFLAGGED: "取消公共安全标记",
    Happening.ESCALATED: "超过期限",
    Happening.WHISTLED: "请有关单位到场",
    Happening.CALL_SIGNED: "被请的单位已签收",
    Happening.CALL_REFUSED: "被请的单位说不归他们管",
    Happening.CALL_INSISTED: "仍请他们到场",
    Happening.CALL_WITHDRAWN: "不再请他们到场",
    Happening.CALL_ARRIVED: "被请的单位已到场",
    Happening.CALL_FINISHED: "被请的单位已在现场处理完",
    Happening.CALL_LATE: "没有按时签收或到场",
}
TONES = {
    Happening.REFUSED: "quiet",
    Happening.COMPLETED: "done",
    Happening.CONFIRMED: "done",
    Happening.HANDED_BACK: "due",
    Happening.REOPENED: "late",
    Happening.ESCALATED: "late",
    Happening.SETTLED: "due",
    Happening.EXTENSION_ASKED: "due",
    Happening.EXTENDED: "due",
    Happening.PAUSED: "due",
    Happening.NOTED: "quiet",
    Happening.DISPUTED: "late",
    Happening.FOUND_UNSOLVED: "late",
    Happening.VERIFIED: "done",
    Happening.CLOSED_SILENTLY: "quiet",
    Happening.CALL_UNREACHED: "quiet",
    Happening.MERGED: "quiet",
    Happening.FLAGGED: "late",
    Happening.CALL_ARRIVED: "done",
    Happening.CALL_FINISHED: "done",
    Happening.CALL_REFUSED: "due",
    Happening.CALL_WITHDRAWN: "quiet",
    Happening.CALL_LATE: "late",
}
ICONS = {
    Happening.FILED: "message-square-plus",
    Happening.DISPATCHED: "send",
    Happening.TAKEN: "clipboard-check",
    Happening.ACCEPTED: "clipboard-check",
    Happening.REPLIED: "message-square-reply",
    Happening.ADDED: "plus",
    Happening.HANDED_BACK: "undo-2",
    Happening.REOPENED: "rotate-ccw",
    Happening.ESCALATED: "triangle-alert",
    Happening.REFUSED: "ban",
    Happening.SETTLED: "scale",
    Happening.ASSIGNED: "user-check",
    Happening.EXTENSION_ASKED: "calendar-clock",
    Happening.EXTENDED: "calendar-clock",
    Happening.PAUSED: "hourglass",
    Happening.RESUMED: "clipboard-check",
    Happening.NOTED: "lock",
    Happening.DISPUTED: "rotate-ccw",
    Happening.CALL_UNREACHED: "phone",
    Happening.VERIFIED: "phone",
    Happening.FOUND_UNSOLVED: "phone",
    Happening.MERGED: "git-merge",
    Happening.ABSORBED: "git-merge",
    Happening.RECLASSIFIED: "pen-line",
    Happening.FLAGGED: "octagon-alert",
    Happening.WHISTLED: "bell-ring",
    Happening.CALL_SIGNED: "clipboard-check",
    Happening.CALL_INSISTED: "bell-ring",
    Happening.CALL_REFUSED: "undo-2",
    Happening.CALL_ARRIVED: "map-pin",
    Happening.CALL_LATE: "triangle-alert",
}
NEXT = {
    State.FILED: "社区分派给负责的单位",
    State.RETURNED: "社区重新分派",
    State.DISPATCHED: "负责单位签收",
    State.ACCEPTED: "负责单位办理并报告结果",
    State.REOPENED: "负责单位重新办理",
    State.WAITING: "到约好的日子继续办理",
    State.DONE: "居民确认是否解决",
}


def entries_of(
    complaint: Any, events: Sequence[Any], photos: Sequence[Any], *, mine: bool, now: datetime
) -> list[dict[str, Any]]:
    """Entries for the time line macro, the next step last. `mine`: the reporter is looking."""
    by_event = defaultdict(list)
    for photo in photos:
        by_event[photo.subject_id].append(photo)
    entries = [
        _entry(complaint, event, by_event.get(event.id, []), mine=mine, now=now) for event in events
    ]
    upcoming = next_entry(complaint, mine=mine, now=now)
    return [*entries, upcoming] if upcoming else entries


def next_entry(complaint: Any, *, mine: bool, now: datetime) -> dict[str, Any] | None:
    """What comes next and by when; None when the matter has ended."""
    state = State(complaint.state)
    if state.ended:
        return None
    due_at = complaint.due_at or (complaint.wake_at if state is State.WAITING else None)
    what = "请您看看是不是真的解决了" if mine and state is State.DONE else NEXT[state]
    when, _, distance = say_deadline(due_at, now).partition(" 截止，") if due_at else ("", "", "")
    return {
        "when": f"{when} 前" if due_at else "看过结果以后",
        "when_iso": in_beijing(due_at).isoformat(timespec="minutes") if due_at else "",
        "who": None,
        "what": what,
        "kind": "late" if due_at and due_at < now else "due",
        "icon": None,
        "detail": distance or None,
        "url": None,
        "state": "next",
        "photos": [],
    }


def _entry(
    complaint: Any, event: Any, photos: Sequence[Any], *, mine: bool, now: datetime
) -> dict[str, Any]:
    happening = Happening(event.kind)
    before = set(event.details.get("before", []))
    return {
        "when": say_moment(event.created_at, now),
        "when_iso": in_beijing(event.created_at).isoformat(timespec="minutes"),
        "who": _who(complaint, event, mine=mine),
        "what": _what(happening, event, now),
        "kind": TONES.get(happening, "info"),
        "icon": ICONS.get(happening),
        "detail": _detail(complaint, happening, event),
        "url": None,
        "state": "past",
        "photos": [_photo(photo, before) for photo in photos],
    }


_UNNAMED = {Channel.PROGRAM: Channel.PROGRAM.label}


def _who(complaint: Any, event: Any, *, mine: bool) -> str | None:
    party = Party(event.party)
    if party is Party.SYSTEM:
        return None
    if party is Party.REPORTER:
        if mine:
            return "您"
        return event.actor_name or _UNNAMED.get(complaint.channel, "居民（匿名）")
    if party is Party.OFFICE:
        return f"社区 {event.actor_name}"
    return f"{event.organization_name or '物业'} {event.actor_name}"


def _what(happening: Happening, event: Any, now: datetime) -> str:
    said = _TOLD.get(happening)
    return (said(event, now) if said else None) or SAID[happening]


def _dispatched(event: Any, _now: datetime) -> str | None:
    return f"交给{event.organization_name}办理" if event.organization_name else None


def _settled(event: Any, _now: datetime) -> str | None:
    return f"社区裁定由{event.organization_name}办理" if event.organization_name else None


def _escalated(event: Any, _now: datetime) -> str | None:
    if event.details.get("reviewers") == 0:
        return "超过期限，已到街道一级（街道还没有开通账号）"
    return f"超过期限，已提醒{Level(event.details['level']).label}"


def _confirmed(event: Any, _now: datetime) -> str | None:
    rating = event.details.get("rating")
    return f"{SAID[Happening(event.kind)]}，{Rating(rating).label}" if rating else None


def _assigned(event: Any, _now: datetime) -> str | None:
    return f"安排{event.details['assignee']}办理"


def _extension_asked(event: Any, _now: datetime) -> str | None:
    return f"申请延期 {event.details['days']} 天"


def _extended(event: Any, now: datetime) -> str | None:
    until = datetime.fromisoformat(event.details["until"])
    return f"同意延期，改为{say_deadline(until, now).partition(' 截止')[0]} 前办好"


def _reclassified(event: Any, _now: datetime) -> str | None:
    return f"事项由“{event.details['from']}”改为“{event.details['to']}”，期限重新计算"


def _unreached(event: Any, _now: datetime) -> str | None:
    return f"电话回访没有接通（打过 {event.details['attempt']} 天）"


def _filed(event: Any, _now: datetime) -> str | None:
    return "代居民反映了情况" if event.party == Party.OFFICE else None


_TOLD: dict[Happening, Callable[[Any, datetime], str | None]] = {
    Happening.FILED: _filed,
    Happening.DISPATCHED: _dispatched,
    Happening.SETTLED: _settled,
    Happening.ESCALATED: _escalated,
    Happening.CONFIRMED: _confirmed,
    Happening.VERIFIED: _confirmed,
    Happening.ASSIGNED: _assigned,
    Happening.EXTENSION_ASKED: _extension_asked,
    Happening.EXTENDED: _extended,
    Happening.RECLASSIFIED: _reclassified,
    Happening.CALL_UNREACHED: _unreached,
    **whistle_story.TOLD,
}


def _detail(complaint: Any, happening: Happening, event: Any) -> str | None:
    if happening is Happening.FILED:
        return str(complaint.text)
    if happening in {Happening.MERGED, Happening.ABSORBED, Happening.SPLIT_OFF}:
        codes = [event.details[name] for name in ("into", "from", "other") if name in event.details]
        said = "、".join(f"{code[:4]}-{code[4:]}" for code in codes)
        return "。".join(part for part in (event.text, f"那一件的编号：{said}") if part)
    if happening is Happening.REFUSED and "ground" in event.details:
        ground = Ground(event.details["ground"])
        return f"{ground.label}。{event.text} {ground.where_to_go}"
    return event.text or None


def _photo(photo: Any, before: set[str]) -> dict[str, Any]:
    when = "处理前" if str(photo.id) in before else "处理后"
    caption = when if before else None
    place = {"file_id": photo.id, "community": here().community.code}
    is_video = photo.mime.startswith("video/")
    return {
        "url": url_for("files.show", **place),
        "thumb_url": url_for("files.thumbnail", **place),
        "alt": caption or ("现场视频" if is_video else "现场照片"),
        "caption": caption,
        "video": is_video,
        "waiting": photo.condition == Condition.WAITING,
    }
