"""Consent procedures of 民法典 279: whom they ask, and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, insert, select, text

from app.core.db import db
from app.registry.models import Owner, Ownership, PropertyUnit
from app.voting.models import ConsentParty, ConsentProcedure, ConsentReply
from app.voting.queries.entitled import MY_OWNERS

PAGE = 20

_ASK = text("""
WITH applicant AS (
    SELECT owner_id FROM ownership
    WHERE community_id = :community_id AND unit_id = :unit_id AND ended_at IS NULL
), interested AS (
    SELECT ownership.owner_id, min(unit.sort_key) AS sort_key,
        (array_agg(unit.label ORDER BY unit.sort_key, unit.id))[1] AS label
    FROM property_unit AS unit
    JOIN ownership ON ownership.community_id = :community_id AND ownership.unit_id = unit.id
        AND ownership.ended_at IS NULL
    WHERE unit.community_id = :community_id AND unit.building_id = :building_id
        AND unit.id <> :unit_id
        AND ownership.owner_id NOT IN (SELECT owner_id FROM applicant)
    GROUP BY ownership.owner_id
)
INSERT INTO consent_party (community_id, id, procedure_id, owner_id, label, sort_key)
SELECT :community_id, gen_random_uuid(), :procedure_id, owner_id, label, sort_key
FROM interested
RETURNING id
""")

_MINE = text(f"""
WITH mine AS ({MY_OWNERS})
SELECT party.id AS party_id, party.procedure_id, party.label, reply.answer, reply.created_at
FROM mine
JOIN consent_party AS party ON party.community_id = :community_id AND party.owner_id = mine.id
LEFT JOIN consent_reply AS reply ON reply.community_id = :community_id
    AND reply.party_id = party.id
WHERE CAST(:procedure_id AS uuid) IS NULL OR party.procedure_id = :procedure_id
ORDER BY party.sort_key, party.id
""")  # noqa: S608 - put together from our own words

_ACCOUNTS_OF = """
    SELECT owner.account_id FROM consent_party AS party
    JOIN owner ON owner.community_id = party.community_id AND owner.id = party.owner_id
    WHERE party.community_id = :community_id AND owner.account_id IS NOT NULL
"""
_CLAIMANTS_OF = """
    SELECT unit_claim.account_id FROM consent_party AS party
    JOIN unit_claim ON unit_claim.community_id = party.community_id
        AND unit_claim.owner_id = party.owner_id
        AND unit_claim.relation = 'owner' AND unit_claim.state = 'approved'
    WHERE party.community_id = :community_id
"""


def _accounts(which: str) -> TextClause:
    return text(f"{_ACCOUNTS_OF} AND {which} UNION {_CLAIMANTS_OF} AND {which}")


_OF_ALL = _accounts("party.procedure_id = :procedure_id")
_OF_ONE = _accounts("party.id = :party_id")


def unit(community_id: int, unit_id: UUID) -> PropertyUnit:
    """The dwelling a procedure is about."""
    return db.session.get_one(PropertyUnit, (community_id, unit_id))


def unit_by_label(community_id: int, compound_id: UUID, label: str) -> PropertyUnit | None:
    """The one unit of a compound with this label; none when nobody or several have it."""
    found = db.session.scalars(
        select(PropertyUnit)
        .where(
            PropertyUnit.community_id == community_id,
            PropertyUnit.compound_id == compound_id,
            PropertyUnit.label == label,
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def owner_of_unit(community_id: int, unit_id: UUID, name: str) -> Sequence[Any]:
    """(id, name) of a unit's present owners, of this name where one is given."""
    return db.session.execute(
        select(Owner.id, Owner.name)
        .join(
            Ownership,
            (Ownership.community_id == Owner.community_id) & (Ownership.owner_id == Owner.id),
        )
        .where(
            Ownership.community_id == community_id,
            Ownership.unit_id == unit_id,
            Ownership.ended_at.is_(None),
            *([Owner.name == name] if name else []),
        )
        .order_by(Owner.id)
    ).all()


def is_party(community_id: int, procedure_id: UUID, owner_id: UUID) -> bool:
    """Whether this owner is asked already."""
    return bool(
        db.session.scalar(
            select(ConsentParty.id).where(
                ConsentParty.community_id == community_id,
                ConsentParty.procedure_id == procedure_id,
                ConsentParty.owner_id == owner_id,
            )
        )
    )


def add_party(values: dict[str, Any]) -> None:
    """Write one more owner who is asked."""
    db.session.execute(insert(ConsentParty).values(**values))


def accounts_of_party(community_id: int, party_id: UUID) -> Sequence[UUID]:
    """The accounts of one owner who is asked."""
    return (
        db.session.execute(_OF_ONE, {"community_id": community_id, "party_id": party_id})
        .scalars()
        .all()
    )


