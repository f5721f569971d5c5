"""Lengths of time as the tables state them, and what a pause does to them.

The first day does not count and a last day ends at 24:00 (民法典 201, 203). Working days and
working time follow the public calendar with its make-up days and what the place adds to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.clock import civil_date, end_of_day
from app.kit.working_days import (
    MAINLAND,
    Calendar,
    add_working_days,
    add_working_minutes,
    working_minutes_between,
)

_HOUR = 60
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_WRITTEN = re.compile(r"(\d{1,4})(个?)(分钟|小时|工作小时|天|日|工作日)", re.ASCII)


class Unit(StrEnum):
    """What a span counts."""

    MINUTES = "minutes"
    WORKING_MINUTES = "working_minutes"
    DAYS = "days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as the table states it."""

    amount: int
    unit: Unit

    def end_from(self, start: datetime, calendar: Calendar = MAINLAND) -> datetime:
        """The first moment that is too late."""
        if self.unit is Unit.MINUTES:
            return start + timedelta(minutes=self.amount)
        if self.unit is Unit.WORKING_MINUTES:
            return add_working_minutes(start, self.amount, calendar)
        day = civil_date(start)
        if self.unit is Unit.WORKING_DAYS:
            return end_of_day(add_working_days(day, self.amount, calendar))
        return end_of_day(day + self.amount * _DAY)

    @property
    def words(self) -> str:
        """The span in Chinese."""
        if self.unit is Unit.WORKING_DAYS:
            return f"{self.amount} 个工作日"
        if self.unit is Unit.DAYS:
            return f"{self.amount} 天"
        hours, minutes = divmod(self.amount, _HOUR)
        working = self.unit is Unit.WORKING_MINUTES
        if minutes:
            return f"{self.amount} 分钟" + ("（工作时间）" if working else "")
        return f"{hours} 个工作小时" if working else f"{hours} 小时"

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}"


def stored_span(text: str | None) -> Span | None:
    """The span `str()` wrote; None for none."""
    if not text:
        return None
    amount, unit = text.split(" ")
    return Span(int(amount), Unit(unit))


def read_span(text: str) -> Span | None:
    """A span as people write it (24小时, 5个工作日, 8个工作小时, 7天); None when it is none."""
    found = _WRITTEN.fullmatch("".join(text.split()))
    if found is None or int(found[1]) == 0:
        return None
    amount = int(found[1])
    return {
        "分钟": Span(amount, Unit.MINUTES),
        "小时": Span(amount * _HOUR, Unit.MINUTES),
        "工作小时": Span(amount * _HOUR, Unit.WORKING_MINUTES),
        "天": Span(amount, Unit.DAYS),
        "日": Span(amount, Unit.DAYS),
        "工作日": Span(amount, Unit.WORKING_DAYS),
    }[found[3]]


def after_pause(
    unit: Unit,
    deadline: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    calendar: Calendar = MAINLAND,
) -> datetime:
    """Where a deadline lies once a pause is over: what was left at its beginning is left again.

    The day on which a pause begins counts, the day on which it ends does not. A deadline that had
    passed before the pause is never brought back.
    """
    if deadline <= paused_at or resumed_at <= paused_at:
        return deadline
    if unit is Unit.MINUTES:
        return deadline + (resumed_at - paused_at)
    if unit is Unit.WORKING_MINUTES:
        left = working_minutes_between(paused_at, deadline, calendar)
        return max(deadline, add_working_minutes(resumed_at, left, calendar))
    last, day = civil_date(deadline - _INSTANT), civil_date(paused_at)
    if unit is Unit.DAYS:
        return Span((last - day).days, unit).end_from(resumed_at)
    left = 0
    while day < last:
        day += _DAY
        left += calendar.works(day)
    return max(deadline, Span(left, unit).end_from(resumed_at, calendar))
