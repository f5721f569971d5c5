"""Objections of one assembly: raised, open, answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.voting.models import Assembly, AssemblyObjection
from app.voting.queries.entitled import MY_OWNERS
from app.voting.rules import ObjectionState, ObjectionSubject

PAGE = 30

_HOLDING = text(f"""
WITH mine AS ({MY_OWNERS})
SELECT ownership.owner_id, unit.label
FROM mine
JOIN ownership ON ownership.community_id = :community_id AND ownership.owner_id = mine.id
    AND ownership.ended_at IS NULL
JOIN property_unit AS unit ON unit.community_id = :community_id AND unit.id = ownership.unit_id
WHERE unit.compound_id = :compound_id
ORDER BY unit.sort_key, unit.id LIMIT 1
""")  # noqa: S608 - put together from our own words

_ON_ROLL = text(f"""
WITH mine AS ({MY_OWNERS})
SELECT member.owner_id, voter.label
FROM mine
JOIN roll_member AS member ON member.community_id = :community_id
    AND member.assembly_id = :assembly_id AND member.owner_id = mine.id
JOIN roll_voter AS voter ON voter.community_id = :community_id AND voter.id = member.voter_id
ORDER BY voter.number LIMIT 1
""")  # noqa: S608 - put together from our own words


def assembly_kept(community_id: int, assembly_id: UUID) -> Assembly | None:
    """One assembly that cannot change its state before this transaction has ended."""
    return db.session.scalar(
        select(Assembly)
        .where(Assembly.community_id == community_id, Assembly.id == assembly_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )


def holding_of(community_id: int, compound_id: UUID, account_id: UUID) -> Any | None:
    """As which owner of the register a person objects: owner_id, label of the first unit."""
    return db.session.execute(
        _HOLDING,
        {"community_id": community_id, "compound_id": compound_id, "account_id": account_id},
    ).one_or_none()


def place_on_roll(community_id: int, assembly_id: UUID, account_id: UUID) -> Any | None:
    """As which owner on the frozen roll a person objects: owner_id, label of the voter."""
    return db.session.execute(
        _ON_ROLL,
        {"community_id": community_id, "assembly_id": assembly_id, "account_id": account_id},
    ).one_or_none()


def add_objection(values: dict[str, Any]) -> UUID | None:
    """Write an objection; none when this person's last one on the subject is still open."""
    return db.session.scalar(
        insert(AssemblyObjection)
        .values(**values)
        .on_conflict_do_nothing(
            index_elements=["community_id", "assembly_id", "subject", "account_id"],
            index_where=AssemblyObjection.state == ObjectionState.OPEN,
        )
        .returning(AssemblyObjection.id)
    )


def objection_locked(community_id: int, objection_id: UUID) -> AssemblyObjection | None:
    """One objection, for its answer."""
    return db.session.scalar(
        select(AssemblyObjection)
        .where(AssemblyObjection.community_id == community_id, AssemblyObjection.id == objection_id)
        .with_for_update()
    )


def objection(community_id: int, objection_id: UUID) -> AssemblyObjection | None:
    """One objection."""
    return db.session.get(AssemblyObjection, (community_id, objection_id))


def open_objections(community_id: int, assembly_id: UUID, subject: ObjectionSubject) -> int:
    """How many wait for an answer."""
    return db.session.execute(
        select(func.count())
        .select_from(AssemblyObjection)
        .where(
            AssemblyObjection.community_id == community_id,
            AssemblyObjection.assembly_id == assembly_id,
            AssemblyObjection.subject == subject,
            AssemblyObjection.state == ObjectionState.OPEN,
        )
    ).scalar_one()


def objections_of(
    community_id: int,
    assembly_id: UUID,
    subject: ObjectionSubject,
    *,
    account_id: UUID | None = None,
    after: UUID | None = None,
) -> Sequence[AssemblyObjection]:
    """A page of them from the oldest, one more when there is more; perhaps one person's only."""
    wanted = select(AssemblyObjection).where(
        AssemblyObjection.community_id == community_id,
        AssemblyObjection.assembly_id == assembly_id,
        AssemblyObjection.subject == subject,
    )
    if account_id is not None:
        wanted = wanted.where(AssemblyObjection.account_id == account_id)
    if after is not None:
        wanted = wanted.where(AssemblyObjection.id > after)
    return db.session.scalars(wanted.order_by(AssemblyObjection.id).limit(PAGE + 1)).all()
