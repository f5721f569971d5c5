"""A case in one line: its state, its promise and how late it is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from app.complaints.rules.catalogue import icon_of, title_of
from app.complaints.rules.deadlines import Level
from app.complaints.rules.states import State
from app.kit.clock import (
    civil_date,
    in_beijing,
    say_date,
    say_deadline,
    say_moment,
    say_remaining,
)

_SOON = timedelta(hours=24)
_TONES = {
    State.CLOSED: "done",
    State.NOT_ACCEPTED: "quiet",
    State.DONE: "brand",
    State.REOPENED: "due",
    State.RETURNED: "due",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of a case."""

    title: str
    icon: str
    code: str
    place: str
    state: str
    tone: str
    remaining: str | None
    urgency: str
    level: str | None
    _row: Any
    _state: State
    _now: datetime

    @property
    def promise(self) -> str:
        """By when it is promised; when it was reported, once it has ended."""
        return _promise(self._row, self._state, self._now)

    @property
    def summary(self) -> str:
        """The promise and how long that still is."""
        return _summary(self._row, self._state, self._now)


def card_of(row: Any, now: datetime, *, mine: bool = False) -> Card:
    """The card of a complaint or a row of a list. `mine`: the reporter is looking."""
    state = State(row.state)
    late = row.due_at is not None and row.due_at < now
    soon = row.due_at is not None and not late and row.due_at - now < _SOON
    return Card(
        title=row.category_title or title_of(row.category),
        icon=icon_of(row.category),
        code=said_code(row.short_code),
        place=" · ".join(part for part in (row.place_name, row.place_note) if part) or "未写地点",
        state="请您确认" if mine and state is State.DONE else state.label,
        tone=_TONES.get(state, "info"),
        remaining=say_remaining(row.due_at - now) if row.due_at else None,
        urgency="late" if late else "due" if soon else "quiet",
        level=Level(row.escalation_level).label if late and row.escalation_level else None,
        _row=row,
        _state=state,
        _now=now,
    )


def said_code(code: str) -> str:
    """A case's code in two groups, as one reads it out."""
    return f"{code[:4]}-{code[4:]}"


def _promise(row: Any, state: State, now: datetime) -> str:
    if state.clock_runs:
        return f"承诺办好：{say_deadline(row.promised_at, now)}"
    return f"{say_moment(row.created_at, now)} 反映"


def _summary(row: Any, state: State, now: datetime) -> str:
    if not state.clock_runs:
        return _promise(row, state, now)
    return f"{_by_when(row.promised_at, now)}前办好，{say_remaining(row.promised_at - now)}"


def _by_when(moment: datetime, now: datetime) -> str:
    if in_beijing(moment).time() != time.min:
        return f"{say_moment(moment, now)} "
    return say_date(civil_date(moment - timedelta(days=1)), civil_date(now))
