"""Whom a report goes to (派单): the community's own table first, then the catalogue.

The first row of the table that fits decides; empty cells fit everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.complaints.rules.deadlines import Responsible
from app.kit.clock import in_beijing
from app.kit.working_days import MAINLAND, Calendar

_HOUR = 60


class Days(StrEnum):
    """On which days a row holds."""

    ANY = "any"
    WORKING = "working"
    RESTING = "resting"

    @property
    def label(self) -> str:
        """The days in Chinese."""
        return _DAYS[self]


_DAYS = {Days.ANY: "每天", Days.WORKING: "只在工作日", Days.RESTING: "只在休息日、节假日"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. No organization: the community itself."""

    id: UUID
    category_group: str
    category: str
    compound_id: UUID | None
    building_id: UUID | None
    days: Days
    from_minute: int | None
    to_minute: int | None
    organization_id: UUID | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be dispatched. `serving_id`: the company under contract at the place."""

    category_group: str
    category: str
    responsible: Responsible
    compound_id: UUID | None
    building_id: UUID | None
    serving_id: UUID | None
    moment: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Where it goes and which row said so; without a row the catalogue did."""

    organization_id: UUID | None
    row: Row | None


def decide(rows: Sequence[Row], matter: Matter, calendar: Calendar = MAINLAND) -> Decision:
    """Whom a report goes to: a company, or (no organization) the community."""
    for row in rows:
        if _fits(row, matter, calendar):
            return Decision(row.organization_id, row)
    property_matter = matter.responsible is Responsible.PROPERTY
    return Decision(matter.serving_id if property_matter else None, None)


def read_rows(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Row, ...]:
    """Rows as the database hands them over in one value."""
    return tuple(
        Row(
            id=UUID(one["id"]),
            category_group=one["category_group"],
            category=one["category"],
            compound_id=_key(one["compound_id"]),
            building_id=_key(one["building_id"]),
            days=Days(one["days"]),
            from_minute=one["from_minute"],
            to_minute=one["to_minute"],
            organization_id=_key(one["organization_id"]),
        )
        for one in stored or ()
    )


def say_hours(from_minute: int | None, to_minute: int | None) -> str:
    """The hours of a row in words."""
    if from_minute is None or to_minute is None:
        return "全天"
    overnight = "次日 " if to_minute <= from_minute else ""
    return f"{_clock(from_minute)}–{overnight}{_clock(to_minute)}"


def _clock(minute: int) -> str:
    return f"{minute // _HOUR:02}:{minute % _HOUR:02}"


def _fits(row: Row, matter: Matter, calendar: Calendar) -> bool:
    return (
        row.category_group in {"", matter.category_group}
        and row.category in {"", matter.category}
        and row.compound_id in {None, matter.compound_id}
        and row.building_id in {None, matter.building_id}
        and _on_day(row, matter.moment, calendar)
        and _at_hour(row, matter.moment)
    )


def _on_day(row: Row, moment: datetime, calendar: Calendar) -> bool:
    if row.days is Days.ANY:
        return True
    return calendar.works(in_beijing(moment).date()) is (row.days is Days.WORKING)


def _at_hour(row: Row, moment: datetime) -> bool:
    if row.from_minute is None or row.to_minute is None:
        return True
    local = in_beijing(moment)
    minute = local.hour * _HOUR + local.minute
    if row.from_minute < row.to_minute:
        return row.from_minute <= minute < row.to_minute
    return minute >= row.from_minute or minute < row.to_minute


def _key(text: str | None) -> UUID | None:
    return UUID(text) if text else None
