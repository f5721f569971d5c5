"""The leads' figures, and the lists behind them: every one from the conditions in `measures`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, case, func, literal, select, union_all

from app.complaints.models import Complaint
from app.complaints.queries.measures import (
    OPEN,
    aged,
    cases_by_part,
    chosen,
    day_of,
    ended,
    hard,
    overdue,
    part_of,
    reported,
    sums,
)
from app.complaints.queries.nearby import responsible
from app.complaints.rules.figures import By
from app.complaints.rules.queue import SOON
from app.complaints.rules.rates import LeftOut, Rate
from app.complaints.rules.selection import Age, Bucket, Part, Selection, Which
from app.core.db import db
from app.kit.clock import end_of_day, start_of_day
from app.kit.ids import first_id
from app.organizations.models import Organization
from app.registry.models import Building, Compound

PAGE = 50
LONGEST_WAITING = 5
MOST_GROUPS = 500
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class View:
    """Whose figures, as of when. `companies` None: all of the community."""

    community_id: int
    companies: frozenset[UUID] | None
    now: datetime

    def cases(self, wanted: Selection) -> tuple[Any, ...]:
        """The conditions of a selection."""
        return chosen(self.community_id, self.companies, wanted, self.now)


def totals(view: View, wanted: Selection) -> Any:
    """The sums over a selection, in one row."""
    return db.session.execute(select(*sums(view.now)).where(*view.cases(wanted))).one()


def now_standing(view: View, wanted: Selection) -> Any:
    """How all open cases stand now, whenever reported: open, overdue, soon, hard, and by age."""
    soon = and_(Complaint.due_at >= view.now, Complaint.due_at < view.now + SOON)
    return db.session.execute(
        select(
            func.count().label(Which.OPEN),
            func.count().filter(overdue(view.now)).label(Which.OVERDUE),
            func.count().filter(soon).label(Which.SOON),
            func.count().filter(hard(view.now)).label(Which.HARD),
            *(func.count().filter(aged(age, view.now)).label(f"age_{age}") for age in Age),
        ).where(*view.cases(wanted.whenever(Which.OPEN)))
    ).one()


def parts_of(view: View, wanted: Selection) -> dict[Rate, dict[str, int]]:
    """How many cases stand behind each part of each rate."""
    columns = [one for rate in Rate for one in cases_by_part(rate, view.now)]
    row = db.session.execute(select(*columns).where(*view.cases(wanted))).one()
    named = [(rate, part.value) for rate in Rate for part in (*Part, *LeftOut)]
    found: dict[Rate, dict[str, int]] = {rate: {} for rate in Rate}
    for (rate, part), count in zip(named, row, strict=True):
        found[rate][part] = count
    return found


def by_group(view: View, wanted: Selection, by: By) -> Sequence[Any]:
    """The sums of each group, those with most reports first.

    Columns: key, title (categories), compound_id (buildings), then those of `measures.sums`.
    """
    keys = {
        By.CATEGORY: (Complaint.category, func.max(Complaint.category_title), literal(None)),
        By.BUILDING: (Complaint.building_id, literal(""), Complaint.compound_id),
        By.COMPANY: (Complaint.organization_id, literal(""), literal(None)),
    }
    key, title, compound = keys[by]
    grouped = [key, Complaint.compound_id] if by is By.BUILDING else [key]
    return db.session.execute(
        select(
            key.label("key"),
            title.label("title"),
            compound.label("compound_id"),
            *sums(view.now),
        )
        .where(*view.cases(wanted))
        .group_by(*grouped)
        .order_by(func.count().desc(), key)
        .limit(MOST_GROUPS)
    ).all()


def by_month(view: View, wanted: Selection, months: Sequence[Bucket]) -> Sequence[Any]:
    """The sums of each month by the day of reporting. Columns: month, then `measures.sums`."""
    month = func.date_trunc("month", day_of(Complaint.created_at)).label("month")
    whole = replace(wanted, first=months[0].first, last=months[-1].last, which=Which.FILED)
    return db.session.execute(
        select(month, *sums(view.now)).where(*view.cases(whole)).group_by(month).order_by(month)
    ).all()


def flow_by_day(view: View, wanted: Selection) -> tuple[dict[date, int], dict[date, int], int]:
    """What was reported and closed on each day, and how much was open before, in one statement."""
    first, last = wanted.first or date.min, wanted.last or date.max
    begin = start_of_day(first)
    places = view.cases(wanted.whenever(Which.FILED))
    filed_on, closed_on = day_of(Complaint.created_at), day_of(Complaint.closed_at)
    came = (
        select(literal("filed").label("what"), filed_on.label("day"), func.count().label("many"))
        .where(*places, reported(first, last))
        .group_by(filed_on)
    )
    went = (
        select(literal("closed"), closed_on, func.count())
        .where(*places, ended(first, last))
        .group_by(closed_on)
    )
    # Two narrow looks instead of one over all that was ever closed, each answered by an index.
    earlier = Complaint.id < first_id(begin)
    still = select(literal("before"), literal(first), func.count()).where(*places, OPEN, earlier)
    later = select(literal("before"), literal(first), func.count()).where(
        *places, Complaint.closed_at >= begin, earlier
    )
    found: dict[str, dict[date, int]] = {"filed": {}, "closed": {}, "before": {}}
    for row in db.session.execute(union_all(came, went, still, later)):
        found[row.what][row.day] = found[row.what].get(row.day, 0) + row.many
    return found["filed"], found["closed"], sum(found["before"].values())


def longest_overdue(view: View, wanted: Selection) -> Sequence[Any]:
    """The cases that have been overdue for longest. Columns as `case_page`."""
    late = wanted.whenever(Which.OVERDUE)
    return db.session.execute(
        _rows(view, late).order_by(Complaint.due_at, Complaint.id).limit(LONGEST_WAITING)
    ).all()


def overdue_places(view: View, wanted: Selection) -> Sequence[Any]:
    """Where the overdue cases are: compound_id and how many, most first."""
    return db.session.execute(
        select(Complaint.compound_id, func.count().label("many"))
        .where(*view.cases(wanted.whenever(Which.OVERDUE)))
        .group_by(Complaint.compound_id)
        .order_by(func.count().desc(), Complaint.compound_id)
        .limit(LONGEST_WAITING)
    ).all()


def count_cases(view: View, wanted: Selection) -> int:
    """How many cases a selection has."""
    return db.session.execute(
        select(func.count()).select_from(Complaint).where(*view.cases(wanted))
    ).scalar_one()


def case_page(view: View, wanted: Selection, before: UUID | None) -> Sequence[Any]:
    """A page (and one more) of the cases of a selection, newest first.

    Of a rate with the standing of each case in it.
    """
    rows = _rows(view, wanted, *(_standings(view, wanted) if wanted.rate else ()))
    if before is not None:
        rows = rows.where(Complaint.id < before)
    return db.session.execute(rows.order_by(Complaint.id.desc()).limit(PAGE + 1)).all()


def all_cases(view: View, wanted: Selection) -> Iterator[Any]:
    """Every case of a selection, newest first, a few thousand in memory at a time.

    Columns as `case_page`, then text and, for each rate, its standing.
    """
    before: UUID | None = None
    while True:
        rows = _rows(view, wanted, Complaint.text, *_standings(view, wanted))
        if before is not None:
            rows = rows.where(Complaint.id < before)
        chunk = db.session.execute(rows.order_by(Complaint.id.desc()).limit(_CHUNK)).all()
        yield from chunk
        if len(chunk) < _CHUNK:
            return
        before = chunk[-1].id


def names(community_id: int) -> Mapping[str, Mapping[UUID, str]]:
    """The names of compounds, buildings and companies, in one statement."""
    rows = union_all(
        *(
            select(literal(kind).label("kind"), model.id, model.name).where(
                model.community_id == community_id
            )
            for kind, model in (
                ("compound", Compound),
                ("building", Building),
                ("company", Organization),
            )
        )
    )
    found: dict[str, dict[UUID, str]] = {"compound": {}, "building": {}, "company": {}}
    for row in db.session.execute(rows):
        found[row.kind][row.id] = row.name
    return found


def _rows(view: View, wanted: Selection, *more: Any) -> Any:
    return (
        select(
            Complaint.id,
            Complaint.short_code,
            Complaint.category,
            Complaint.category_title,
            Complaint.place_name,
            Complaint.place_note,
            Complaint.state,
            Complaint.closing,
            Complaint.created_at,
            Complaint.closed_at,
            Complaint.promised_at,
            Complaint.due_at,
            Complaint.escalation_level,
            Complaint.reopened_count,
            Complaint.extensions,
            Complaint.verdicts,
            Complaint.verdicts_resolved,
            Complaint.verdicts_content,
            Organization.name.label("organization_name"),
            *more,
        )
        .outerjoin(Organization, responsible())
        .where(*view.cases(wanted))
    )


def _standings(view: View, wanted: Selection) -> list[Any]:
    """For each rate how the case stands in it; and whether it is of the period at all."""
    columns = []
    for rate in Rate:
        known = [(part_of(rate, why, view.now), literal(why.value)) for why in LeftOut]
        bad = (part_of(rate, Part.BAD, view.now), literal(Part.BAD.value))
        columns.append(case(*known, bad, else_=literal(Part.GOOD.value)).label(f"in_{rate}"))
    if wanted.first is None or wanted.last is None:
        return columns
    came = case((reported(wanted.first, wanted.last), 1), else_=0)
    went = case((ended(wanted.first, wanted.last), 1), else_=0)
    return [*columns, came.cast(Integer).label("came"), went.cast(Integer).label("went")]


def open_at_end(view: View, last: date) -> dict[UUID | None, int]:
    """By company, how many cases were open when a day ended, as far as is known now."""
    end = end_of_day(last)
    rows = db.session.execute(
        select(Complaint.organization_id, func.count())
        .where(
            Complaint.community_id == view.community_id,
            Complaint.created_at < end,
            (OPEN | (Complaint.closed_at >= end)),
        )
        .group_by(Complaint.organization_id)
    )
    return {row[0]: row[1] for row in rows}


def count_by_company(view: View, wanted: Selection) -> dict[UUID | None, int]:
    """By company, how many cases a selection has."""
    rows = db.session.execute(
        select(Complaint.organization_id, func.count())
        .where(*view.cases(wanted))
        .group_by(Complaint.organization_id)
    )
    return {row[0]: row[1] for row in rows}


def cases_exist(community_id: int, companies: Collection[UUID] | None) -> bool:
    """Whether there is any case at all to count."""
    own = () if companies is None else (Complaint.organization_id.in_(list(companies)),)
    return (
        db.session.scalar(
            select(literal(1))
            .select_from(Complaint)
            .where(Complaint.community_id == community_id, *own)
            .limit(1)
        )
        is not None
    )
