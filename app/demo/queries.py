"""What of the demo world is there already."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.communities.models import Department
from app.core.db import db
from app.people.models import Account


def accounts_by_phone(phones: Iterable[str]) -> dict[str, UUID]:
    """The accounts that exist, by number."""
    rows = db.session.execute(
        select(Account.phone, Account.id).where(Account.phone.in_(list(phones)))
    )
    return {row.phone: row.id for row in rows}


def department_named(region_code: str, name: str, session: Session) -> UUID:
    """A department that must exist."""
    return session.scalars(
        select(Department.id).where(
            Department.region_code == region_code,
            Department.name == name,
            Department.retired_at.is_(None),
        )
    ).one()
