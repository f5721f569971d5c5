"""Closing, counting and sealing: once, whoever asks and however often."""

from __future__ import annotations

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.voting.actions.counting import count_and_seal
from app.voting.actions.preparing import TIMING
from app.voting.models import Assembly
from app.voting.queries import assemblies
from app.voting.rules import (
    Action,
    Actor,
    State,
    check_closing,
    check_finality,
    earliest_final,
    next_state,
)


def close_voting(assembly: Assembly, by: Actor) -> None:
    """Close at the deadline, count by 民法典 278 and publish. `assembly` must be locked."""
    now = assemblies.database_now()
    check_closing(State(assembly.state), assembly.closes_at, now)
    assembly.state = next_state(State(assembly.state), Action.CLOSE, by)
    assembly.closed_at = now
    # From here on, inside this transaction, the view of closed assemblies shows the choices.
    db.session.flush()
    assemblies.work_in_bulk()
    record(AuditEvent.ASSEMBLY_STEPPED, assembly.id, step=Action.CLOSE.value)
    count_and_seal(assembly)
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
