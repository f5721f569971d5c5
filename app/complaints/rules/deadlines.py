"""Deadlines (时限): how long each step may take, and who is told when it took longer.

The figures are this product's own defaults and not official ones. How a span counts: `spans`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from app.complaints.rules.spans import Span, Unit
from app.complaints.rules.states import IN_WORK, State
from app.kit.working_days import MAINLAND, Calendar


class Urgency(StrEnum):
    """Which line of the table of deadlines applies."""

    CONSULT = "consult"
    URGENT = "urgent"
    UTILITY = "utility"
    ORDINARY = "ordinary"
    HARD = "hard"


class Responsible(StrEnum):
    """Who a category falls to by default."""

    PROPERTY = "property"
    COMMUNITY = "community"


class Level(IntEnum):
    """Who has been told that a step is late (逾期升级)."""

    STAFF = 0
    MANAGER = 1
    COMMUNITY = 2
    STREET = 3

    @property
    def label(self) -> str:
        """The level in Chinese."""
        return _LEVELS[self]


@dataclass(frozen=True, slots=True)
class Clock:
    """The running deadline of a step; nothing runs when `due_at` is None."""

    due_at: datetime | None
    level: Level
    escalate_at: datetime | None


SOLVE = {
    Urgency.CONSULT: Span(1, Unit.WORKING_DAYS),
    Urgency.URGENT: Span(2 * 60, Unit.MINUTES),
    Urgency.UTILITY: Span(24 * 60, Unit.MINUTES),
    Urgency.ORDINARY: Span(7, Unit.DAYS),
    Urgency.HARD: Span(15, Unit.DAYS),
}
_SIGN_OTHERWISE = Span(1, Unit.WORKING_DAYS)
SIGN = {
    Urgency.URGENT: Span(30, Unit.MINUTES),
    Urgency.UTILITY: Span(4 * 60, Unit.MINUTES),
}
_AFTER_DUE = {
    Level.MANAGER: timedelta(0),
    Level.COMMUNITY: timedelta(days=1),
    Level.STREET: timedelta(days=3),
}
_AFTER_DUE_URGENT = {
    Level.MANAGER: timedelta(0),
    Level.COMMUNITY: timedelta(hours=2),
    Level.STREET: timedelta(hours=8),
}
_LEVELS = {
    Level.STAFF: "经办人",
    Level.MANAGER: "物业经理",
    Level.COMMUNITY: "社区",
    Level.STREET: "街道",
}


def solve_span(urgency: Urgency, responsible: Responsible, property_days: int) -> Span:
    """How long solving may take. Ordinary matters of the property company: a setting."""
    if urgency is Urgency.ORDINARY and responsible is Responsible.PROPERTY:
        return Span(property_days, Unit.WORKING_DAYS)
    return SOLVE[urgency]


def sign_span(urgency: Urgency) -> Span:
    """How long dispatching or signing for may take."""
    return SIGN.get(urgency, _SIGN_OTHERWISE)


def clock_for(
    state: State,
    *,
    promised_at: datetime,
    urgency: Urgency,
    now: datetime,
    level: Level,
    since: datetime | None = None,
    calendar: Calendar = MAINLAND,
) -> Clock:
    """The clock of the step that began at `since`, by default now.

    The promise to the resident is never moved by passing a case on: a step's deadline is at most
    the promise, and a promise already broken keeps the level it has reached.
    """
    if not state.clock_runs:
        return Clock(None, level, None)
    due_at = promised_at
    if state not in IN_WORK:
        due_at = min(promised_at, sign_span(urgency).end_from(since or now, calendar))
    reached = Level.STAFF if due_at > now else level
    return Clock(due_at, reached, escalate_at(due_at, urgency, reached))


def escalate_at(due_at: datetime, urgency: Urgency, level: Level) -> datetime | None:
    """When the level after this one is told; None after the last."""
    if level is Level.STREET:
        return None
    after = _AFTER_DUE_URGENT if urgency is Urgency.URGENT else _AFTER_DUE
    return due_at + after[Level(level + 1)]
