"""Sealing and verifying: a hash chain per community over batches of entries.

Writers never wait for the head of a chain: entries are inserted freely, a job binds what has
arrived. The key comes from the environment, so the database alone cannot forge a chain.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from app.core.audit import queries
from app.core.audit.models import AuditEntry, AuditSeal
from app.core.db import db
from app.kit.digests import canonical_json

FIRST = "0" * 64
LARGEST_BATCH = 1000


def seal(community_id: int, key: str) -> int:
    """Bind every unsealed entry of this chain; returns how many. Safe to run twice."""
    queries.lock_chain(community_id)
    last = queries.last_seal(community_id)
    entries = queries.unsealed_entries(community_id, _horizon(last))
    number, previous = (last.number, last.digest) if last else (0, FIRST)
    for start in range(0, len(entries), LARGEST_BATCH):
        batch = entries[start : start + LARGEST_BATCH]
        number += 1
        digest = batch_digest(key, previous, number, batch)
        db.session.add(
            AuditSeal(
                community_id=community_id,
                number=number,
                entry_ids=[entry.id for entry in batch],
                previous_digest=previous,
                digest=digest,
            )
        )
        previous = digest
    db.session.flush()
    return len(entries)


def batch_digest(key: str, previous: str, number: int, batch: Sequence[AuditEntry]) -> str:
    """HMAC-SHA256 over the previous digest, the seal's number and the entries' canonical form."""
    body = canonical_json([previous, number, [_canonical(entry) for entry in batch]])
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def findings(community_id: int, key: str) -> Iterator[str]:
    """Walk the chain and name everything that does not agree; nothing means it is whole."""
    previous = FIRST
    for position, current in enumerate(queries.seals(community_id), start=1):
        if current.number != position or current.previous_digest != previous:
            yield f"seal {current.number}: not the successor of the one before"
        found = queries.entries_by_id(community_id, current.entry_ids)
        missing = [entry_id for entry_id in current.entry_ids if entry_id not in found]
        for entry_id in missing:
            yield f"seal {current.number}: entry {entry_id} was removed"
        batch = [found[entry_id] for entry_id in current.entry_ids if entry_id in found]
        expected = batch_digest(key, current.previous_digest, current.number, batch)
        if not missing and not hmac.compare_digest(expected, current.digest):
            yield f"seal {current.number}: an entry was changed"
        previous = current.digest
    yield from _strays(community_id)


def _strays(community_id: int) -> Iterator[str]:
    horizon = _horizon(queries.last_seal(community_id))
    if horizon is None:
        return
    for entry in queries.unsealed_entries(community_id, None):
        if entry.created_at <= horizon:
            yield f"entry {entry.id} of {entry.created_at.isoformat()} is in no seal"


def _horizon(last: AuditSeal | None) -> datetime | None:
    return last.created_at - queries.LONGEST_TRANSACTION if last else None


def _canonical(entry: AuditEntry) -> list[Any]:
    return [
        str(entry.id),
        entry.community_id,
        entry.created_at.astimezone(UTC).isoformat(),
        entry.event,
        str(entry.actor_id) if entry.actor_id else None,
        entry.subject_id,
        entry.details,
        entry.request_id,
    ]
