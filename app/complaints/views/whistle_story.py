"""What the time line of a case says of a whistle, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.complaints.rules.states import Happening
from app.complaints.rules.whistles import CallState
from app.core.access.door import here
from app.kit.clock import in_beijing, say_moment

_LATE = {CallState.CALLED: "没有按时签收，已提醒", CallState.SIGNED: "没有按时到场，已提醒"}


def _whistled(event: Any, _now: datetime) -> str:
    return f"{_caller(event)}已请{event.details['party']}到场"


def _call_signed(event: Any, now: datetime) -> str:
    until = event.details.get("until")
    when = f"，{say_moment(datetime.fromisoformat(until), now)} 前到场" if until else ""
    return f"{event.details['party']}已签收{when}"


def _call_refused(event: Any, _now: datetime) -> str:
    return f"{event.details['party']}说不归他们管，等{_caller(event)}答复"


def _call_insisted(event: Any, _now: datetime) -> str:
    return f"{_caller(event)}仍请{event.details['party']}到场"


def _call_withdrawn(event: Any, _now: datetime) -> str:
    return f"{_caller(event)}不再请{event.details['party']}到场"


def _call_arrived(event: Any, _now: datetime) -> str:
    return f"{event.details['party']}已到场 {in_beijing(event.created_at):%H:%M}"


def _call_finished(event: Any, _now: datetime) -> str:
    return f"{event.details['party']}已在现场处理完"


def _call_late(event: Any, _now: datetime) -> str:
    late = _LATE.get(CallState(event.details["was"]))
    return f"{event.details['party']}{late}" if late else f"{_caller(event)}没有按时答复，已提醒"


def _caller(event: Any) -> str:
    """Who called; the community itself is just 社区."""
    by = str(event.details.get("by") or "")
    return "社区" if by == here().community.name or not by else by


TOLD: dict[Happening, Callable[[Any, datetime], str | None]] = {
    Happening.WHISTLED: _whistled,
    Happening.CALL_SIGNED: _call_signed,
    Happening.CALL_REFUSED: _call_refused,
    Happening.CALL_INSISTED: _call_insisted,
    Happening.CALL_WITHDRAWN: _call_withdrawn,
    Happening.CALL_ARRIVED: _call_arrived,
    Happening.CALL_FINISHED: _call_finished,
    Happening.CALL_LATE: _call_late,
}
