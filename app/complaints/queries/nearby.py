"""Open reports of the same nearby, and who joined them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.complaints.models import Complaint, ComplaintFollower, ComplaintSpot
from app.complaints.rules.places import PlaceKind
from app.core.db import db
from app.organizations.models import Organization

MOST_SIMILAR = 3


def similar_open(
    community_id: int, account_id: UUID, category: str, place: PlaceKind, ground: Any
) -> Sequence[Any]:
    """Open reports of this category that may be the same matter, the nearest first.

    `ground`: the place with its ids, as filing knows it. Somebody else's home is never among
    them. Columns: those of a card, mine, followed, followers, organization_name.
    """
    near = _nearness(place, ground)
    mine = (Complaint.reporter_id == account_id).label("mine")
    wanted = (
        select(*card_columns(account_id), mine)
        .outerjoin(ComplaintSpot, _of_complaint(ComplaintSpot))
        .outerjoin(Organization, responsible())
        .where(
            Complaint.community_id == community_id,
            Complaint.category == category,
            Complaint.closed_at.is_(None),
            Complaint.compound_id == ground.compound_id
            if ground.compound_id
            else Complaint.compound_id.is_(None),
            or_(Complaint.unit_id.is_(None), mine),
            _possible(place, ground),
        )
        .order_by(near.desc(), Complaint.id.desc())
        .limit(MOST_SIMILAR)
    )
    return db.session.execute(wanted).all()


def card_columns(account_id: UUID) -> tuple[Any, ...]:
    """What a card on the board needs; joins: the responsible organization."""
    followers = (
        select(func.count())
        .select_from(ComplaintFollower)
        .where(_of_complaint(ComplaintFollower))
        .correlate(Complaint)
        .scalar_subquery()
    )
    followed = (
        select(ComplaintFollower.id)
        .where(_of_complaint(ComplaintFollower), ComplaintFollower.account_id == account_id)
        .correlate(Complaint)
        .exists()
    )
    return (
        Complaint.id,
        Complaint.short_code,
        Complaint.category,
        Complaint.category_title,
        Complaint.compound_id,
        Complaint.place_name,
        Complaint.unit_id,
        Complaint.state,
        Complaint.promised_at,
        Complaint.due_at,
        Complaint.wake_at,
        Complaint.escalation_level,
        Complaint.reopened_count,
        Complaint.created_at,
        Complaint.closed_at,
        Organization.name.label("organization_name"),
        followers.label("followers"),
        followed.label("followed"),
    )


def responsible() -> Any:
    """Joins the organization that has a complaint in hand."""
    return and_(
        Organization.community_id == Complaint.community_id,
        Organization.id == Complaint.organization_id,
    )


def follow(community_id: int, complaint_id: UUID, account_id: UUID, row_id: UUID) -> bool:
    """Note that this person met with the same; False when it was noted before."""
    written = db.session.execute(
        insert(ComplaintFollower)
        .values(
            community_id=community_id,
            id=row_id,
            complaint_id=complaint_id,
            account_id=account_id,
        )
        .on_conflict_do_nothing()
        .returning(ComplaintFollower.id)
    )
    return written.one_or_none() is not None


def unfollow(community_id: int, complaint_id: UUID, account_id: UUID) -> bool:
    """Forget it again."""
    removed = db.session.execute(
        delete(ComplaintFollower)
        .where(
            ComplaintFollower.community_id == community_id,
            ComplaintFollower.complaint_id == complaint_id,
            ComplaintFollower.account_id == account_id,
        )
        .returning(ComplaintFollower.id)
    )
    return removed.one_or_none() is not None


def follows(community_id: int, complaint_id: UUID, account_id: UUID) -> bool:
    """Whether this person joined."""
    wanted = select(ComplaintFollower.id).where(
        ComplaintFollower.community_id == community_id,
        ComplaintFollower.complaint_id == complaint_id,
        ComplaintFollower.account_id == account_id,
    )
    return db.session.execute(wanted).one_or_none() is not None


def followers_of(community_id: int, complaint_id: UUID, event_id: UUID) -> Sequence[Any]:
    """Who had joined when an event happened: account_id, complaint_id (this or one merged in).

    Ids are made in the order of time (UUIDv7).
    """
    return db.session.execute(
        select(ComplaintFollower.account_id, ComplaintFollower.complaint_id)
        .join(Complaint, _of_complaint(ComplaintFollower))
        .where(
            ComplaintFollower.community_id == community_id,
            or_(Complaint.id == complaint_id, Complaint.merged_into_id == complaint_id),
            ComplaintFollower.id < event_id,
        )
        .order_by(ComplaintFollower.id)
    ).all()


def count_followers(community_id: int, complaint_id: UUID) -> int:
    """How many met with the same."""
    return db.session.scalar(
        select(func.count())
        .select_from(ComplaintFollower)
        .where(
            ComplaintFollower.community_id == community_id,
            ComplaintFollower.complaint_id == complaint_id,
        )
    ) or 0  # fmt: skip


def followed_by(community_id: int, account_id: UUID, limit: int) -> Sequence[Any]:
    """What this person joined, newest first: the columns of a card."""
    return db.session.execute(
        select(*card_columns(account_id))
        .join(ComplaintFollower, _of_complaint(ComplaintFollower))
        .outerjoin(Organization, responsible())
        .where(
            ComplaintFollower.community_id == community_id,
            ComplaintFollower.account_id == account_id,
            Complaint.community_id == community_id,
        )
        .order_by(ComplaintFollower.complaint_id.desc())
        .limit(limit)
    ).all()


def _of_complaint(model: Any) -> Any:
    return and_(model.community_id == Complaint.community_id, model.complaint_id == Complaint.id)


def _possible(place: PlaceKind, ground: Any) -> Any:
    """In a building: that building, or no building named. Else: no building named."""
    if ground.building_id and place is not PlaceKind.UNIT:
        return or_(Complaint.building_id == ground.building_id, Complaint.building_id.is_(None))
    if place is PlaceKind.UNIT:
        return Complaint.building_id == ground.building_id
    return Complaint.building_id.is_(None)


def _nearness(place: PlaceKind, ground: Any) -> Any:
    same = [
        (Complaint.building_id == ground.building_id) if ground.building_id else None,
        (Complaint.stairwell_id == ground.stairwell_id) if ground.stairwell_id else None,
        (ComplaintSpot.common_place_id == ground.common_id) if place is PlaceKind.COMMON else None,
    ]
    score: Any = 0
    for condition in same:
        if condition is not None:
            score = score + func.coalesce(cast(condition, Integer), 0)
    return score if not isinstance(score, int) else Complaint.reopened_count
