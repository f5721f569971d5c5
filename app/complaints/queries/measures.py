"""What the rules count of a case, as conditions and sums of SQL.

The rules themselves are `rules.rates`, `rules.reviewing` and `rules.selection`; tests hold both
against each other on random histories.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, not_, or_
from sqlalchemy import Date as SqlDate

from app.complaints.models import Complaint
from app.complaints.queries.in_states import in_states
from app.complaints.rules.answers import Closing
from app.complaints.rules.queue import SOON
from app.complaints.rules.rates import LeftOut, Rate
from app.complaints.rules.reviewing import HARD_EXTENSIONS, HARD_LATE, HARD_REOPENED
from app.complaints.rules.selection import NOWHERE, Age, Part, Selection, Which
from app.complaints.rules.states import State
from app.kit.clock import BEIJING, end_of_day, start_of_day
from app.kit.ids import first_id

Condition = ColumnElement[bool]
CONTACT_DUE = func.coalesce(Complaint.contact_due_at, Complaint.promised_at)
OPEN = Complaint.closed_at.is_(None)
_IN_TIME = func.coalesce(Complaint.contacted_at < CONTACT_DUE, false())
_DAY = timedelta(days=1)
RATED = not_(in_states({State.MERGED, State.NOT_ACCEPTED}))
"""What a rate may count at all: neither a duplicate nor out of scope."""
_SILENT = Complaint.closing.is_not_distinct_from(Closing.SILENCE.value)
_GOOD: dict[Rate, tuple[Any, Any]] = {
    Rate.RESOLVED: (Complaint.verdicts_resolved, Complaint.verdicts),
    Rate.SATISFIED: (Complaint.verdicts_content, Complaint.verdicts),
}


def day_of(moment: Any) -> Any:
    """The calendar day in Beijing."""
    return func.timezone(BEIJING.key, moment).cast(SqlDate)


def overdue(now: datetime) -> Condition:
    """Whether the running step is late."""
    return Complaint.due_at < now


def hard(now: datetime) -> Condition:
    """See rules.reviewing.is_hard."""
    return and_(
        OPEN,
        or_(
            Complaint.promised_at < now - HARD_LATE,
            Complaint.extensions >= HARD_EXTENSIONS,
            Complaint.reopened_count >= HARD_REOPENED,
        ),
    )


def counted(rate: Rate, now: datetime) -> Condition:
    """Whether a case is in the denominator."""
    return and_(RATED, _due(now) if rate is Rate.RESPONSE else Complaint.verdicts > 0)


def part_of(rate: Rate, part: Part | LeftOut, now: datetime) -> Condition:
    """The cases behind a part of a rate; GOOD and BAD overlap where a case has several verdicts."""
    if isinstance(part, LeftOut):
        return _left_out(rate, part, now)
    inside = counted(rate, now)
    if part is Part.COUNTED:
        return inside
    if part is Part.LEFT:
        return not_(inside)
    if rate is Rate.RESPONSE:
        return and_(inside, _IN_TIME if part is Part.GOOD else not_(_IN_TIME))
    good, of = _GOOD[rate]
    return and_(inside, good > 0 if part is Part.GOOD else good < of)


def sums(now: datetime) -> list[Any]:
    """The columns of every sum over cases: see rules.figures.Sums, whose fields they are named for.

    `<rate>_in` and `<rate>_of` are numerator and denominator, `<rate>_<part>` counts cases.
    """
    columns = [
        func.count().label("filed"),
        func.count().filter(OPEN).label("open"),
        func.count().filter(overdue(now)).label("overdue"),
    ]
    return columns + fractions(now, RATED)


def fractions(now: Any, *which: Condition) -> list[Any]:
    """The columns `<rate>_in` and `<rate>_of` of every rate; parameters as in `fraction`."""
    pairs = {rate: fraction(rate, now, *which) for rate in Rate}
    return [
        one.label(f"{rate}_{end}")
        for rate, pair in pairs.items()
        for one, end in zip(pair, ("in", "of"), strict=True)
    ]


def fraction(rate: Rate, now: Any, *which: Condition) -> tuple[Any, Any]:
    """What a rate counts as good, and what it counts at all.

    `now`: a moment, or what binds one. `which`: RATED, unless the statement reads no others.
    """
    if rate is Rate.RESPONSE:
        due = (*which, _due(now))
        return func.count().filter(*due, _IN_TIME), func.count().filter(*due)
    good, of = (func.coalesce(func.sum(one).filter(*which), 0) for one in _GOOD[rate])
    return good, of


def cases_by_part(rate: Rate, now: datetime) -> list[Any]:
    """How many cases stand behind each part of a rate, in the order of Part and LeftOut."""
    parts: list[Part | LeftOut] = [*Part, *LeftOut]
    return [func.count().filter(part_of(rate, part, now)).label(f"{rate}_{part}") for part in parts]


def chosen(
    community_id: int, companies: Collection[UUID] | None, wanted: Selection, now: datetime
) -> tuple[Condition, ...]:
    """The conditions of a selection, on the desk of these companies (none: the whole community)."""
    conditions = [Complaint.community_id == community_id, *_narrowed(wanted)]
    if companies is not None:
        conditions.append(Complaint.organization_id.in_(list(companies)))
    conditions += _in_period(wanted, now)
    if wanted.age is not None:
        conditions.append(aged(wanted.age, now))
    if wanted.rate is not None:
        conditions.append(part_of(wanted.rate, wanted.part, now))
    return tuple(conditions)


def aged(age: Age, now: datetime) -> Condition:
    """Open for so many days."""
    old_enough = Complaint.id < first_id(now - age.from_days * _DAY) if age.from_days else OPEN
    if age.below_days is None:
        return and_(OPEN, old_enough)
    return and_(OPEN, old_enough, Complaint.id >= first_id(now - age.below_days * _DAY))


def reported(first: date, last: date) -> Condition:
    """Reported from the one day to the other."""
    return and_(
        Complaint.id >= first_id(start_of_day(first)), Complaint.id < first_id(end_of_day(last))
    )


def ended(first: date, last: date) -> Condition:
    """Closed from the one day to the other."""
    return and_(Complaint.closed_at >= start_of_day(first), Complaint.closed_at < end_of_day(last))


def _in_period(wanted: Selection, now: datetime) -> list[Condition]:
    found: list[Condition] = []
    if wanted.first is not None and wanted.last is not None:
        inside = reported(wanted.first, wanted.last)
        closed = ended(wanted.first, wanted.last)
        found.append(
            {Which.CLOSED: closed, Which.ALL: or_(inside, closed, OPEN)}.get(wanted.which, inside)
        )
    by_state = {
        Which.OPEN: OPEN,
        Which.OVERDUE: overdue(now),
        Which.SOON: and_(Complaint.due_at >= now, Complaint.due_at < now + SOON),
        Which.HARD: hard(now),
    }
    return [*found, *([by_state[wanted.which]] if wanted.which in by_state else [])]


def _narrowed(wanted: Selection) -> list[Condition]:
    found: list[Condition] = [Complaint.category == wanted.category] if wanted.category else []
    for column, value in (
        (Complaint.compound_id, wanted.compound),
        (Complaint.building_id, wanted.building),
        (Complaint.organization_id, wanted.company),
    ):
        if value:
            found.append(column.is_(None) if value == NOWHERE else column == UUID(value))
    return found


def _left_out(rate: Rate, why: LeftOut, now: datetime) -> Condition:
    if why is LeftOut.JOINED:
        return Complaint.state == State.MERGED.value
    if why is LeftOut.NOT_ACCEPTED:
        return Complaint.state == State.NOT_ACCEPTED.value
    left = and_(RATED, not_(counted(rate, now)))
    if rate is Rate.RESPONSE:
        return left if why is LeftOut.NOT_DUE else false()
    done = Complaint.state == State.DONE.value
    return {
        LeftOut.NOT_REACHED: and_(left, _SILENT),
        LeftOut.WAITING: and_(left, not_(_SILENT), done),
        LeftOut.IN_WORK: and_(left, not_(_SILENT), not_(done)),
    }.get(why, false())


def _due(now: Any) -> Condition:
    """Whether somebody was in touch, or had to be by now."""
    return or_(Complaint.contacted_at.is_not(None), now >= CONTACT_DUE)
