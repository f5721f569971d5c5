"""Closing, counting and sealing: once, whoever asks and however often."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.voting.actions.counting import count_and_seal
from app.voting.actions.packaging import order_public
from app.voting.models import Assembly
from app.voting.queries import assemblies, paper, places
from app.voting.rules import (
    Action,
    Actor,
    State,
    check_closing,
    earliest_final,
    next_state,
    tally_due,
)

RETRY_COUNTING = timedelta(hours=1)


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

    Until then the clock asks again; staff see on the page of paper ballots what is missing. The
    count is due within one working day (D), after which the office is told that it is late; a
    ballot that came back in time is never left out for that.
    """
    if paper.unsettled_papers(assembly.community_id, assembly.id):
        assembly.due_at = now + RETRY_COUNTING
        if now >= tally_due(assembly.closes_at):
            emit("voting.count_late", assembly_id=assembly.id)
        return
    assemblies.work_in_bulk()
    count_and_seal(assembly)
    assembly.state = next_state(State(assembly.state), Action.PUBLISH, Actor.CLOCK)
    assembly.published_at = now
    assembly.due_at = earliest_final(now, places.timing_of_community(assembly.community_id))
    assembly.version += 1
    record(AuditEvent.RESULT_PUBLISHED, assembly.id)
    emit("voting.published", assembly_id=assembly.id)
    order_public(assembly)
