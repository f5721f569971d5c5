"""After the notice: extending the vote once, calling it off, reminding those who have not voted."""

from __future__ import annotations

from datetime import datetime

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.refusal import Invalid
from app.voting.actions.preparing import step
from app.voting.models import Assembly
from app.voting.queries import assemblies, participation, places
from app.voting.rules import (
    Action,
    Actor,
    State,
    Weight,
    check_cancellation,
    check_extension,
    next_state,
    quorum_met,
)


def extend_voting(assembly: Assembly, by: Actor, new_closes_at: datetime, reason: str) -> None:
    """Put the deadline off, once, while too few have taken part. `assembly` must be locked."""
    next_state(State(assembly.state), Action.EXTEND, by)
    if not reason.strip():
        sentence = "请写明延期的原因，业主会看到。"
        raise Invalid(sentence, errors={"reason": sentence}, code="reason_missing")
    took_part = participation.took_part(assembly.community_id, assembly.id)
    total = Weight(assembly.roll_area_centi or 0, assembly.roll_heads or 0)
    now = assemblies.database_now()
    check_extension(
        extended_before=assembly.extended,
        quorum_met=quorum_met(took_part, total),
        opens_at=assembly.opens_at,
        closes_at=assembly.closes_at,
        new_closes_at=new_closes_at,
        now=now,
        timing=places.timing_of_community(assembly.community_id),
    )
    step(assembly, Action.EXTEND, by)
    assembly.first_closes_at = assembly.closes_at
    assembly.closes_at = new_closes_at
    assembly.due_at = new_closes_at
    assembly.extended = True
    assembly.extended_at = now
    assembly.extension_reason = reason.strip()
    assembly.reminders = 0
    emit("voting.extended", assembly_id=assembly.id)


def cancel(assembly: Assembly, by: Actor, reason: str) -> None:
    """Call it off before anybody has voted; owners who read the notice read the reason."""
    check_cancellation(State(assembly.state), reason)
    step(assembly, Action.CANCEL, by)
    assembly.cancel_reason = reason.strip()
    assembly.cancelled_at = assemblies.database_now()
    assembly.due_at = None
    if assembly.notice_at is not None:
        emit("voting.cancelled", assembly_id=assembly.id)


def remind(assembly: Assembly, due: int) -> None:
    """Remind those who have not voted, once before each mark; a late clock skips the earlier."""
    if assembly.state != State.OPEN or assembly.reminders >= due:
        return
    assembly.reminders = due
    record(AuditEvent.VOTERS_REMINDED, assembly.id, reminder=due)
    emit(
        "voting.reminded",
        assembly_id=assembly.id,
        closes_at=assembly.closes_at.isoformat(),
        due=due,
    )
