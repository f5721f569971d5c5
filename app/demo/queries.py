"""What of the demo world is there already."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.people.models import Account


def accounts_by_phone(phones: Iterable[str]) -> dict[str, UUID]:
    """The accounts that exist, by number."""
    rows = db.session.execute(
        select(Account.phone, Account.id).where(Account.phone.in_(list(phones)))
    )
    return {row.phone: row.id for row in rows}
