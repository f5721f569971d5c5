"""The rows reviewers read: making them in a community, and summing them over a region."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql

from app.communities.models import Community, Region
from app.complaints.models import Complaint, ComplaintMonth, ComplaintSpot, ComplaintToday
from app.complaints.models.figures import WHOLE
from app.complaints.queries.measures import OPEN, RATED, day_of, fraction, hard, overdue
from app.complaints.rules.rates import Rate
from app.complaints.rules.reviewing import REPEATED_WITHIN
from app.complaints.rules.states import State
from app.core.db import db

_MEASURED = (
    "region_path", "category_title", "filed", "closed", "repeated", "response_in", "response_of",
    "resolved_in", "satisfied_in", "verdicts",
)  # fmt: skip
_SUMMED = ("filed", "closed", "repeated", "response_in", "response_of", "resolved_in",
           "satisfied_in", "verdicts")  # fmt: skip


def refresh_months(community_id: int, now: datetime) -> None:
    """Make the rows of the bound community anew in one GROUP BY; equal rows stay untouched.

    A month and category whose last case was given another category goes.
    """
    made = _months(community_id, now).cte("made")
    gone = (
        delete(ComplaintMonth)
        .where(
            ComplaintMonth.community_id == community_id,
            ~exists().where(
                made.c.month == ComplaintMonth.month, made.c.category == ComplaintMonth.category
            ),
        )
        .cte("gone")
    )
    fresh = postgresql.insert(ComplaintMonth).from_select(list(made.c.keys()), select(made))
    kept, new = ComplaintMonth.__table__.c, fresh.excluded
    db.session.execute(
        fresh.add_cte(gone).on_conflict_do_update(
            index_elements=["community_id", "month", "category"],
            set_={name: new[name] for name in _MEASURED},
            where=tuple_(*(kept[name] for name in _MEASURED)).is_distinct_from(
                tuple_(*(new[name] for name in _MEASURED))
            ),
        )
    )


def refresh_today(community_id: int, now: datetime) -> None:
    """How the open cases of the bound community stand now."""
    made = select(
        literal(community_id).label("community_id"),
        func.gen_random_uuid().label("id"),
        _path(community_id).label("region_path"),
        literal(now).label("made_at"),
        func.count().label("open"),
        func.count().filter(overdue(now)).label("overdue"),
        func.count().filter(hard(now)).label("hard"),
    ).where(Complaint.community_id == community_id, OPEN)
    fresh = postgresql.insert(ComplaintToday).from_select(list(made.selected_columns.keys()), made)
    names = ("region_path", "made_at", "open", "overdue", "hard")
    db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["community_id"], set_={name: fresh.excluded[name] for name in names}
        )
    )


def months_of(community_id: int) -> Sequence[ComplaintMonth]:
    """The rows of a community by category, oldest first."""
    return db.session.scalars(
        select(ComplaintMonth)
        .where(ComplaintMonth.community_id == community_id, ComplaintMonth.category != WHOLE)
        .order_by(ComplaintMonth.month, ComplaintMonth.category)
    ).all()


def today_of(community_id: int) -> ComplaintToday | None:
    """How a community's open cases stood when last counted."""
    return db.session.scalar(
        select(ComplaintToday).where(ComplaintToday.community_id == community_id)
    )


def stale_messages(kind: str) -> Select[Any]:
    """For the sweep: a message for each community that has a case, unless one still waits."""
    key = func.concat(Community.id.cast(String), ":", kind)
    return select(
        Community.id.label("community_id"),
        func.md5(key).cast(postgresql.UUID(as_uuid=True)),
        func.text(kind),
        func.jsonb_build_object(),
    ).where(
        Community.id > 0,
        select(Complaint.id).where(Complaint.community_id == Community.id).exists(),
    )


def standings(region_path: str, month: date) -> Sequence[Any]:
    """Every community of a region with its sums of a month and how it stands, in one statement.

    Columns: code, name, region_path, made_at, open, overdue, hard and the sums (0 where none).
    """
    standing = ("open", "overdue", "hard")
    return db.session.execute(
        select(
            Community.code,
            Community.name,
            Community.region_path,
            ComplaintToday.made_at,
            *(func.coalesce(getattr(ComplaintToday, name), 0).label(name) for name in standing),
            *(func.coalesce(getattr(ComplaintMonth, name), 0).label(name) for name in _SUMMED),
        )
        .outerjoin(
            ComplaintToday,
            and_(ComplaintToday.community_id == Community.id, _within(ComplaintToday, region_path)),
        )
        .outerjoin(
            ComplaintMonth,
            and_(
                ComplaintMonth.community_id == Community.id,
                ComplaintMonth.month == month,
                *_altogether(region_path),
            ),
        )
        .where(Community.region_path.like(f"{region_path}%"), Community.id > 0)
        .order_by(Community.region_path, Community.pinyin, Community.code)
    ).all()


