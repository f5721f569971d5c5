"""Reading units with their owners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.core.db import db
from app.registry.models import (
    Building,
    Compound,
    Owner,
    Ownership,
    PropertyUnit,
    Stairwell,
    UnitClaim,
)
from app.registry.queries.paging import Page, page
from app.registry.rules import ClaimState

_BATCH = 2000
_OWNER_NAMES = (
    select(func.string_agg(Owner.name, aggregate_order_by("、", Owner.pinyin, Owner.id)))  # type: ignore[call-overload]
    .select_from(Ownership)
    .join(Owner, and_(Owner.community_id == Ownership.community_id, Owner.id == Ownership.owner_id))
    .where(
        Ownership.community_id == PropertyUnit.community_id,
        Ownership.unit_id == PropertyUnit.id,
        Ownership.ended_at.is_(None),
    )
    .correlate(PropertyUnit)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Which units a list shows."""

    wanted: str = ""
    compound_id: UUID | None = None
    building_id: UUID | None = None
    kind: str | None = None
    sale_state: str | None = None


def unit(community_id: int, unit_id: UUID) -> PropertyUnit | None:
    """One unit."""
    return db.session.get(PropertyUnit, (community_id, unit_id))


def unit_with_places(community_id: int, unit_id: UUID) -> Any:
    """One unit with its places: (PropertyUnit, compound, building_name, stairwell_name)."""
    return db.session.execute(
        select(
            PropertyUnit,
            Compound.name.label("compound_name"),
            Building.name.label("building_name"),
            Stairwell.name.label("stairwell_name"),
        )
        .join(Compound, _same(Compound, PropertyUnit.compound_id))
        .join(Building, _same(Building, PropertyUnit.building_id))
        .outerjoin(Stairwell, _same(Stairwell, PropertyUnit.stairwell_id))
        .where(PropertyUnit.community_id == community_id, PropertyUnit.id == unit_id)
    ).one_or_none()


def unit_page(
    community_id: int, chosen: UnitFilter, *, after: UUID | None, before: UUID | None
) -> Page:
    """One page of the units' list."""
    return page(
        _units(community_id, chosen),
        _units(community_id, UnitFilter()),
        PropertyUnit,
        (Compound.pinyin, PropertyUnit.sort_key),
        after=after,
        before=before,
    )


def all_units(community_id: int, chosen: UnitFilter) -> Iterator[Any]:
    """Every unit of the list, in batches."""
    statement = _units(community_id, chosen).order_by(
        Compound.pinyin, PropertyUnit.sort_key, PropertyUnit.id
    )
    yield from db.session.execute(statement.execution_options(yield_per=_BATCH))


def unit_total(community_id: int, chosen: UnitFilter) -> Any:
    """How many units the list has and their area: count, area_centi."""
    listed = _units(community_id, chosen).subquery()
    return db.session.execute(
        select(
            func.count().label("count"),
            func.coalesce(func.sum(listed.c.area_centi), 0).label("area_centi"),
        ).select_from(listed)
    ).one()


def holdings(community_id: int, unit_id: UUID) -> Sequence[Any]:
    """Owners of a unit, those of the present first: (Ownership, Owner)."""
    return db.session.execute(
        select(Ownership, Owner)
        .join(Owner, _same(Owner, Ownership.owner_id, Ownership))
        .where(Ownership.community_id == community_id, Ownership.unit_id == unit_id)
        .order_by(Ownership.ended_at.desc().nulls_first(), Owner.pinyin, Ownership.id)
    ).all()


def ownership(community_id: int, ownership_id: UUID) -> Ownership | None:
    """One share of a unit."""
    return db.session.get(Ownership, (community_id, ownership_id))


def locked_shares(community_id: int, unit_id: UUID) -> Sequence[Ownership]:
    """The present shares of a unit; the unit is kept from others until the transaction ends."""
    db.session.execute(
        select(PropertyUnit.id)
        .where(PropertyUnit.community_id == community_id, PropertyUnit.id == unit_id)
        .with_for_update()
    )
    return db.session.scalars(
        select(Ownership).where(
            Ownership.community_id == community_id,
            Ownership.unit_id == unit_id,
            Ownership.ended_at.is_(None),
        )
    ).all()


def residents_of(community_id: int, unit_id: UUID) -> Sequence[UnitClaim]:
    """Approved claims to a unit."""
    return db.session.scalars(
        select(UnitClaim)
        .where(
            UnitClaim.community_id == community_id,
            UnitClaim.unit_id == unit_id,
            UnitClaim.state == ClaimState.APPROVED,
        )
        .order_by(UnitClaim.id)
    ).all()


def unit_ids_like(
    community_id: int, compound_id: UUID, words: str, most: int, *also: Any
) -> Sequence[UUID]:
    """The unit of a compound with this label, else a few whose label contains the words, in order.

    `also`: further conditions on the unit. A whole label is looked up. A part of one is sought in
    the order of the units until enough are found: row security lets no index look inside texts.
    (`strpos` and not LIKE, of which the planner expects next to nothing and then reads and sorts
    them all.)
    """
    here = (PropertyUnit.community_id == community_id, PropertyUnit.compound_id == compound_id)
    units = select(PropertyUnit.id).where(*here, *also)
    units = units.order_by(PropertyUnit.sort_key, PropertyUnit.id)
    whole = db.session.scalars(units.where(PropertyUnit.label == words).limit(most)).all()
    if whole:
        return whole
    part = func.strpos(PropertyUnit.label, words) > 0
    return db.session.scalars(units.where(part).limit(most)).all()


def _units(community_id: int, chosen: UnitFilter) -> Any:
    statement: Any = (
        select(
            PropertyUnit.id,
            PropertyUnit.label,
            PropertyUnit.room,
            PropertyUnit.floor,
            PropertyUnit.kind,
            PropertyUnit.area_centi,
            PropertyUnit.area_source,
            PropertyUnit.sale_state,
            PropertyUnit.vacant,
            Compound.name.label("compound_name"),
            Building.name.label("building_name"),
            Stairwell.name.label("stairwell_name"),
            _OWNER_NAMES.label("owners"),
        )
        .join(Compound, _same(Compound, PropertyUnit.compound_id))
        .join(Building, _same(Building, PropertyUnit.building_id))
        .outerjoin(Stairwell, _same(Stairwell, PropertyUnit.stairwell_id))
        .where(PropertyUnit.community_id == community_id)
    )
    for column, value in (
        (PropertyUnit.compound_id, chosen.compound_id),
        (PropertyUnit.building_id, chosen.building_id),
        (PropertyUnit.kind, chosen.kind),
        (PropertyUnit.sale_state, chosen.sale_state),
    ):
        if value:
            statement = statement.where(column == value)
    if chosen.wanted:
        statement = statement.where(_found_by(chosen.wanted))
    return statement


def _found_by(wanted: str) -> Any:
    owners = (
        select(Ownership.unit_id)
        .join(Owner, _same(Owner, Ownership.owner_id, Ownership))
        .where(
            Ownership.community_id == PropertyUnit.community_id,
            Ownership.ended_at.is_(None),
            Owner.name.contains(wanted, autoescape=True),
        )
    )
    return PropertyUnit.label.contains(wanted, autoescape=True) | PropertyUnit.id.in_(owners)


def _same(model: Any, column: Any, base: Any = PropertyUnit) -> Any:
    return and_(model.community_id == base.community_id, model.id == column)
