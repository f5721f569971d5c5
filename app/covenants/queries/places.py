"""Stairwells with their dwellings and residents, the clock, the community's code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.communities.models import Community
from app.core.db import db
from app.covenants.models import Covenant
from app.registry.models import Building, Compound, PropertyUnit, Stairwell, UnitClaim
from app.registry.rules import ClaimState, UnitKind

MOST_STAIRWELLS = 1000


def database_now() -> datetime:
    """The clock that decides legal deadlines."""
    moment: datetime = db.session.scalars(select(func.clock_timestamp())).one()
    return moment


def community_code(community_id: int) -> str:
    """The code that stands in addresses."""
    return db.session.scalars(select(Community.code).where(Community.id == community_id)).one()


def claimed_homes(community_id: int, account_id: UUID) -> Sequence[Any]:
    """Dwellings this person owns or lives in, by approved claim.

    Columns: unit_id, room, relation, stairwell_id.
    """
    return db.session.execute(
        select(
            PropertyUnit.id.label("unit_id"),
            PropertyUnit.room,
            UnitClaim.relation,
            PropertyUnit.stairwell_id,
        )
        .join(
            PropertyUnit,
            (PropertyUnit.community_id == UnitClaim.community_id)
            & (PropertyUnit.id == UnitClaim.unit_id),
        )
        .where(
            UnitClaim.community_id == community_id,
            UnitClaim.account_id == account_id,
            UnitClaim.state == ClaimState.APPROVED,
            PropertyUnit.kind == UnitKind.DWELLING,
            PropertyUnit.stairwell_id.is_not(None),
        )
        .order_by(PropertyUnit.sort_key)
    ).all()


def _stairwells(community_id: int) -> Any:
    return (
        select(
            Stairwell.id.label("stairwell_id"),
            Stairwell.name.label("stairwell_name"),
            Building.name.label("building_name"),
            Compound.name.label("compound_name"),
        )
        .join(
            Building,
            (Building.community_id == Stairwell.community_id)
            & (Building.id == Stairwell.building_id),
        )
        .join(
            Compound,
            (Compound.community_id == Building.community_id)
            & (Compound.id == Building.compound_id),
        )
        .where(Stairwell.community_id == community_id)
    )


def stairwell(community_id: int, stairwell_id: UUID) -> Any:
    """One stairwell with the names of its places, or None."""
    return db.session.execute(
        _stairwells(community_id).where(Stairwell.id == stairwell_id)
    ).one_or_none()


def stairwells_without_covenant(
    community_id: int, only: Sequence[UUID] | None = None
) -> Sequence[Any]:
    """Where a covenant can be started; `only` narrows to these."""
    wanted = (
        _stairwells(community_id)
        .outerjoin(
            Covenant,
            (Covenant.community_id == Stairwell.community_id)
            & (Covenant.stairwell_id == Stairwell.id),
        )
        .where(Covenant.id.is_(None))
        .order_by(Compound.pinyin, Building.sort_key, Stairwell.sort_key)
        .limit(MOST_STAIRWELLS)
    )
    if only is not None:
        wanted = wanted.where(Stairwell.id.in_(only))
    return db.session.execute(wanted).all()


def dwellings(community_id: int, stairwell_id: UUID) -> Sequence[Any]:
    """The dwellings of a stairwell, one a household, empty ones among them."""
    return db.session.execute(
        select(
            PropertyUnit.id.label("unit_id"),
            PropertyUnit.room,
            PropertyUnit.floor,
            PropertyUnit.sort_key,
            PropertyUnit.vacant,
        ).where(
            PropertyUnit.community_id == community_id,
            PropertyUnit.stairwell_id == stairwell_id,
            PropertyUnit.kind == UnitKind.DWELLING,
        )
    ).all()


def residents(community_id: int, stairwell_id: UUID) -> Sequence[UUID]:
    """Accounts with an approved claim to a dwelling of the stairwell."""
    return db.session.scalars(
        select(UnitClaim.account_id)
        .distinct()
        .join(
            PropertyUnit,
            (PropertyUnit.community_id == UnitClaim.community_id)
            & (PropertyUnit.id == UnitClaim.unit_id),
        )
        .where(
            UnitClaim.community_id == community_id,
            UnitClaim.state == ClaimState.APPROVED,
            PropertyUnit.stairwell_id == stairwell_id,
            PropertyUnit.kind == UnitKind.DWELLING,
        )
    ).all()
