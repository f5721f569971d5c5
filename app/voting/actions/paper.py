"""Paper ballots: number, hand out, take back, declare void."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.kit.ids import new_id, short_code
from app.kit.refusal import Conflict, Invalid, NotFound
from app.voting.models import Assembly
from app.voting.queries import assemblies, paper
from app.voting.rules import (
    Mode,
    PaperEvent,
    State,
    check_paper,
    check_taking_back,
    check_voiding,
)


def issue_papers(
    assembly: Assembly, building_id: UUID, stairwell_id: UUID | None, *, issued_by: UUID
) -> int:
    """Number a ballot for each voter of the place who has none and has not voted."""
    _check_paper(assembly)
    rows = [
        {
            "community_id": assembly.community_id,
            "id": new_id(),
            "assembly_id": assembly.id,
            "voter_id": voter.voter_id,
            "turn": 0 if voter.turn is None else voter.turn + 1,
            "code": short_code(),
            "issued_by": issued_by,
        }
        for voter in paper.papers_in_place(
            assembly.community_id, assembly.id, building_id, stairwell_id
        )
        # A voter nobody is registered for cannot sign.
        if voter.member_count and not voter.has_voted and _needs_one(voter)
    ]
    issued = paper.add_papers(rows) if rows else 0
    if issued:
        record(
            AuditEvent.PAPER_ISSUED,
            assembly.id,
            building=str(building_id),
            stairwell=str(stairwell_id) if stairwell_id else None,
            papers=issued,
        )
    return issued


def hand_out(assembly: Assembly, code: str, *, by: UUID) -> None:
    """Somebody took it to the door."""
    found = held(assembly, code, by)
    _check_paper(assembly)
    check_taking_back(events_of(found))
    step(assembly, found, PaperEvent.HANDED_OUT, by)


def take_back(assembly: Assembly, code: str, *, by: UUID) -> PaperEvent:
    """It came back in time; kept and not counted when the voter has voted otherwise before."""
    found = held(assembly, code, by)
    _check_paper(assembly)
    check_taking_back(events_of(found))
    step(assembly, found, PaperEvent.RETURNED, by)
    if not found.has_voted:
        return PaperEvent.RETURNED
    step(assembly, found, PaperEvent.SUPERSEDED, by)
    return PaperEvent.SUPERSEDED


def void_paper(assembly: Assembly, code: str, reason: str, *, by: UUID) -> None:
    """Lost or torn before it came back: another may be printed."""
    if not reason.strip():
        raise Invalid(errors={"reason": "请写明为什么作废，例如“住户说丢了”。"})
    found = held(assembly, code, by)
    _check_paper(assembly)
    check_voiding(events_of(found))
    step(assembly, found, PaperEvent.VOIDED, by, reason=reason.strip())


def held(assembly: Assembly, code: str, by: UUID) -> Any:
    """The ballot, read after everybody else's step with it has ended."""
    known = paper.paper(assembly.community_id, by, assembly.id, code)
    if known is None:
        raise NotFound("没有这个编号的选票，请核对选票上的编号。")
    paper.hold_paper(known.id)
    assemblies.assembly_shared(assembly.community_id, assembly.id)
    return paper.paper(assembly.community_id, by, assembly.id, code)


def step(
    assembly: Assembly,
    found: Any,
    event: PaperEvent,
    by: UUID,
    *,
    reason: str = "",
    cast_id: UUID | None = None,
) -> None:
    """Write what happened to it; each happens once."""
    written = paper.add_event(
        {
            "community_id": assembly.community_id,
            "id": new_id(),
            "assembly_id": assembly.id,
            "paper_id": found.id,
            "kind": event,
            "done_by": by,
            "reason": reason,
            "cast_id": cast_id,
        }
    )
    if not written:
        raise Conflict(f"这张选票已经登记过“{event.label}”。", code="paper_stepped")
    record(
        AuditEvent.PAPER_STEPPED,
        assembly.id,
        actor_id=by,
        paper=str(found.id),
        step=event.value,
    )


def _check_paper(assembly: Assembly) -> None:
    check_paper(
        Mode(assembly.mode),
        State(assembly.state),
        assembly.opens_at,
        assembly.closes_at,
        assemblies.database_now(),
    )


def _needs_one(voter: Any) -> bool:
    return (
        voter.id is None
        or PaperEvent.VOIDED in voter.events
        or (PaperEvent.SPOILED in voter.events)
    )


def events_of(found: Any) -> Sequence[PaperEvent]:
    """What has happened to it."""
    return [PaperEvent(kind) for kind in found.events]
