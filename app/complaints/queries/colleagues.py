"""Who works on a case with whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.access.roles import OFFICE_ROLES, PROPERTY_ROLES
from app.core.db import db
from app.people.models import Account, Membership

_MOST = 500


def of_case(community_id: int, organization_id: UUID | None) -> Sequence[Any]:
    """Those who can be given the case: id, name. The company's people, else the office's."""
    roles = OFFICE_ROLES if organization_id is None else PROPERTY_ROLES
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
    if organization_id is not None:
        wanted = wanted.where(Membership.organization_id == organization_id)
    return db.session.execute(wanted).all()
