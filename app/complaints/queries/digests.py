"""Digests of weeks, and which communities still wait for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, String, func, select
from sqlalchemy.dialects import postgresql

from app.communities.models import Community
from app.complaints.models import Complaint, ComplaintDigest
from app.complaints.rules.digests import sunday_of
from app.core.db import db
from app.kit.clock import end_of_day
from app.kit.ids import first_id, new_id

SHOWN = 60


def missing_messages(kind: str, week: date) -> Select[Any]:
    """For the sweep: a message for each community with cases and without this week's digest.

    The message's id is made of community and week: the same one cannot be left twice.
    """
    key = func.concat(Community.id.cast(String), ":", kind, ":", week.isoformat())
    made = (
        select(ComplaintDigest.week_starts)
        .where(ComplaintDigest.community_id == Community.id, ComplaintDigest.week_starts >= week)
        .exists()
    )
    return select(
        Community.id.label("community_id"),
        func.md5(key).cast(postgresql.UUID(as_uuid=True)),
        func.text(kind),
        func.jsonb_build_object(),
    ).where(
        Community.id > 0,
        select(Complaint.id)
        .where(
            Complaint.community_id == Community.id,
            Complaint.id < first_id(end_of_day(sunday_of(week))),
        )
        .exists(),
        ~made,
    )


def newest_week(community_id: int) -> date | None:
    """The Monday of the newest week that was told."""
    return db.session.scalar(
        select(func.max(ComplaintDigest.week_starts)).where(
            ComplaintDigest.community_id == community_id
        )
    )


def insert_digest(community_id: int, week: date, figures: dict[str, Any]) -> bool:
    """Keep a week; False when it is there."""
    kept = db.session.execute(
        postgresql.insert(ComplaintDigest)
        .values(community_id=community_id, id=new_id(), week_starts=week, figures=figures)
        .on_conflict_do_nothing(index_elements=["community_id", "week_starts"])
        .returning(ComplaintDigest.id)
    )
    return kept.one_or_none() is not None


def digest(community_id: int, week: date) -> ComplaintDigest | None:
    """The digest of one week."""
    return db.session.scalar(
        select(ComplaintDigest).where(
            ComplaintDigest.community_id == community_id, ComplaintDigest.week_starts == week
        )
    )


def digests(community_id: int, before: date | None) -> Sequence[ComplaintDigest]:
    """A page (and one more) of the weeks, newest first."""
    wanted = select(ComplaintDigest).where(ComplaintDigest.community_id == community_id)
    if before is not None:
        wanted = wanted.where(ComplaintDigest.week_starts < before)
    return db.session.scalars(
        wanted.order_by(ComplaintDigest.week_starts.desc()).limit(SHOWN + 1)
    ).all()


def place_of(community_id: int) -> Any:
    """The community: code, name."""
    return db.session.execute(
        select(Community.code, Community.name).where(Community.id == community_id)
    ).one()
