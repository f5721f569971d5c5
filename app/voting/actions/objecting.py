"""Objections to the roll and the result, and the answers to them."""

from __future__ import annotations

from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound
from app.voting.queries import assemblies, objections
from app.voting.rules import (
    ObjectionState,
    ObjectionSubject,
    State,
    check_answering,
    check_objecting,
)

NOT_REGISTERED = "名册上没有登记的住户"


def raise_objection(
    community_id: int,
    assembly_id: UUID,
    subject: ObjectionSubject,
    *,
    account_id: UUID,
    words: str,
) -> UUID:
    """Object while the roll or the result is published.

    To the roll also residents it does not know: that it forgot them is what they object to. To the
    result only those who could vote.
    """
    assembly = objections.assembly_kept(community_id, assembly_id)
    if assembly is None:
        raise NotFound
    check_objecting(subject, State(assembly.state))
    if subject is ObjectionSubject.ROLL:
        standing = objections.holding_of(community_id, assembly.compound_id, account_id)
    else:
        standing = objections.place_on_roll(community_id, assembly_id, account_id)
        if standing is None:
            raise NotFound("对结果的异议由这次表决名册上的业主提出，您不在名册上。")
    written = objections.add_objection(
        {
            "community_id": community_id,
            "id": new_id(),
            "assembly_id": assembly_id,
            "subject": subject,
            "account_id": account_id,
            "owner_id": standing.owner_id if standing else None,
            "label": standing.label if standing else NOT_REGISTERED,
            "text": _said(words, "text"),
        }
    )
    if written is None:
        raise Conflict("您的异议还在等答复，答复以后可以再提。", code="objected_before")
    record(AuditEvent.ASSEMBLY_OBJECTED, assembly_id, actor_id=account_id, subject=subject.value)
    emit("voting.objected", objection_id=written)
    return written


def answer_objection(
    community_id: int,
    assembly_id: UUID,
    objection_id: UUID,
    *,
    upheld: bool,
    words: str,
    answered_by: UUID,
) -> None:
    """Answer once, with reasons the person who objected reads."""
    found = objections.objection_locked(community_id, objection_id)
    if found is None or found.assembly_id != assembly_id:
        raise NotFound
    check_answering(ObjectionState(found.state))
    found.answer = _said(words, "answer")
    found.state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    found.answered_by = answered_by
    found.answered_at = assemblies.database_now()
    record(
        AuditEvent.OBJECTION_ANSWERED,
        assembly_id,
        actor_id=answered_by,
        subject=found.subject,
        state=found.state,
    )
    emit("voting.objection_answered", objection_id=objection_id)


def _said(words: str, field: str) -> str:
    plain = words.strip()
    if not plain:
        raise Invalid("请写明理由，对方会看到。", errors={field: "请写明理由，对方会看到。"})
    return plain
