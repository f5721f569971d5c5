"""The roll as it is published with the notice: rooms and areas, nobody's name or phone.

Until the vote opens it is read from the register, from then on from the frozen roll.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.db import db
from app.registry.models import Building, Ownership, PropertyUnit, Stairwell
from app.registry.rules import SaleState, UnitKind
from app.voting.models import Assembly, RollUnit, RollVoter
from app.voting.queries import scopes


def buildings_on_roll(assembly: Assembly, *, parking_votes: bool) -> Sequence[Any]:
    """id, name, units, area_centi of each building of the scope, in their order."""
    if assembly.roll_heads is None:
        unit, within = PropertyUnit, _of_register(assembly, parking_votes=parking_votes)
        counted = select(unit.building_id, func.count().label("units"), _area(unit)).where(*within)
        grouped = counted.group_by(unit.building_id).subquery()
    else:
        frozen = RollUnit
        counted = select(frozen.building_id, func.count().label("units"), _area(frozen)).where(
            frozen.community_id == assembly.community_id, frozen.assembly_id == assembly.id
        )
        grouped = counted.group_by(frozen.building_id).subquery()
    return db.session.execute(
        select(Building.id, Building.name, grouped.c.units, grouped.c.area_centi)
        .join(grouped, grouped.c.building_id == Building.id)
        .where(Building.community_id == assembly.community_id)
        .order_by(Building.sort_key, Building.id)
    ).all()


def rooms_on_roll(assembly: Assembly, building_id: UUID, *, parking_votes: bool) -> Sequence[Any]:
    """The units of one building: label, stairwell_name, area_centi, owners, developer, joined.

    `owners`: how many people own it together. `joined`: with other units it is one vote; known
    only from the frozen roll.
    """
    if assembly.roll_heads is not None:
        return _frozen_rooms(assembly, building_id)
    owners = (
        select(func.count())
        .select_from(Ownership)
        .where(
            Ownership.community_id == PropertyUnit.community_id,
            Ownership.unit_id == PropertyUnit.id,
            Ownership.ended_at.is_(None),
        )
        .correlate(PropertyUnit)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            PropertyUnit.label,
            PropertyUnit.room,
            PropertyUnit.stairwell_id,
            Stairwell.name.label("stairwell_name"),
            PropertyUnit.area_centi,
            owners.label("owners"),
            (PropertyUnit.sale_state != SaleState.DELIVERED).label("developer"),
            db.literal(value=False).label("joined"),
        )
        .outerjoin(
            Stairwell,
            (Stairwell.community_id == PropertyUnit.community_id)
            & (Stairwell.id == PropertyUnit.stairwell_id),
        )
        .where(
            *_of_register(assembly, parking_votes=parking_votes),
            PropertyUnit.building_id == building_id,
        )
        .order_by(PropertyUnit.sort_key, PropertyUnit.id)
    ).all()


def _frozen_rooms(assembly: Assembly, building_id: UUID) -> Sequence[Any]:
    return db.session.execute(
        select(
            RollUnit.label,
            RollUnit.room,
            RollUnit.stairwell_id,
            Stairwell.name.label("stairwell_name"),
            RollUnit.area_centi,
            RollVoter.member_count.label("owners"),
            RollVoter.developer,
            (RollVoter.unit_count > 1).label("joined"),
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
            RollUnit.community_id == assembly.community_id,
            RollUnit.assembly_id == assembly.id,
            RollUnit.building_id == building_id,
        )
        .order_by(RollUnit.sort_key, RollUnit.id)
    ).all()


def _of_register(assembly: Assembly, *, parking_votes: bool) -> list[Any]:
    conditions = scopes.within(assembly)
    if not parking_votes:
        conditions.append(PropertyUnit.kind != UnitKind.PARKING)
    return conditions


def _area(table: Any) -> Any:
    return func.sum(table.area_centi).cast(db.BigInteger).label("area_centi")
