"""Opening: the roll is frozen, and from then on the register's changes do not move a weight."""

from __future__ import annotations

from datetime import datetime

from app.communities.rules import Settings
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.refusal import Refusal
from app.voting.models import Assembly
from app.voting.queries import assemblies, objections, roll
from app.voting.rules import (
    Action,
    Actor,
    ObjectionSubject,
    State,
    VotingScope,
    check_opening,
    next_state,
)


def open_voting(assembly: Assembly, by: Actor, settings: Settings, moment: datetime) -> None:
    """Freeze the roll and open the vote, at the time the notice named and not before."""
    waiting = objections.open_objections(assembly.community_id, assembly.id, ObjectionSubject.ROLL)
    check_opening(State(assembly.state), assembly.opens_at, assembly.closes_at, waiting, moment)
    state = next_state(State(assembly.state), Action.OPEN, by)
    assemblies.work_in_bulk()
    frozen = roll.freeze_roll(
        assembly.community_id,
        assembly.id,
        assembly.compound_id,
        parking_votes=settings.parking_spaces_vote,
        everywhere=assembly.scope == VotingScope.COMPOUND,
    )
    if not frozen.heads:
        raise Refusal(
            "表决范围内的业主名册还是空的，没有人可以投票。请先录入或导入业主名册。",
            code="roll_empty",
        )
    assembly.state = state
    assembly.opened_at = assemblies.database_now()
    assembly.due_at = assembly.closes_at
    assembly.parking_votes = settings.parking_spaces_vote
    assembly.roll_heads = frozen.heads
    assembly.roll_area_centi = frozen.area_centi
    assembly.slices = frozen.slices
    assembly.version += 1
    record(AuditEvent.ROLL_FROZEN, assembly.id, heads=frozen.heads, area_centi=frozen.area_centi)
    record(AuditEvent.ASSEMBLY_STEPPED, assembly.id, step=Action.OPEN.value)
    emit("voting.opened", assembly_id=assembly.id)
