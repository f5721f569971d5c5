"""Which cases a figure counts: a period, a narrowing, and what of them.

One value for page, list and file, so that a figure and the list behind it cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from app.complaints.rules.rates import LeftOut, Rate

Value = TypeVar("Value", bound=StrEnum)

PERIODS = {30: "最近 30 天", 90: "最近 90 天", 365: "最近 12 个月"}
USUAL_DAYS = 90
MOST_DAYS = 3 * 366
BY_DAY, BY_WEEK = 31, 190
NOWHERE = "none"
"""For a place: outside of any; for who is responsible: the community itself."""
_DAY = timedelta(days=1)
_LONGEST_CODE = 60
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)


class Which(StrEnum):
    """What of the cases: reported or closed in the period, or how those still open stand."""

    FILED = "filed"
    CLOSED = "closed"
    OPEN = "open"
    OVERDUE = "overdue"
    SOON = "soon"
    HARD = "hard"
    ALL = "all"

    @property
    def label(self) -> str:
        """What the cases are, in Chinese."""
        return _WHICH[self]


class Age(StrEnum):
    """For how many days a case has been open."""

    D1 = "1"
    D3 = "3"
    D7 = "7"
    D15 = "15"
    D30 = "30"
    MORE = "more"

    @property
    def label(self) -> str:
        """The span in Chinese."""
        return _AGES[self][2]

    @property
    def from_days(self) -> int:
        """The least age in days."""
        return _AGES[self][0]

    @property
    def below_days(self) -> int | None:
        """The first age that is too old; none: no limit."""
        return _AGES[self][1]


class Part(StrEnum):
    """What of a rate: all that counts, what is good in it, what is not, and all left out."""

    COUNTED = "counted"
    GOOD = "good"
    BAD = "bad"
    LEFT = "left"

    @property
    def label(self) -> str:
        """The part in Chinese."""
        return _PARTS[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Cases reported (for CLOSED: closed) from `first` to `last`, both days included.

    Without days: whenever. Texts of places are ids, empty for any, NOWHERE for none.
    """

    first: date | None = None
    last: date | None = None
    which: Which = Which.FILED
    age: Age | None = None
    rate: Rate | None = None
    part: Part | LeftOut = Part.COUNTED
    category: str = ""
    compound: str = ""
    building: str = ""
    company: str = ""

    def values(self) -> dict[str, str]:
        """As it stands in an address."""
        named = {
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "which": "" if self.which is Which.FILED else self.which.value,
            "age": self.age.value if self.age else "",
            "rate": self.rate.value if self.rate else "",
            "part": self.part.value if self.rate else "",
            **self.narrowing,
        }
        return {name: value for name, value in named.items() if value}

    @property
    def narrowing(self) -> dict[str, str]:
        """Where and what alone, whatever the time."""
        places = {
            "category": self.category,
            "compound": self.compound,
            "building": self.building,
            "company": self.company,
        }
        return {name: value for name, value in places.items() if value}

    @property
    def days(self) -> int:
        """How long the period is, in days."""
        return (self.last - self.first).days + 1 if self.first and self.last else 0

    def whenever(self, which: Which, age: Age | None = None) -> Selection:
        """The same places, whenever reported."""
        return replace(self, first=None, last=None, which=which, age=age, rate=None)

    def of_rate(self, rate: Rate, part: Part | LeftOut = Part.COUNTED) -> Selection:
        """Of these the cases behind a part of a rate."""
        return replace(self, which=Which.FILED, age=None, rate=rate, part=part)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day, week (from Monday) or month of a period, as far as it lies inside."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """The bucket in short."""
        if self.first == self.last:
            return f"{self.first.month}/{self.first.day}"
        if self.days > 7:  # noqa: PLR2004 - a week
            return f"{self.first.year % 100}年{self.first.month}月"
        return f"{self.first.month}/{self.first.day}–{self.last.month}/{self.last.day}"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def recent(days: int, today: date) -> Selection:
    """The last so many days, today included."""
    return Selection(first=today - (days - 1) * _DAY, last=today)


def read_selection(values: Mapping[str, str], today: date) -> Selection:
    """What an address asks for; what makes no sense is left out.

    What stands open may be looked at whenever it was reported; all else is of a period.
    """
    which = _one(Which, values.get("which")) or Which.FILED
    rate = _one(Rate, values.get("rate"))
    part = _one(Part, values.get("part")) or _one(LeftOut, values.get("part")) or Part.COUNTED
    first, last = read_days(values.get("from", ""), values.get("to", ""))
    usual = recent(USUAL_DAYS, today)
    if first is None and which in _OF_A_PERIOD:
        first, last = usual.first, usual.last
    return Selection(
        first=first,
        last=last,
        which=which,
        age=_one(Age, values.get("age")),
        rate=rate,
        part=part,
        category=values.get("category", "")[:_LONGEST_CODE],
        compound=_place(values.get("compound", "")),
        building=_place(values.get("building", "")),
        company=_place(values.get("company", "")),
    )


def read_days(first: str, last: str) -> tuple[date | None, date | None]:
    """Two days in order and not too far apart; none when one is no day."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None, None
    if min(begin, end) < _EARLIEST or max(begin, end) > _LATEST:
        return None, None
    begin, end = min(begin, end), max(begin, end)
    return max(begin, end - (MOST_DAYS - 1) * _DAY), end


def buckets(first: date, last: date) -> list[Bucket]:
    """The days, weeks or months of a period, whichever fit on a chart."""
    days = (last - first).days + 1
    found, begin = [], first
    while begin <= last:
        end = min(last, _end_of_step(begin, days))
        found.append(Bucket(begin, end))
        begin = end + _DAY
    return found


def months_back(today: date, months: int = 12) -> list[Bucket]:
    """The last so many calendar months up to today, oldest first."""
    found, last = [], today
    for _ in range(months):
        found.append(Bucket(last.replace(day=1), last))
        last = last.replace(day=1) - _DAY
    return found[::-1]


def _end_of_step(begin: date, days: int) -> date:
    if days <= BY_DAY:
        return begin
    if days <= BY_WEEK:
        return begin + (6 - begin.weekday()) * _DAY
    following = (begin.replace(day=28) + 4 * _DAY).replace(day=1)
    return following - _DAY


def _one(kind: type[Value], typed: str | None) -> Value | None:
    try:
        return kind(typed) if typed else None
    except ValueError:
        return None


def _place(typed: str) -> str:
    if typed == NOWHERE:
        return typed
    try:
        return str(UUID(typed)) if typed else ""
    except ValueError:
        return ""


_OF_A_PERIOD = frozenset({Which.FILED, Which.CLOSED, Which.ALL})
_WHICH = {
    Which.FILED: "反映的",
    Which.CLOSED: "办结的",
    Which.OPEN: "还在办的",
    Which.OVERDUE: "已经超期的",
    Which.SOON: "24 小时内到期的",
    Which.HARD: "难办的",
    Which.ALL: "反映的、办结的和现在在办的",
}
_AGES = {
    Age.D1: (0, 1, "不到 1 天"),
    Age.D3: (1, 3, "1–3 天"),
    Age.D7: (3, 7, "3–7 天"),
    Age.D15: (7, 15, "7–15 天"),
    Age.D30: (15, 30, "15–30 天"),
    Age.MORE: (30, None, "30 天以上"),
}
_PARTS = {Part.COUNTED: "应算的", Part.GOOD: "做到的", Part.BAD: "没有做到的", Part.LEFT: "不算的"}
