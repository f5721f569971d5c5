"""Counts beside each other, as pages show them."""

from __future__ import annotations

from typing import Any

from app.kit.clock import now, say_moment
from app.voting.actions.recounting import differences_of
from app.voting.models import Assembly
from app.voting.queries import recounts


def recounts_of(assembly: Assembly) -> list[dict[str, Any]]:
    """Each recount: who watched, why, and where it differs from the count before."""
    return [
        {
            "counting": row.Recount.counting,
            "when": say_moment(row.Recount.created_at, now()),
            "supervisor": row.Recount.supervisor,
            "office": row.Recount.office,
            "reason": row.Recount.reason,
            "differences": differences_of(assembly, row.Recount.counting)
            if row.Recount.differs
            else [],
        }
        for row in recounts.recounts_of(assembly.community_id, assembly.id)
    ]
