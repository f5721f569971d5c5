"""复核计票 under the supervision of the street: a further count beside the first."""

from __future__ import annotations

from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.voting.actions.counting import count_and_seal
from app.voting.actions.packaging import order_public
from app.voting.models import Assembly, Recount
from app.voting.queries import assemblies, places, recounts
from app.voting.rules import (
    Action,
    Actor,
    Difference,
    State,
    Supervision,
    candidate_differences,
    check_recount,
    differences,
    earliest_final,
    next_state,
)


def recount(assembly: Assembly, supervision: Supervision, *, held_by: UUID) -> int:
    """Count again, keep both counts, and say where they differ. `assembly` must be locked.

    A result that changed is published anew for the whole period (D): owners must have the same
    time to object to it. Gives the number of the count.
    """
    check_recount(State(assembly.state), supervision)
    community_id = assembly.community_id
    counting = recounts.last_counting(community_id, assembly.id) + 1
    assemblies.work_in_bulk()
    count_and_seal(assembly, counting)
    differs = bool(differences_of(assembly, counting))
    db.session.add(
        Recount(
            community_id=community_id,
            id=new_id(),
            assembly_id=assembly.id,
            counting=counting,
            supervisor=supervision.supervisor.strip(),
            office=supervision.office.strip(),
            reason=supervision.reason.strip(),
            held_by=held_by,
            differs=differs,
        )
    )
    db.session.flush()
    assembly.state = next_state(State(assembly.state), Action.RECOUNT, Actor.COMMUNITY)
    assembly.due_at = earliest_final(
        recounts.published_since(assembly), places.timing_of_community(community_id)
    )
    assembly.version += 1
    record(AuditEvent.VOTES_RECOUNTED, assembly.id, counting=counting, differs=differs)
    emit("voting.recounted", assembly_id=assembly.id, counting=counting)
    order_public(assembly)
    return counting


def differences_of(assembly: Assembly, counting: int) -> list[Difference]:
    """Where this count differs from the one before it."""
    community_id = assembly.community_id
    matters = assemblies.matters_of(community_id, assembly.id)
    counts = recounts.counts_of(community_id, assembly.id)
    before, after = (
        {row.matter_id: row for row in counts if row.counting == number}
        for number in (counting - 1, counting)
    )
    found = differences(matters, before, after)
    fates = recounts.fates_of(community_id, assembly.id)
    names = recounts.candidate_names(community_id, assembly.id)
    for matter in matters:
        then, now = (
            [row for row in fates if (row.matter_id, row.counting) == (matter.id, number)]
            for number in (counting - 1, counting)
        )
        found += candidate_differences(matter.title, names, then, now)
    return found
