"""Recording visits from door to door, and the paper that changes hands there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.kit.ids import new_id
from app.kit.refusal import Refusal
from app.voting.actions.paper import hand_out, take_back
from app.voting.models import Assembly
from app.voting.queries import assemblies, visits
from app.voting.rules import SETTLED, PaperEvent, State, VisitOutcome, check_ballot, check_note


def record_visit(
    assembly: Assembly, household: Any, outcome: VisitOutcome, note: str, *, by: UUID
) -> None:
    """Note what came of a visit. A paper ballot that changes hands is noted on itself as well."""
    check_ballot(
        State(assembly.state), assembly.opens_at, assembly.closes_at, assemblies.database_now()
    )
    clean = check_note(note)
    if outcome in (VisitOutcome.PAPER_HANDED_OUT, VisitOutcome.PAPER_RETURNED):
        _move_paper(assembly, household, outcome, by)
    visits.add_visit(
        {
            "community_id": assembly.community_id,
            "id": new_id(),
            "assembly_id": assembly.id,
            "voter_id": household.voter_id,
            "unit_id": household.unit_id,
            "outcome": outcome,
            "note": clean,
            "visited_by": by,
        }
    )
    record(
        AuditEvent.DOOR_VISITED,
        assembly.id,
        actor_id=by,
        unit=str(household.unit_id),
        outcome=outcome.value,
    )


def _move_paper(assembly: Assembly, household: Any, outcome: VisitOutcome, by: UUID) -> None:
    events = set(household.paper_events)
    if household.paper_code is None or events & SETTLED:
        raise Refusal("这一户没有可用的纸质选票，请先在“纸质选票”里编号、打印。", code="no_paper")
    if outcome is VisitOutcome.PAPER_RETURNED:
        take_back(assembly, household.paper_code, by=by)
    elif PaperEvent.HANDED_OUT not in events:
        hand_out(assembly, household.paper_code, by=by)
