"""Reading compounds, buildings and stairwells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select

from app.core.db import db
from app.registry.models import (
    Building,
    Compound,
    Ownership,
    PropertyUnit,
    Stairwell,
    UnitClaim,
)
from app.registry.rules import ClaimState


def compound(community_id: int, compound_id: UUID) -> Compound | None:
    """One compound."""
    return db.session.get(Compound, (community_id, compound_id))


def building(community_id: int, building_id: UUID) -> Building | None:
    """One building."""
    return db.session.get(Building, (community_id, building_id))


def stairwell(community_id: int, stairwell_id: UUID) -> Stairwell | None:
    """One stairwell."""
    return db.session.get(Stairwell, (community_id, stairwell_id))


def compounds_with_counts(community_id: int) -> Sequence[Any]:
    """Columns: id, name, address, old, residential, buildings, units, area_centi, claimed."""
    units = (
        select(
            PropertyUnit.compound_id,
            func.count().label("units"),
            func.sum(PropertyUnit.area_centi).label("area_centi"),
            func.count(func.distinct(PropertyUnit.building_id)).label("buildings"),
            func.count().filter(_claimed()).label("claimed"),
        )
        .where(PropertyUnit.community_id == community_id)
        .group_by(PropertyUnit.compound_id)
        .subquery()
    )
    return db.session.execute(
        select(
            Compound.id,
            Compound.name,
            Compound.address,
            Compound.old,
            Compound.residential,
            func.coalesce(units.c.buildings, 0).label("buildings"),
            func.coalesce(units.c.units, 0).label("units"),
            func.coalesce(units.c.area_centi, 0).label("area_centi"),
            func.coalesce(units.c.claimed, 0).label("claimed"),
        )
        .outerjoin(units, units.c.compound_id == Compound.id)
        .where(Compound.community_id == community_id)
        .order_by(Compound.pinyin, Compound.id)
    ).all()


def buildings_with_counts(community_id: int, compound_id: UUID) -> Sequence[Any]:
    """Columns: id, name, floors, stairwells, units, area_centi."""
    return db.session.execute(
        select(
            Building.id,
            Building.name,
            Building.floors,
            func.count(func.distinct(PropertyUnit.stairwell_id)).label("stairwells"),
            func.count(PropertyUnit.id).label("units"),
            func.coalesce(func.sum(PropertyUnit.area_centi), 0).label("area_centi"),
        )
        .outerjoin(
            PropertyUnit,
            and_(
                PropertyUnit.community_id == Building.community_id,
                PropertyUnit.building_id == Building.id,
            ),
        )
        .where(Building.community_id == community_id, Building.compound_id == compound_id)
        .group_by(Building.id, Building.name, Building.floors, Building.sort_key)
        .order_by(Building.sort_key, Building.id)
    ).all()


def buildings(community_id: int, compound_id: UUID) -> Sequence[Building]:
    """The buildings of a compound in their order."""
    return db.session.scalars(
        select(Building)
        .where(Building.community_id == community_id, Building.compound_id == compound_id)
        .order_by(Building.sort_key, Building.id)
    ).all()


def stairwells(community_id: int, building_id: UUID) -> Sequence[Stairwell]:
    """The stairwells of a building in their order."""
    return db.session.scalars(
        select(Stairwell)
        .where(Stairwell.community_id == community_id, Stairwell.building_id == building_id)
        .order_by(Stairwell.sort_key, Stairwell.id)
    ).all()


def rooms_of_building(community_id: int, building_id: UUID) -> Sequence[Any]:
    """Every unit of a building for its drawing.

    Columns: id, room, label, floor, kind, sale_state, vacant, stairwell_id, owned, claimed.
    """
    owned = exists().where(
        Ownership.community_id == community_id,
        Ownership.unit_id == PropertyUnit.id,
        Ownership.ended_at.is_(None),
    )
    return db.session.execute(
        select(
            PropertyUnit.id,
            PropertyUnit.room,
            PropertyUnit.label,
            PropertyUnit.floor,
            PropertyUnit.kind,
            PropertyUnit.sale_state,
            PropertyUnit.vacant,
            PropertyUnit.stairwell_id,
            owned.label("owned"),
            _claimed().label("claimed"),
        )
        .where(PropertyUnit.community_id == community_id, PropertyUnit.building_id == building_id)
        .order_by(PropertyUnit.sort_key, PropertyUnit.id)
    ).all()


def rooms_to_choose(
    community_id: int, building_id: UUID, stairwell_id: UUID | None
) -> Sequence[Any]:
    """Rooms behind one stairwell (without one: those that lie behind none): id, room, label."""
    return db.session.execute(
        select(PropertyUnit.id, PropertyUnit.room, PropertyUnit.label)
        .where(
            PropertyUnit.community_id == community_id,
            PropertyUnit.building_id == building_id,
            PropertyUnit.stairwell_id.is_(None)
            if stairwell_id is None
            else PropertyUnit.stairwell_id == stairwell_id,
        )
        .order_by(PropertyUnit.sort_key, PropertyUnit.id)
    ).all()


def _claimed() -> Any:
    return exists().where(
        UnitClaim.community_id == PropertyUnit.community_id,
        UnitClaim.unit_id == PropertyUnit.id,
        UnitClaim.state == ClaimState.APPROVED,
    )
