"""Common places, plans of compounds, and the spot a complaint is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, insert, select

from app.complaints.models import CommonPlace, ComplaintSpot
from app.core.db import db
from app.core.files.models import StoredFile

COMPOUND_PLAN = "compound_plan"


def common_places(community_id: int, compound_id: UUID) -> Sequence[CommonPlace]:
    """The places of a compound that can be chosen, in Chinese order."""
    return db.session.scalars(
        select(CommonPlace)
        .where(
            CommonPlace.community_id == community_id,
            CommonPlace.compound_id == compound_id,
            CommonPlace.retired_at.is_(None),
        )
        .order_by(CommonPlace.sort_key, CommonPlace.id)
    ).all()


def common_place(community_id: int, place_id: UUID) -> CommonPlace | None:
    """One common place, also a retired one."""
    return db.session.get(CommonPlace, (community_id, place_id))


def same_name(community_id: int, compound_id: UUID, name: str) -> CommonPlace | None:
    """The place of this name in the compound, also a retired one."""
    return db.session.scalar(
        select(CommonPlace).where(
            CommonPlace.community_id == community_id,
            CommonPlace.compound_id == compound_id,
            CommonPlace.name == name,
        )
    )


def plan_of(community_id: int, compound_id: UUID) -> Any:
    """The plan of a compound, the newest one: id, width, height; None where there is none."""
    return db.session.execute(
        select(StoredFile.id, StoredFile.width, StoredFile.height)
        .where(
            StoredFile.community_id == community_id,
            StoredFile.subject_kind == COMPOUND_PLAN,
            StoredFile.subject_id == compound_id,
        )
        .order_by(StoredFile.id.desc())
        .limit(1)
    ).one_or_none()


def insert_spot(values: dict[str, Any]) -> None:
    """Write where exactly a complaint is."""
    db.session.execute(insert(ComplaintSpot).values(**values))


def spot_of(community_id: int, complaint_id: UUID) -> Any:
    """The point on the plan: plan_id, width, height, plan_x, plan_y; None where none was tapped."""
    return db.session.execute(
        select(
            StoredFile.id.label("plan_id"),
            StoredFile.width,
            StoredFile.height,
            ComplaintSpot.plan_x,
            ComplaintSpot.plan_y,
        )
        .join(
            StoredFile,
            and_(
                StoredFile.community_id == ComplaintSpot.community_id,
                StoredFile.id == ComplaintSpot.plan_file_id,
            ),
        )
        .where(
            ComplaintSpot.community_id == community_id,
            ComplaintSpot.complaint_id == complaint_id,
        )
    ).one_or_none()
