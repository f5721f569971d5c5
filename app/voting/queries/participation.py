"""Who took part: counts that each cast maintains, by building, and one building's rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.core.db import db
from app.registry.models import Building, Stairwell
from app.voting.models import (
    Assembly,
    AssemblyParticipation,
    BallotCast,
    RollUnit,
    RollVoter,
)
from app.voting.rules import Weight

PAGE = 40


def by_building(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """Maintained counts: building_id, name, roll_heads, roll_area_centi, heads, area_centi."""
    counts = AssemblyParticipation
    return db.session.execute(
        select(
            counts.building_id,
            Building.name,
            func.sum(counts.roll_heads).label("roll_heads"),
            func.sum(counts.roll_area_centi).cast(db.BigInteger).label("roll_area_centi"),
            func.sum(counts.heads).label("heads"),
            func.sum(counts.area_centi).cast(db.BigInteger).label("area_centi"),
        )
        .join(
            Building,
            (Building.community_id == counts.community_id) & (Building.id == counts.building_id),
        )
        .where(counts.community_id == community_id, counts.assembly_id == assembly_id)
        .group_by(counts.building_id, Building.name, Building.sort_key)
        .order_by(Building.sort_key, counts.building_id)
    ).all()


def page(assembly: Assembly, after: tuple[str, UUID] | None, words: str = "") -> Sequence[Any]:
    """A page of buildings in their order with their maintained counts, one more if there is more.

    `after`: sort_key and id of the last one shown; `words`: what the name contains. Columns as
    `by_building`, and sort_key.
    """
    here = (
        select(Building.id, Building.name, Building.sort_key)
        .where(
            Building.community_id == assembly.community_id,
            Building.compound_id == assembly.compound_id,
            select(AssemblyParticipation.id).where(*_counts_of(assembly, Building.id)).exists(),
            *([Building.name.contains(words, autoescape=True)] if words else []),
            *([tuple_(Building.sort_key, Building.id) > after] if after else []),
        )
        .order_by(Building.sort_key, Building.id)
        .limit(PAGE + 1)
        .cte("here")
    )
    return _with_counts(assembly, here)


def of_building(assembly: Assembly, building_id: UUID) -> Any | None:
    """One building of the roll; columns as `page`."""
    here = (
        select(Building.id, Building.name, Building.sort_key)
        .where(Building.community_id == assembly.community_id, Building.id == building_id)
        .cte("here")
    )
    found = _with_counts(assembly, here)
    return found[0] if found else None


def took_part(community_id: int, assembly_id: UUID) -> Weight:
    """Who has taken part so far, from the maintained counts."""
    counts = AssemblyParticipation
    row = db.session.execute(
        select(
            func.coalesce(func.sum(counts.area_centi), 0).cast(db.BigInteger).label("area_centi"),
            func.coalesce(func.sum(counts.heads), 0).cast(db.Integer).label("heads"),
        ).where(counts.community_id == community_id, counts.assembly_id == assembly_id)
    ).one()
    return Weight(row.area_centi, row.heads)


def rooms_of_building(community_id: int, assembly_id: UUID, building_id: UUID) -> Sequence[Any]:
    """The frozen units of one building: room, floor, stairwell and whether its voter took part."""
    took_part = (
        select(BallotCast.id)
        .where(
            BallotCast.community_id == RollUnit.community_id,
            BallotCast.assembly_id == RollUnit.assembly_id,
            BallotCast.voter_id == RollUnit.voter_id,
        )
        .exists()
    )
    return db.session.execute(
        select(
            RollUnit.unit_id,
            RollUnit.room,
            RollUnit.label,
            RollUnit.floor,
            RollUnit.stairwell_id,
            Stairwell.name.label("stairwell_name"),
            RollVoter.flag,
            took_part.label("took_part"),
        )
        .join(
            RollVoter,
            (RollVoter.community_id == RollUnit.community_id) & (RollVoter.id == RollUnit.voter_id),
        )
        .outerjoin(
            Stairwell,
            (Stairwell.community_id == RollUnit.community_id)
            & (Stairwell.id == RollUnit.stairwell_id),
        )
        .where(
            RollUnit.community_id == community_id,
            RollUnit.assembly_id == assembly_id,
            RollUnit.building_id == building_id,
        )
        .order_by(Stairwell.sort_key, RollUnit.floor, RollUnit.sort_key)
    ).all()


def _with_counts(assembly: Assembly, here: Any) -> Sequence[Any]:
    counts = AssemblyParticipation
    sums = (
        select(
            func.sum(counts.roll_heads).label("roll_heads"),
            func.sum(counts.roll_area_centi).cast(db.BigInteger).label("roll_area_centi"),
            func.sum(counts.heads).label("heads"),
            func.sum(counts.area_centi).cast(db.BigInteger).label("area_centi"),
        )
        .where(*_counts_of(assembly, here.c.id))
        .lateral("sums")
    )
    return db.session.execute(
        select(
            here.c.id.label("building_id"),
            here.c.name,
            here.c.sort_key,
            sums.c.roll_heads,
            sums.c.roll_area_centi,
            sums.c.heads,
            sums.c.area_centi,
        )
        .join(sums, sums.c.roll_heads.is_not(None))
        .order_by(here.c.sort_key, here.c.id)
    ).all()


def _counts_of(assembly: Assembly, building_id: Any) -> list[Any]:
    return [
        AssemblyParticipation.community_id == assembly.community_id,
        AssemblyParticipation.assembly_id == assembly.id,
        AssemblyParticipation.building_id == building_id,
    ]
