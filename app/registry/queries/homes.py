"""Reading the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.registry.models import Building, Compound, PropertyUnit, Stairwell, UnitClaim
from app.registry.rules import ClaimState


def homes_of(community_id: int, account_id: UUID) -> Sequence[Any]:
    """The units a person owns or lives in (approved claims), with names of all their places.

    Columns: unit_id, label, room, relation, owner_id, area_centi, stairwell_id, stairwell_name,
    building_id, building_name, compound_id, compound_name.
    """
    return db.session.execute(
        select(
            PropertyUnit.id.label("unit_id"),
            PropertyUnit.label,
            PropertyUnit.room,
            PropertyUnit.area_centi,
            UnitClaim.relation,
            UnitClaim.owner_id,
            Stairwell.id.label("stairwell_id"),
            Stairwell.name.label("stairwell_name"),
            Building.id.label("building_id"),
            Building.name.label("building_name"),
            Compound.id.label("compound_id"),
            Compound.name.label("compound_name"),
        )
        .join(
            PropertyUnit,
            (PropertyUnit.community_id == UnitClaim.community_id)
            & (PropertyUnit.id == UnitClaim.unit_id),
        )
        .join(
            Compound,
            (Compound.community_id == PropertyUnit.community_id)
            & (Compound.id == PropertyUnit.compound_id),
        )
        .join(
            Building,
            (Building.community_id == PropertyUnit.community_id)
            & (Building.id == PropertyUnit.building_id),
        )
        .outerjoin(
            Stairwell,
            (Stairwell.community_id == PropertyUnit.community_id)
            & (Stairwell.id == PropertyUnit.stairwell_id),
        )
        .where(
            UnitClaim.community_id == community_id,
            UnitClaim.account_id == account_id,
            UnitClaim.state == ClaimState.APPROVED,
        )
        .order_by(Compound.pinyin, Building.sort_key, PropertyUnit.sort_key)
    ).all()


def compounds(community_id: int) -> Sequence[Compound]:
    """The compounds of a community in Chinese order."""
    return db.session.scalars(
        select(Compound)
        .where(Compound.community_id == community_id)
        .order_by(Compound.pinyin, Compound.id)
    ).all()
