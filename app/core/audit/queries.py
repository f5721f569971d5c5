"""Reading the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text

from app.core.audit.models import AuditEntry, AuditSeal
from app.core.db import db

LONGEST_TRANSACTION = timedelta(hours=2)
"""No transaction lasts as long: what is older than a seal by this much cannot arrive any more."""


def last_seal(community_id: int) -> AuditSeal | None:
    """The newest seal of the chain."""
    return db.session.scalar(
        select(AuditSeal)
        .where(AuditSeal.community_id == community_id)
        .order_by(AuditSeal.number.desc())
        .limit(1)
    )


def lock_chain(community_id: int) -> None:
    """Let one sealer at a time work on this chain (advisory, until the transaction ends)."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(7101, :chain)"), {"chain": community_id})


def unsealed_entries(community_id: int, since: datetime | None) -> Sequence[AuditEntry]:
    """Entries of the chain after `since` (None: all of them) that are in no seal."""
    sealed = select(func.unnest(AuditSeal.entry_ids)).where(AuditSeal.community_id == community_id)
    wanted = select(AuditEntry).where(AuditEntry.community_id == community_id)
    if since is not None:
        wanted = wanted.where(AuditEntry.created_at > since)
        sealed = sealed.where(AuditSeal.created_at > since)
    return db.session.scalars(
        wanted.where(AuditEntry.id.not_in(sealed)).order_by(AuditEntry.id)
    ).all()


def seals(community_id: int) -> Iterable[AuditSeal]:
    """All seals of a chain in order."""
    return db.session.scalars(
        select(AuditSeal)
        .where(AuditSeal.community_id == community_id)
        .order_by(AuditSeal.number)
        .execution_options(yield_per=100)
    )


def entries_by_id(community_id: int, ids: Sequence[UUID]) -> dict[UUID, AuditEntry]:
    """The entries a seal names, as far as they still exist."""
    rows = db.session.scalars(
        select(AuditEntry).where(AuditEntry.community_id == community_id, AuditEntry.id.in_(ids))
    )
    return {row.id: row for row in rows}


def recent_entries(
    community_id: int, before: UUID | None = None, limit: int = 50
) -> Sequence[AuditEntry]:
    """A page of the trail, newest first, by key."""
    wanted = select(AuditEntry).where(AuditEntry.community_id == community_id)
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    return db.session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit)).all()


def chains_with_entries(connection: Any, since: datetime) -> Sequence[int]:
    """Communities with entries since `since` (asked by the sweep role)."""
    rows: Sequence[Row[Any]] = connection.execute(
        select(AuditEntry.community_id).where(AuditEntry.created_at > since).distinct()
    ).all()
    return [row[0] for row in rows]
