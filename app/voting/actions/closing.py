"""Closing, counting and sealing: once, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.voting.actions.preparing import TIMING
from app.voting.models import Assembly, AssemblyMatter
from app.voting.queries import assemblies, paper, results
from app.voting.rules import (
    NOTHING,
    Action,
    Actor,
    Choice,
    Matter,
    State,
    Tally,
    Weight,
    check_closing,
    check_finality,
    decide,
    earliest_final,
    next_state,
    result_digest,
)

RETRY_COUNTING = timedelta(hours=1)
EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of nothing: no ballot was counted."""


def close_voting(assembly: Assembly, by: Actor) -> None:
    """Close at the deadline, then count and publish. `assembly` must be locked."""
    now = assemblies.database_now()
    check_closing(State(assembly.state), assembly.closes_at, now)
    assembly.state = next_state(State(assembly.state), Action.CLOSE, by)
    assembly.closed_at = now
    # From here on, inside this transaction, the view of closed assemblies shows the choices.
    db.session.flush()
    record(AuditEvent.ASSEMBLY_STEPPED, assembly.id, step=Action.CLOSE.value)
    publish_result(assembly, now)


def publish_result(assembly: Assembly, now: datetime) -> None:
    """Count by 民法典 278 and publish, once every paper ballot that came back is entered.

    Until then the clock asks again; staff see on the page of paper ballots what is missing.
    """
    if paper.unsettled_papers(assembly.community_id, assembly.id):
        assembly.due_at = now + RETRY_COUNTING
        return
    assemblies.work_in_bulk()
    results.add_results(count(assembly))
    assembly.state = next_state(State(assembly.state), Action.PUBLISH, Actor.CLOCK)
    assembly.published_at = now
    assembly.due_at = earliest_final(now, TIMING)
    assembly.version += 1
    record(AuditEvent.RESULT_PUBLISHED, assembly.id)
    emit("voting.published", assembly_id=assembly.id)


def finalize(assembly: Assembly, by: Actor) -> None:
    """The publication has run out without objection: the decision stands."""
    now = assemblies.database_now()
    if assembly.published_at is not None:
        check_finality(State(assembly.state), assembly.published_at, 0, now, TIMING)
    assembly.state = next_state(State(assembly.state), Action.FINALIZE, by)
    assembly.final_at = now
    assembly.due_at = None
    assembly.version += 1
    record(AuditEvent.ASSEMBLY_STEPPED, assembly.id, step=Action.FINALIZE.value)


def count(assembly: Assembly) -> list[dict[str, Any]]:
    """The result row of every matter, from the ballots of a closed assembly."""
    community_id = assembly.community_id
    counted = _by_matter(results.tally_rows(community_id, assembly.id))
    digests = results.ballots_digests(community_id, assembly.id)
    roll = Weight(assembly.roll_area_centi or 0, assembly.roll_heads or 0)
    return [
        _result(matter, roll, counted.get(matter.id, {}), digests.get(matter.id, EMPTY_DIGEST))
        for matter in assemblies.matters_of(community_id, assembly.id)
    ]


def _by_matter(rows: Sequence[Any]) -> dict[UUID, dict[str, Weight]]:
    counted: dict[UUID, dict[str, Weight]] = {}
    for row in rows:
        counted.setdefault(row.matter_id, {})[row.choice] = Weight(row.area_centi, row.heads)
    return counted


def _result(
    matter: AssemblyMatter, roll: Weight, counted: Mapping[str, Weight], ballots_digest: str
) -> dict[str, Any]:
    in_favour, against, abstained = (counted.get(choice, NOTHING) for choice in Choice)
    tally = Tally(roll, in_favour + against + abstained, in_favour, against, abstained)
    decision = decide(Matter(matter.statute), tally)
    figures = {
        "roll_area_centi": roll.area_centi,
        "roll_heads": roll.heads,
        "took_area_centi": tally.took_part.area_centi,
        "took_heads": tally.took_part.heads,
        "for_area_centi": in_favour.area_centi,
        "for_heads": in_favour.heads,
        "against_area_centi": against.area_centi,
        "against_heads": against.heads,
        "abstain_area_centi": abstained.area_centi,
        "abstain_heads": abstained.heads,
        "outcome": decision.outcome.value,
        "threshold": decision.threshold.value,
        "ballots_digest": ballots_digest,
    }
    sealed = {
        **figures,
        "assembly_id": str(matter.assembly_id),
        "matter_id": str(matter.id),
        "statute": matter.statute,
        "title": matter.title,
    }
    return {
        **figures,
        "community_id": matter.community_id,
        "id": new_id(),
        "assembly_id": matter.assembly_id,
        "matter_id": matter.id,
        "digest": result_digest(sealed),
    }
