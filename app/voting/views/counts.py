"""Counts beside each other, as pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.kit.clock import now, say_deadline, say_moment
from app.voting.actions.recounting import differences_of
from app.voting.models import Assembly
from app.voting.queries import places, recounts
from app.voting.rules import State, earliest_final


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


def say_standing(assembly: Assembly, moment: datetime) -> str:
    """Whether the result is preliminary, until when, or stands since when."""
    if State(assembly.state) is State.FINAL and assembly.final_at is not None:
        return f"决定已于 {say_moment(assembly.final_at, moment)} 生效，对全体业主有约束力。"
    until = earliest_final(
        recounts.published_since(assembly), places.timing_of_community(assembly.community_id)
    )
    said = say_deadline(until, moment).split(" 截止", 1)[0]
    return f"这是初步结果，公示到 {said}。期满并且异议都答复以后才生效。"
