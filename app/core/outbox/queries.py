"""Statements on the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from app.core.db import db
from app.core.outbox.models import OutboxMessage
from app.kit.ids import new_id

LEASE = text("interval '2 minutes'")
"""After this long without an answer a dispatched message is handed out again."""


def claim_due(connection: Any, limit: int) -> Sequence[Row[Any]]:
    """Take messages that are due (sweep role); they come back after the lease if not done."""
    due = (
        select(OutboxMessage.community_id, OutboxMessage.id)
        .where(OutboxMessage.dead_at.is_(None), OutboxMessage.available_at <= func.now())
        .order_by(OutboxMessage.available_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claimed: Sequence[Row[Any]] = connection.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.community_id == due.c.community_id,
            OutboxMessage.id == due.c.id,
        )
        .values(available_at=func.now() + LEASE, dispatches=OutboxMessage.dispatches + 1)
        .returning(
            OutboxMessage.community_id,
            OutboxMessage.id,
            OutboxMessage.kind,
            OutboxMessage.dispatches,
        )
    ).all()
    return claimed


def take(community_id: int, message_id: UUID) -> Row[Any] | None:
    """Remove a message and return it: to be done in this very transaction, or not at all."""
    return db.session.execute(
        delete(OutboxMessage)
        .where(
            OutboxMessage.community_id == community_id,
            OutboxMessage.id == message_id,
            OutboxMessage.dead_at.is_(None),
        )
        .returning(OutboxMessage.kind, OutboxMessage.payload, OutboxMessage.attempts)
    ).one_or_none()


def note_failure(
    community_id: int, message_id: UUID, *, error: str, retry_in: Any, dead: bool
) -> None:
    """Count a failed attempt; put the message off or declare it dead."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.community_id == community_id, OutboxMessage.id == message_id)
        .values(
            attempts=OutboxMessage.attempts + 1,
            last_error=error,
            available_at=func.now() + retry_in,
            dead_at=func.now() if dead else None,
        )
    )


def attempts_of(community_id: int, message_id: UUID) -> int | None:
    """How often this message was tried; None when it is gone."""
    return db.session.scalar(
        select(OutboxMessage.attempts).where(
            OutboxMessage.community_id == community_id, OutboxMessage.id == message_id
        )
    )


def dead_letters(connection: Any, limit: int = 200) -> Sequence[Row[Any]]:
    """Messages nobody could handle, newest first (sweep role)."""
    rows: Sequence[Row[Any]] = connection.execute(
        select(
            OutboxMessage.community_id,
            OutboxMessage.id,
            OutboxMessage.kind,
            OutboxMessage.attempts,
            OutboxMessage.last_error,
            OutboxMessage.created_at,
            OutboxMessage.dead_at,
        )
        .where(OutboxMessage.dead_at.is_not(None))
        .order_by(OutboxMessage.dead_at.desc())
        .limit(limit)
    ).all()
    return rows


def revive(connection: Any, community_id: int, message_id: UUID) -> bool:
    """Give a dead message another life (sweep role)."""
    revived = connection.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.community_id == community_id,
            OutboxMessage.id == message_id,
            OutboxMessage.dead_at.is_not(None),
        )
        .values(dead_at=None, attempts=0, available_at=func.now())
    )
    return bool(revived.rowcount)


def backlog(connection: Any) -> tuple[int, datetime | None]:
    """How many messages wait and since when (sweep role)."""
    row = connection.execute(
        select(func.count(), func.min(OutboxMessage.created_at)).where(
            OutboxMessage.dead_at.is_(None)
        )
    ).one()
    return row[0], row[1]


def emit_across(connection: Any, community_id: int, kind: str, payload: dict[str, Any]) -> None:
    """Leave a message for a community from a sweep (cron), with an id of its own."""
    connection.execute(
        insert(OutboxMessage).values(
            community_id=community_id, id=new_id(), kind=kind, payload=payload
        )
    )


def emit_chosen(connection: Any, chosen: Select[Any]) -> int:
    """Leave the messages a sweep chose (community_id, id, kind, payload) in one statement.

    A message whose id still waits is not left again. Returns how many are new.
    """
    names = ["community_id", "id", "kind", "payload"]
    left = connection.execute(
        postgresql.insert(OutboxMessage)
        .from_select(names, chosen)
        .on_conflict_do_nothing()
        .returning(OutboxMessage.id)
    )
    return len(left.all())
