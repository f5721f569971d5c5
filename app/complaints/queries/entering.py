"""What entering a report for somebody else needs to know."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.complaints.models import Complaint
from app.core.db import db
from app.people.models import Account, Membership


def member_with_phone(community_id: int, phone: str) -> UUID | None:
    """The account with this number, if its person belongs to the community."""
    return db.session.scalar(
        select(Account.id)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Account.phone == phone,
            Membership.community_id == community_id,
            Membership.ended_at.is_(None),
        )
        .limit(1)
    )


def entered_before(community_id: int, staff_id: UUID, once_key: UUID) -> UUID:
    """The complaint this form has already become."""
    return db.session.execute(
        select(Complaint.id).where(
            Complaint.community_id == community_id,
            Complaint.entered_by_id == staff_id,
            Complaint.once_key == once_key,
        )
    ).scalar_one()
