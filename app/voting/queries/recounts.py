"""Counts of an assembly beside each other, and who watched the later ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.db import db
from app.people.models import Account
from app.voting.models import (
    Assembly,
    AssemblyResult,
    AssemblySeal,
    Candidate,
    CandidateResult,
    Recount,
)


def recounts_of(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """The recounts with who held them, as `(Recount, held_name)`, in order."""
    return db.session.execute(
        select(Recount, Account.name.label("held_name"))
        .outerjoin(Account, Account.id == Recount.held_by)
        .where(Recount.community_id == community_id, Recount.assembly_id == assembly_id)
        .order_by(Recount.counting)
    ).all()


def last_counting(community_id: int, assembly_id: UUID) -> int:
    """The number of the newest count; 0 before the first."""
    return (
        db.session.scalar(
            select(func.max(AssemblyResult.counting)).where(
                AssemblyResult.community_id == community_id,
                AssemblyResult.assembly_id == assembly_id,
            )
        )
        or 0
    )


def counts_of(community_id: int, assembly_id: UUID) -> Sequence[AssemblyResult]:
    """Every count of every matter, the first before the later ones."""
    return db.session.scalars(
        select(AssemblyResult)
        .where(
            AssemblyResult.community_id == community_id,
            AssemblyResult.assembly_id == assembly_id,
        )
        .order_by(AssemblyResult.counting, AssemblyResult.id)
    ).all()


def fates_of(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """(matter_id, counting, candidate_id, for_heads, for_area_centi, elected, alternate, tied)."""
    return db.session.execute(
        select(
            CandidateResult.matter_id,
            CandidateResult.counting,
            CandidateResult.candidate_id,
            CandidateResult.for_heads,
            CandidateResult.for_area_centi,
            CandidateResult.elected,
            CandidateResult.alternate,
            CandidateResult.tied,
        )
        .where(
            CandidateResult.community_id == community_id,
            CandidateResult.assembly_id == assembly_id,
        )
        .order_by(CandidateResult.matter_id, CandidateResult.counting, CandidateResult.place)
    ).all()


def published_since(assembly: Assembly) -> datetime:
    """When the result as it stands was published: a recount that differs is published anew."""
    changed = db.session.scalar(
        select(func.max(Recount.created_at)).where(
            Recount.community_id == assembly.community_id,
            Recount.assembly_id == assembly.id,
            Recount.differs,
        )
    )
    published: datetime = changed or assembly.published_at or assembly.closes_at
    return published


def newest_seal(community_id: int, assembly_id: UUID) -> AssemblySeal | None:
    """The seal of the count that stands."""
    return db.session.scalar(
        select(AssemblySeal)
        .where(AssemblySeal.community_id == community_id, AssemblySeal.assembly_id == assembly_id)
        .order_by(AssemblySeal.counting.desc())
        .limit(1)
    )


def candidate_names(community_id: int, assembly_id: UUID) -> dict[UUID, str]:
    """The names of all candidates of an assembly."""
    rows: Sequence[Any] = db.session.execute(
        select(Candidate.id, Candidate.name).where(
            Candidate.community_id == community_id, Candidate.assembly_id == assembly_id
        )
    ).all()
    return {row.id: row.name for row in rows}
