"""住改商 (民法典 279): every interested owner is asked; one refusal ends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.registry.models import PropertyUnit
from app.registry.rules import UnitKind
from app.voting.models import ConsentProcedure
from app.voting.queries import assemblies, consents
from app.voting.rules import (
    ConsentAnswer,
    ConsentState,
    check_asking,
    check_unanswered,
    state_after,
)


def start_asking(
    community_id: int, compound_id: UUID, label: str, purpose: str, *, started_by: UUID
) -> UUID:
    """Ask all other owners of the building about one dwelling."""
    unit = consents.unit_by_label(community_id, compound_id, label.strip())
    if unit is None:
        sentence = "这个小区的名册里没有这处房屋，请照着业主名册上的写法填写。"
        raise Invalid(sentence, errors={"label": sentence})
    if unit.kind != UnitKind.DWELLING:
        sentence = "这一处登记的不是住宅，不用征求意见。"
        raise Invalid(sentence, errors={"label": sentence})
    if consents.running_on(community_id, unit.id):
        raise Conflict("这一处正在征求意见，不用重复发起。", code="consent_running")
    procedure = ConsentProcedure(
        community_id=community_id,
        id=new_id(),
        unit_id=unit.id,
        building_id=unit.building_id,
        label=unit.label,
        purpose=purpose.strip(),
        state=ConsentState.COLLECTING,
        parties=0,
        agreed=0,
        started_by=started_by,
    )
    db.session.add(procedure)
    db.session.flush()
    procedure.parties = consents.ask_owners(procedure)
    if not procedure.parties:
        raise Refusal(
            "这栋楼没有登记其他业主，没有人可以表态。请先完善业主名册。", code="nobody_interested"
        )
    record(
        AuditEvent.CONSENT_STEPPED,
        procedure.id,
        actor_id=started_by,
        state=procedure.state,
        parties=procedure.parties,
    )
    emit("voting.consent_stepped", procedure_id=procedure.id, state=procedure.state)
    return procedure.id


def admit_owner(
    community_id: int, procedure_id: UUID, label: str, name: str, claim: str, *, by: UUID
) -> UUID:
    """Ask one more owner, who lives outside the building and has proved an interest.

    司法解释 11: owners of other buildings count as interested when they prove that the value of
    their home or the quality of their life is or may be impaired. From then on their refusal stops
    it like anybody's.
    """
    procedure = _held(community_id, procedure_id)
    check_asking(ConsentState(procedure.state))
    owner, unit = _outsider(procedure, label.strip(), name.strip())
    if not claim.strip():
        sentence = "请写明凭什么认定有利害关系，例如：油烟口正对他家阳台，看了现场照片。"
        raise Invalid(sentence, errors={"claim": sentence})
    if consents.is_party(community_id, procedure_id, owner.id):
        raise Conflict(f"{owner.name}已经在名单里。", code="asked_already")
    party_id = new_id()
    consents.add_party(
        {
            "community_id": community_id,
            "id": party_id,
            "procedure_id": procedure_id,
            "owner_id": owner.id,
            "label": unit.label,
            "sort_key": unit.sort_key,
            "claim": claim.strip(),
            "admitted_by": by,
        }
    )
    procedure.parties += 1
    record(
        AuditEvent.CONSENT_STEPPED,
        procedure.id,
        actor_id=by,
        state=procedure.state,
        parties=procedure.parties,
        admitted=str(party_id),
    )
    emit("voting.consent_admitted", procedure_id=procedure.id, party_id=party_id)
    return party_id


def _outsider(procedure: ConsentProcedure, label: str, name: str) -> tuple[Any, PropertyUnit]:
    """The owner of this name of a unit of the compound outside the building, and the unit."""
    asked = consents.unit(procedure.community_id, procedure.unit_id)
    unit = consents.unit_by_label(procedure.community_id, asked.compound_id, label)
    if unit is None:
        sentence = "这个小区的名册里没有这处房屋，请照着业主名册上的写法填写。"
        raise Invalid(sentence, errors={"label": sentence})
    if unit.building_id == procedure.building_id:
        sentence = "本栋的业主已经都在名单里，这里只加别栋的业主。"
        raise Invalid(sentence, errors={"label": sentence}, code="same_building")
    owners = consents.owner_of_unit(procedure.community_id, unit.id, name)
    if len(owners) == 1:
        return owners[0], unit
    sentence = (
        "这处房屋没有登记这个名字的业主，请照着业主名册填写。"
        if name
        else "这处房屋不止一位业主（或者还没有登记业主），请填写是哪一位。"
    )
    raise Invalid(sentence, errors={"name": sentence})


def reply(
    community_id: int,
    procedure_id: UUID,
    answer: ConsentAnswer,
    reason: str,
    *,
    account_id: UUID,
) -> None:
    """An interested owner answers, once, for every place they hold on the list."""
    procedure = _held(community_id, procedure_id)
    mine = consents.my_parties(community_id, account_id, procedure_id)
    if not mine:
        raise NotFound
    check_asking(ConsentState(procedure.state))
    waiting = [row.party_id for row in mine if row.answer is None]
    check_unanswered(answered=not waiting)
    _write(procedure, waiting, answer, reason, given_by=account_id, on_paper=False)


def enter_paper_reply(
    community_id: int,
    procedure_id: UUID,
    party_id: UUID,
    answer: ConsentAnswer,
    reason: str,
    *,
    entered_by: UUID,
) -> None:
    """The office enters what an owner signed on paper; where the paper lies must be said."""
    procedure = _held(community_id, procedure_id)
    party = consents.party(community_id, procedure_id, party_id)
    if party is None:
        raise NotFound
    check_asking(ConsentState(procedure.state))
    check_unanswered(answered=party.answer is not None)
    if not reason.strip():
        sentence = "请写明书面意见存放在哪里，例如：社区档案 2026-17 号。"
        raise Invalid(sentence, errors={"reason": sentence})
    _write(procedure, [party_id], answer, reason, given_by=entered_by, on_paper=True)


def stop_asking(community_id: int, procedure_id: UUID, reason: str, *, by: UUID) -> None:
    """The applicant has given it up."""
    procedure = _held(community_id, procedure_id)
    check_asking(ConsentState(procedure.state))
    if not reason.strip():
        sentence = "请写明为什么不再征求意见。"
        raise Invalid(sentence, errors={"reason": sentence})
    _end(procedure, ConsentState.CANCELLED, reason, by)


def _write(
    procedure: ConsentProcedure,
    party_ids: Sequence[UUID],
    answer: ConsentAnswer,
    reason: str,
    *,
    given_by: UUID,
    on_paper: bool,
) -> None:
    consents.add_replies(
        [
            {
                "community_id": procedure.community_id,
                "id": new_id(),
                "procedure_id": procedure.id,
                "party_id": party_id,
                "answer": answer,
                "reason": reason.strip(),
                "on_paper": on_paper,
                "given_by": given_by,
            }
            for party_id in party_ids
        ]
    )
    if answer is ConsentAnswer.AGREE:
        procedure.agreed += len(party_ids)
    record(
        AuditEvent.CONSENT_GIVEN,
        procedure.id,
        actor_id=given_by,
        answer=answer.value,
        on_paper=on_paper,
    )
    state = state_after(answer, procedure.agreed, procedure.parties)
    if state is not ConsentState.COLLECTING:
        _end(procedure, state, "", given_by)


def _end(procedure: ConsentProcedure, state: ConsentState, reason: str, by: UUID) -> None:
    procedure.state = state
    procedure.ended_at = assemblies.database_now()
    procedure.end_reason = reason.strip() or None
    record(AuditEvent.CONSENT_STEPPED, procedure.id, actor_id=by, state=state.value)
    emit("voting.consent_stepped", procedure_id=procedure.id, state=state.value)


def _held(community_id: int, procedure_id: UUID) -> ConsentProcedure:
    procedure = consents.procedure_locked(community_id, procedure_id)
    if procedure is None:
        raise NotFound
    return procedure
