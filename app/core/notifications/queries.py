"""Reading a person's own messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.core.notifications.models import Notification


def notifications_of(account_id: UUID, before: UUID | None, limit: int) -> Sequence[Notification]:
    """A page of messages to this account, newest first, across its communities."""
    wanted = select(Notification).where(Notification.account_id == account_id)
    if before is not None:
        wanted = wanted.where(Notification.id < before)
    return db.session.scalars(wanted.order_by(Notification.id.desc()).limit(limit)).all()


def own_notification(account_id: UUID, notification_id: UUID) -> Notification | None:
    """One message, if it is to this account."""
    return db.session.scalar(
        select(Notification).where(
            Notification.id == notification_id, Notification.account_id == account_id
        )
    )


def mark_read(account_id: UUID, ids: Iterable[UUID] | None = None) -> None:
    """Note these (or all) messages of the account as read."""
    wanted = update(Notification).where(
        Notification.account_id == account_id, Notification.read_at.is_(None)
    )
    if ids is not None:
        wanted = wanted.where(Notification.id.in_(list(ids)))
    db.session.execute(wanted.values(read_at=func.now()))


def insert_notifications(rows: Sequence[dict[str, Any]]) -> None:
    """Write messages; those already told under the same `once_key` stay as they are."""
    if rows:
        db.session.execute(insert(Notification).on_conflict_do_nothing(), list(rows))