def ask_owners(procedure: ConsentProcedure) -> int:
    """Draw up the list: every other owner of the building (司法解释 art. 11); how many."""
    asked = db.session.execute(
        _ASK,
        {
            "community_id": procedure.community_id,
            "procedure_id": procedure.id,
            "building_id": procedure.building_id,
            "unit_id": procedure.unit_id,
        },
    ).all()
    return len(asked)


def procedure(community_id: int, procedure_id: UUID) -> ConsentProcedure | None:
    """One procedure."""
    return db.session.get(ConsentProcedure, (community_id, procedure_id))


def procedure_locked(community_id: int, procedure_id: UUID) -> ConsentProcedure | None:
    """One procedure; answers follow each other."""
    return db.session.scalar(
        select(ConsentProcedure)
        .where(ConsentProcedure.community_id == community_id, ConsentProcedure.id == procedure_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def running_on(community_id: int, unit_id: UUID) -> bool:
    """Whether owners are being asked about this unit already."""
    return bool(
        db.session.scalar(
            select(ConsentProcedure.id).where(
                ConsentProcedure.community_id == community_id,
                ConsentProcedure.unit_id == unit_id,
                ConsentProcedure.state == "collecting",
            )
        )
    )


def procedures(community_id: int, before: UUID | None) -> Sequence[ConsentProcedure]:
    """A page of them, newest first, one more when there is more."""
    wanted = select(ConsentProcedure).where(ConsentProcedure.community_id == community_id)
    if before is not None:
        wanted = wanted.where(ConsentProcedure.id < before)
    return db.session.scalars(wanted.order_by(ConsentProcedure.id.desc()).limit(PAGE + 1)).all()


def parties_of(community_id: int, procedure_id: UUID) -> Sequence[Any]:
    """The whole list: id, label, claim, name, answer, reason, on_paper, created_at."""
    return db.session.execute(
        select(
            ConsentParty.id,
            ConsentParty.label,
            ConsentParty.claim,
            Owner.name,
            ConsentReply.answer,
            ConsentReply.reason,
            ConsentReply.on_paper,
            ConsentReply.created_at,
        )
        .join(
            Owner,
            (Owner.community_id == ConsentParty.community_id) & (Owner.id == ConsentParty.owner_id),
        )
        .outerjoin(
            ConsentReply,
            (ConsentReply.community_id == ConsentParty.community_id)
            & (ConsentReply.party_id == ConsentParty.id),
        )
        .where(ConsentParty.community_id == community_id, ConsentParty.procedure_id == procedure_id)
        .order_by(ConsentParty.claim != "", ConsentParty.sort_key, ConsentParty.id)
    ).all()


def party(community_id: int, procedure_id: UUID, party_id: UUID) -> Any | None:
    """One party of a procedure with its reply, if there is one: id, answer."""
    return db.session.execute(
        select(ConsentParty.id, ConsentReply.answer)
        .outerjoin(
            ConsentReply,
            (ConsentReply.community_id == ConsentParty.community_id)
            & (ConsentReply.party_id == ConsentParty.id),
        )
        .where(
            ConsentParty.community_id == community_id,
            ConsentParty.procedure_id == procedure_id,
            ConsentParty.id == party_id,
        )
    ).one_or_none()


def my_parties(
    community_id: int, account_id: UUID, procedure_id: UUID | None = None
) -> Sequence[Any]:
    """As whom a person is asked: party_id, procedure_id, label, answer, created_at."""
    return db.session.execute(
        _MINE,
        {"community_id": community_id, "account_id": account_id, "procedure_id": procedure_id},
    ).all()


def add_replies(rows: Sequence[dict[str, Any]]) -> None:
    """Write answers."""
    db.session.execute(insert(ConsentReply), list(rows))


def accounts_of_parties(community_id: int, procedure_id: UUID) -> Sequence[UUID]:
    """The accounts of those who are asked."""
    return (
        db.session.execute(_OF_ALL, {"community_id": community_id, "procedure_id": procedure_id})
        .scalars()
        .all()
    )


def accounts_of_unit(community_id: int, unit_id: UUID) -> Sequence[UUID]:
    """The accounts of a unit's present owners."""
    return (
        db.session.execute(
            text("""
                SELECT DISTINCT owner.account_id FROM ownership
                JOIN owner ON owner.community_id = ownership.community_id
                    AND owner.id = ownership.owner_id
                WHERE ownership.community_id = :community_id AND ownership.unit_id = :unit_id
                    AND ownership.ended_at IS NULL AND owner.account_id IS NOT NULL
            """),
            {"community_id": community_id, "unit_id": unit_id},
        )
        .scalars()
        .all()
    )
