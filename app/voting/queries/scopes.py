"""The places of an assembly that is not the whole compound's, and the register inside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select

from app.core.db import db
from app.registry.models import Building, PropertyUnit, Stairwell
from app.voting.models import Assembly, AssemblyPlace
from app.voting.rules import ScopeChoice, VotingScope


def known_places(community_id: int, compound_id: UUID, scope: VotingScope) -> Sequence[UUID]:
    """The buildings (or stairwells) of a compound a scope can name."""
    wanted = (
        select(Building.id)
        if scope is VotingScope.BUILDINGS
        else select(Stairwell.id).join(
            Building,
            (Building.community_id == Stairwell.community_id)
            & (Building.id == Stairwell.building_id),
        )
    )
    return db.session.scalars(
        wanted.where(Building.community_id == community_id, Building.compound_id == compound_id)
    ).all()


def replace_places(community_id: int, assembly_id: UUID, choice: ScopeChoice) -> None:
    """Write the places of a draft anew."""
    db.session.execute(
        delete(AssemblyPlace).where(
            AssemblyPlace.community_id == community_id, AssemblyPlace.assembly_id == assembly_id
        )
    )
    if choice.scope is VotingScope.COMPOUND:
        return
    wanted = sorted(choice.places)
    if choice.scope is VotingScope.BUILDINGS:
        places: Sequence[tuple[UUID, UUID | None]] = [(place, None) for place in wanted]
    else:
        places = [
            (row.building_id, row.id)
            for row in db.session.execute(
                select(Stairwell.building_id, Stairwell.id).where(
                    Stairwell.community_id == community_id, Stairwell.id.in_(wanted)
                )
            )
        ]
    db.session.execute(
        insert(AssemblyPlace),
        [
            {
                "community_id": community_id,
                "assembly_id": assembly_id,
                "building_id": building_id,
                "stairwell_id": stairwell_id,
            }
            for building_id, stairwell_id in places
        ],
    )


def places_of(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """building_id, stairwell_id, building_name, stairwell_name of each place, in their order."""
    return db.session.execute(
        select(
            AssemblyPlace.building_id,
            AssemblyPlace.stairwell_id,
            Building.name.label("building_name"),
            Stairwell.name.label("stairwell_name"),
        )
        .join(
            Building,
            (Building.community_id == AssemblyPlace.community_id)
            & (Building.id == AssemblyPlace.building_id),
        )
        .outerjoin(
            Stairwell,
            (Stairwell.community_id == AssemblyPlace.community_id)
            & (Stairwell.id == AssemblyPlace.stairwell_id),
        )
        .where(AssemblyPlace.community_id == community_id, AssemblyPlace.assembly_id == assembly_id)
        .order_by(Building.sort_key, Stairwell.sort_key, AssemblyPlace.id)
    ).all()


def stairwells_of_compound(community_id: int, compound_id: UUID) -> Sequence[Any]:
    """Every stairwell of a compound: id, name, building_id, building_name, in their order."""
    return db.session.execute(
        select(
            Stairwell.id,
            Stairwell.name,
            Building.id.label("building_id"),
            Building.name.label("building_name"),
        )
        .join(
            Building,
            (Building.community_id == Stairwell.community_id)
            & (Building.id == Stairwell.building_id),
        )
        .where(Stairwell.community_id == community_id, Building.compound_id == compound_id)
        .order_by(Building.sort_key, Building.id, Stairwell.sort_key, Stairwell.id)
    ).all()


def within(assembly: Assembly) -> list[Any]:
    """Conditions on `PropertyUnit` that keep to the places of an assembly."""
    here = [
        PropertyUnit.community_id == assembly.community_id,
        PropertyUnit.compound_id == assembly.compound_id,
    ]
    if assembly.scope == VotingScope.COMPOUND:
        return here
    named = (
        select(AssemblyPlace.id)
        .where(
            AssemblyPlace.community_id == assembly.community_id,
            AssemblyPlace.assembly_id == assembly.id,
            AssemblyPlace.building_id == PropertyUnit.building_id,
            or_(
                AssemblyPlace.stairwell_id.is_(None),
                AssemblyPlace.stairwell_id == PropertyUnit.stairwell_id,
            ),
        )
        .exists()
    )
    return [*here, named]
