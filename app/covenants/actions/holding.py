"""What every action begins with (the locked version) and ends with (the step taken)."""

from __future__ import annotations

from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.covenants.models import Covenant, CovenantStep, CovenantVersion
from app.covenants.permissions import By
from app.covenants.queries import texts
from app.covenants.rules import Action, Actor, State, next_state
from app.kit.ids import new_id
from app.kit.refusal import NotFound


def held(community_id: int, covenant_id: UUID) -> tuple[Covenant, CovenantVersion]:
    """A covenant and its current version, locked: signatures and steps follow each other."""
    row = texts.hold_current(community_id, covenant_id)
    if row is None:
        raise NotFound
    return row.Covenant, row.CovenantVersion


def step(version: CovenantVersion, action: Action, by: By | None, reason: str = "") -> State:
    """Take a step of the table: state, trace, audit, message. Without `by`: the clock."""
    capacity = by.capacity if by else Actor.CLOCK
    state = next_state(State(version.state), action, capacity)
    version.state = state
    note(version, action, by, reason)
    return state


def note(version: CovenantVersion, action: Action | None, by: By | None, reason: str = "") -> None:
    """Leave the trace of a step already taken (`action` is none for the first draft)."""
    db.session.flush()
    trace = CovenantStep(
        community_id=version.community_id,
        id=new_id(),
        version_id=version.id,
        action=action,
        state=version.state,
        capacity=by.capacity if by else Actor.CLOCK,
        account_id=by.account_id if by else None,
        reason=reason,
    )
    db.session.add(trace)
    record(
        AuditEvent.COVENANT_STEPPED if action else AuditEvent.COVENANT_DRAFTED,
        version.covenant_id,
        actor_id=by.account_id if by else None,
        version=version.number,
        state=str(version.state),
    )
    if action is not None:
        emit("covenant.stepped", step_id=trace.id)
