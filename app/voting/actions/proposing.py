"""业主提议: owners propose and co-sign; a fifth calls an assembly (物业管理条例 art. 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.refusal import NotFound, Refusal
from app.voting.actions.preparing import Draft, MatterDraft, draft_assembly
from app.voting.models import Proposal
from app.voting.queries import assemblies, places, proposals
from app.voting.rules import (
    Origin,
    ProposalState,
    SignatureKind,
    Weight,
    check_collecting,
    next_turn,
    proposal_supported,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDraft:
    """What is typed; `statute` is its item in 民法典 278."""

    compound_id: UUID
    statute: int
    title: str
    body: str


def propose(community_id: int, draft: ProposalDraft, *, proposed_by: UUID) -> UUID:
    """Begin a proposal; its author's own votes are the first under it."""
    heads = _heads(community_id, draft.compound_id, proposed_by)
    now = assemblies.database_now()
    made = Proposal(
        community_id=community_id,
        id=new_id(),
        compound_id=draft.compound_id,
        proposed_by=proposed_by,
        label=heads[0].label,
        statute=draft.statute,
        title=draft.title.strip(),
        body=draft.body.strip(),
        state=ProposalState.COLLECTING,
        heads=0,
        area_centi=0,
        roll_heads=0,
        roll_area_centi=0,
        counted_at=now,
    )
    _count(made)
    db.session.add(made)
    db.session.flush()
    record(AuditEvent.PROPOSAL_STEPPED, made.id, actor_id=proposed_by, state=made.state)
    sign(community_id, made.id, account_id=proposed_by)
    return made.id


def sign(community_id: int, proposal_id: UUID, *, account_id: UUID) -> None:
    """Sign with every vote of this person not signed yet; a fifth hands it to the community."""
    _turn(community_id, proposal_id, account_id, SignatureKind.SIGN)


def withdraw_signature(community_id: int, proposal_id: UUID, *, account_id: UUID) -> None:
    """Take one's signatures back, by a further row."""
    _turn(community_id, proposal_id, account_id, SignatureKind.WITHDRAW)


def close_proposal(community_id: int, proposal_id: UUID, *, account_id: UUID) -> None:
    """The author gives it up while signatures are collected."""
    found = _held(community_id, proposal_id)
    if found.proposed_by != account_id:
        raise NotFound
    check_collecting(ProposalState(found.state))
    found.state = ProposalState.CLOSED
    record(AuditEvent.PROPOSAL_STEPPED, proposal_id, actor_id=account_id, state=found.state)


def draft_from_proposal(
    community_id: int,
    proposal_id: UUID,
    draft: Draft,
    matter: MatterDraft,
    *,
    drafted_by: UUID | None,
) -> UUID:
    """Draft the assembly that owners called for."""
    found = _held(community_id, proposal_id)
    if found.state != ProposalState.REACHED or found.compound_id != draft.compound_id:
        raise Refusal(
            "这个提议还没有达到五分之一，或者已经起草过会议，或者不是这个小区的。",
            code="proposal_not_reached",
        )
    assembly_id = draft_assembly(community_id, draft, matter, drafted_by=drafted_by)
    assembly = assemblies.assembly(community_id, assembly_id)
    if assembly is None:
        raise LookupError(assembly_id)
    assembly.origin = Origin.OWNERS
    found.state = ProposalState.DRAFTED
    found.assembly_id = assembly_id
    record(AuditEvent.PROPOSAL_STEPPED, proposal_id, state=found.state, assembly=str(assembly_id))
    emit("voting.proposal_stepped", proposal_id=proposal_id, state=found.state)
    return assembly_id


def _turn(community_id: int, proposal_id: UUID, account_id: UUID, kind: SignatureKind) -> None:
    found = _held(community_id, proposal_id)
    check_collecting(ProposalState(found.state))
    heads = _heads(community_id, found.compound_id, account_id)
    last = proposals.last_turns(community_id, proposal_id, [head.owner_key for head in heads])
    open_heads = [head for head in heads if _may_turn(last.get(head.owner_key), kind)]
    if not open_heads:
        known = last.get(heads[0].owner_key)
        next_turn(known.turn if known else None, kind)
    rows = [
        {
            "community_id": community_id,
            "id": new_id(),
            "proposal_id": proposal_id,
            "owner_key": head.owner_key,
            "turn": _next(last.get(head.owner_key), kind),
            "kind": kind,
            "account_id": account_id,
            "owner_id": head.owner_id,
            "label": head.label,
            "area_centi": _area(head, last.get(head.owner_key), kind),
        }
        for head in open_heads
    ]
    proposals.add_signatures(rows)
    if kind is SignatureKind.SIGN:
        found.heads += len(rows)
        found.area_centi += sum(row["area_centi"] for row in rows)
    else:
        _count(found)
    record(
        AuditEvent.PROPOSAL_SIGNED,
        proposal_id,
        actor_id=account_id,
        kind=kind.value,
        heads=len(rows),
    )
    if kind is SignatureKind.SIGN and _supported(found):
        _hand_in(found)


def _hand_in(found: Proposal) -> None:
    """Count anew by the register of this moment before it is said that a fifth has signed."""
    db.session.flush()
    _count(found)
    if _supported(found):
        found.state = ProposalState.REACHED
        found.reached_at = found.counted_at
        record(AuditEvent.PROPOSAL_STEPPED, found.id, state=found.state)
        emit("voting.proposal_stepped", proposal_id=found.id, state=found.state)


def _count(found: Proposal) -> None:
    counted = proposals.count_support(
        found.community_id,
        found.compound_id,
        found.id,
        parking_votes=places.settings_of(found.community_id).parking_spaces_vote,
    )
    found.roll_heads, found.roll_area_centi = counted.roll_heads, counted.roll_area_centi
    found.heads, found.area_centi = counted.heads, counted.area_centi
    found.counted_at = assemblies.database_now()


def _supported(found: Proposal) -> bool:
    return proposal_supported(
        Weight(found.area_centi, found.heads), Weight(found.roll_area_centi, found.roll_heads)
    )


def _heads(community_id: int, compound_id: UUID, account_id: UUID) -> Sequence[Any]:
    heads = proposals.my_heads(
        community_id,
        compound_id,
        account_id,
        parking_votes=places.settings_of(community_id).parking_spaces_vote,
    )
    if not heads:
        raise NotFound("提议和联署由这个小区登记的业主来做，名册上还没有您的房屋。")
    return heads


def _held(community_id: int, proposal_id: UUID) -> Proposal:
    found = proposals.proposal_locked(community_id, proposal_id)
    if found is None:
        raise NotFound
    return found


def _may_turn(last: Any | None, kind: SignatureKind) -> bool:
    signed = last is not None and last.turn % 2 == 0
    return signed is (kind is SignatureKind.WITHDRAW)


def _next(last: Any | None, kind: SignatureKind) -> int:
    return next_turn(last.turn if last else None, kind)


def _area(head: Any, last: Any | None, kind: SignatureKind) -> int:
    """A withdrawal takes back what was signed, whatever the register says today."""
    area: int = last.area_centi if last and kind is SignatureKind.WITHDRAW else head.area_centi
    return area
