"""Asking for seals, across communities."""

from __future__ import annotations

from datetime import timedelta

from app.core.audit.queries import chains_with_entries
from app.core.outbox.queries import emit_across
from app.core.sweep import sweeping
from app.kit.clock import now

LATELY = timedelta(minutes=20)
THESE_DAYS = timedelta(days=3)


def sweep_unsealed() -> int:
    """Ask for a seal wherever something happened lately; returns how many chains."""
    return _ask(LATELY)


def sweep_unsealed_after_downtime() -> int:
    """Ask for a seal wherever something happened in the last days."""
    return _ask(THESE_DAYS)


def _ask(period: timedelta) -> int:
    with sweeping() as connection:
        chains = chains_with_entries(connection, now() - period)
        for community_id in chains:
            emit_across(connection, community_id, "audit.seal", {})
        return len(chains)
