"""Who works on a case with whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.complaints.permissions import Desk
from app.core.access.roles import OFFICE_ROLES, PROPERTY_ROLES, Role
from app.core.db import db
from app.people.models import Account, Membership

_MOST = 500


def of_case(community_id: int, organization_id: UUID | None) -> Sequence[Any]:
    """Those who can be given the case: id, name. The company's people, else the office's."""
    if organization_id is None:
        return _holding(community_id, OFFICE_ROLES, None)
    return _holding(community_id, PROPERTY_ROLES, {organization_id})


def of_desk(community_id: int, desk: Desk) -> Sequence[Any]:
    """Those who work at this desk: id, name."""
    if desk.office:
        return _holding(community_id, OFFICE_ROLES, None)
    return _holding(community_id, PROPERTY_ROLES, desk.companies)


def _holding(
    community_id: int, roles: Iterable[Role], companies: Collection[UUID] | None
) -> Sequence[Any]:
    wanted = (
        select(Account.id, Account.name)
        .distinct()
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.community_id == community_id,
            Membership.role.in_(list(roles)),
            Membership.ended_at.is_(None),
        )
        .order_by(Account.name, Account.id)
        .limit(_MOST)
    )
    if companies is not None:
        wanted = wanted.where(Membership.organization_id.in_(list(companies)))
    return db.session.execute(wanted).all()