def by_category(region_path: str, month: date, community_code: str | None = None) -> Sequence[Any]:
    """What was reported in a month, by category and community.

    Columns: key, title, street, filed.
    """
    rows = (
        select(
            ComplaintMonth.category.label("key"),
            ComplaintMonth.category_title.label("title"),
            ComplaintMonth.region_path.label("street"),
            ComplaintMonth.filed,
        )
        .where(
            _within(ComplaintMonth, region_path),
            ComplaintMonth.month == month,
            ComplaintMonth.category != WHOLE,
        )
        .order_by(ComplaintMonth.category)
    )
    return db.session.execute(_of_community(rows, community_code)).all()


def by_month(
    region_path: str, first: date, last: date, community_code: str | None = None
) -> Sequence[Any]:
    """The sums of each month of a span and each community.

    Columns: month, region_path and the sums.
    """
    rows = select(
        ComplaintMonth.month,
        ComplaintMonth.region_path,
        *(getattr(ComplaintMonth, name) for name in _SUMMED),
    ).where(*_altogether(region_path), ComplaintMonth.month.between(first, last))
    return db.session.execute(_of_community(rows, community_code)).all()


def regions_below(region_code: str) -> Sequence[Region]:
    """The regions directly below."""
    return db.session.scalars(
        select(Region).where(Region.parent_code == region_code).order_by(Region.code)
    ).all()


def regions_named(codes: Sequence[str]) -> dict[str, str]:
    """Names by code."""
    rows = db.session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return {row.code: row.name for row in rows}


def community_below(region_path: str, code: str) -> Any:
    """A community of a region: code, name, region_path; None when there is none."""
    return db.session.execute(
        select(Community.code, Community.name, Community.region_path).where(
            Community.code == code, Community.region_path.like(f"{region_path}%")
        )
    ).one_or_none()


def _months(community_id: int, now: datetime) -> Select[Any]:
    again = _repeated(community_id)
    month = func.date_trunc("month", day_of(Complaint.created_at)).cast(Date)
    by_category = func.grouping_sets(tuple_(month, Complaint.category), tuple_(month))
    altogether = func.grouping(Complaint.category) == 1
    fractions = {rate: fraction(rate, now, RATED) for rate in Rate}
    return (
        select(
            literal(community_id).label("community_id"),
            func.gen_random_uuid().label("id"),
            _path(community_id).label("region_path"),
            month.label("month"),
            case((altogether, WHOLE), else_=Complaint.category).label("category"),
            case((altogether, WHOLE), else_=func.max(Complaint.category_title)).label(
                "category_title"
            ),
            func.count().label("filed"),
            func.count().filter(~OPEN).label("closed"),
            func.count().filter(again.c.again).label("repeated"),
            *(pair[0].cast(Integer).label(f"{rate}_in") for rate, pair in fractions.items()),
            fractions[Rate.RESPONSE][1].label("response_of"),
            fractions[Rate.RESOLVED][1].cast(Integer).label("verdicts"),
        )
        .join(again, again.c.id == Complaint.id)
        .where(Complaint.community_id == community_id)
        .group_by(by_category)
    )


def _repeated(community_id: int) -> Any:
    """See rules.reviewing.repeated."""
    place = func.coalesce(
        Complaint.unit_id,
        Complaint.stairwell_id,
        Complaint.building_id,
        ComplaintSpot.common_place_id,
    )
    before = func.lag(Complaint.created_at).over(
        partition_by=(Complaint.category, place), order_by=(Complaint.created_at, Complaint.id)
    )
    soon_again = and_(place.is_not(None), Complaint.created_at - before <= REPEATED_WITHIN)
    joined = Complaint.state == State.MERGED.value
    return (
        select(Complaint.id, or_(joined, func.coalesce(soon_again, false())).label("again"))
        .outerjoin(
            ComplaintSpot,
            and_(
                ComplaintSpot.community_id == Complaint.community_id,
                ComplaintSpot.complaint_id == Complaint.id,
            ),
        )
        .where(Complaint.community_id == community_id)
        .subquery("again")
    )


def _altogether(region_path: str) -> tuple[Any, ...]:
    # Written out, so that the index of these rows is used whatever the plan.
    return ComplaintMonth.category == text("''"), _within(ComplaintMonth, region_path)


def _path(community_id: int) -> Any:
    return select(Community.region_path).where(Community.id == community_id).scalar_subquery()


def _within(model: Any, region_path: str) -> Any:
    return model.region_path.like(f"{region_path}%")


def _of_community(rows: Any, code: str | None) -> Any:
    if code is None:
        return rows
    return rows.join(Community, Community.id == ComplaintMonth.community_id).where(
        Community.code == code
    )
