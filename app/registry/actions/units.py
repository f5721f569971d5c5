"""Keeping units and the shares their owners hold."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import func, update

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.refusal import Conflict, Invalid, NotFound
from app.registry.actions.owners import OwnerValues, find_or_add_owner
from app.registry.actions.saving import add_row, change_row, unique
from app.registry.models import Ownership, PropertyUnit, UnitClaim
from app.registry.queries import places, units
from app.registry.rules import ClaimState, Relation, naming
from app.registry.rules.kinds import AreaSource, SaleState, UnitKind
from app.registry.rules.shares import check_total

_TAKEN = "这个单元里已经有这个房号了。"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitValues:
    """What is kept of a unit."""

    stairwell_id: UUID | None
    room: str
    floor: int | None
    kind: UnitKind
    area_centi: int
    area_source: AreaSource = AreaSource.REGISTER
    sale_state: SaleState = SaleState.DELIVERED
    vacant: bool = False


def add_unit(community_id: int, building_id: UUID, values: UnitValues) -> UUID:
    """A new unit of a building."""
    with unique("room", _TAKEN):
        unit_id = add_row(PropertyUnit, community_id, **_columns(community_id, building_id, values))
    record(AuditEvent.UNIT_SAVED, unit_id, area_centi=values.area_centi)
    return unit_id


def change_unit(community_id: int, unit_id: UUID, version: int, values: UnitValues) -> None:
    """Change a unit; it stays in its building."""
    unit = units.unit(community_id, unit_id)
    if unit is None:
        raise NotFound
    before = unit.area_centi
    columns = _columns(community_id, unit.building_id, values)
    with unique("room", _TAKEN):
        change_row(PropertyUnit, community_id, unit_id, version, **columns)
    record(AuditEvent.UNIT_SAVED, unit_id, area_centi=values.area_centi, area_centi_before=before)


def add_share(community_id: int, unit_id: UUID, owner: OwnerValues, share: Fraction) -> UUID:
    """An owner (found by number or by name and phone, else new) takes a share of a unit."""
    held = units.locked_shares(community_id, unit_id)
    if units.unit(community_id, unit_id) is None:
        raise NotFound
    owner_id = find_or_add_owner(community_id, owner)
    if any(row.owner_id == owner_id for row in held):
        raise Invalid(errors={"name": "这位业主已经登记在这一户了。"})
    _check_total([share, *map(_share, held)])
    ownership_id = add_row(
        Ownership,
        community_id,
        unit_id=unit_id,
        owner_id=owner_id,
        share_numerator=share.numerator,
        share_denominator=share.denominator,
    )
    record(AuditEvent.UNIT_SAVED, unit_id, share=str(share), owner=str(owner_id))
    return ownership_id


def change_share(community_id: int, ownership_id: UUID, share: Fraction) -> None:
    """Another share from now on; the former one stays in the history."""
    former = _held(community_id, ownership_id)
    others = [
        row for row in units.locked_shares(community_id, former.unit_id) if row.id != ownership_id
    ]
    _check_total([share, *map(_share, others)])
    _end(community_id, ownership_id)
    add_row(
        Ownership,
        community_id,
        unit_id=former.unit_id,
        owner_id=former.owner_id,
        share_numerator=share.numerator,
        share_denominator=share.denominator,
    )
    record(AuditEvent.UNIT_SAVED, former.unit_id, share=str(share), owner=str(former.owner_id))


def end_share(community_id: int, ownership_id: UUID) -> None:
    """The owner holds this unit no longer; what they claimed of it ends too."""
    held = _held(community_id, ownership_id)
    _end(community_id, ownership_id)
    db.session.execute(
        update(UnitClaim)
        .where(
            UnitClaim.community_id == community_id,
            UnitClaim.unit_id == held.unit_id,
            UnitClaim.owner_id == held.owner_id,
            UnitClaim.relation == Relation.OWNER,
            UnitClaim.state == ClaimState.APPROVED,
        )
        .values(state=ClaimState.ENDED, decided_at=func.now(), reason="房屋已登记到其他业主名下。")
    )
    record(AuditEvent.UNIT_SAVED, held.unit_id, ended_owner=str(held.owner_id))


def _columns(community_id: int, building_id: UUID, values: UnitValues) -> dict[str, Any]:
    building = places.building(community_id, building_id)
    if building is None:
        raise NotFound
    well = None
    if values.stairwell_id is not None:
        well = places.stairwell(community_id, values.stairwell_id)
        if well is None or well.building_id != building_id:
            raise Invalid(errors={"stairwell_id": "请选择这一栋的单元。"})
    room, well_name = naming.room_name(values.room), well.name if well else None
    return {
        "compound_id": building.compound_id,
        "building_id": building_id,
        "stairwell_id": values.stairwell_id,
        "room": room,
        "label": naming.unit_label(building.name, well_name, room),
        "sort_key": naming.unit_key(building.name, well_name, room),
        "floor": values.floor,
        "kind": values.kind,
        "area_centi": values.area_centi,
        "area_source": values.area_source,
        "sale_state": values.sale_state,
        "vacant": values.vacant,
    }


def _held(community_id: int, ownership_id: UUID) -> Ownership:
    held = units.ownership(community_id, ownership_id)
    if held is None:
        raise NotFound
    if held.ended_at is not None:
        raise Conflict("这条登记已经结束了，请刷新页面查看。")
    return held


def _end(community_id: int, ownership_id: UUID) -> None:
    ended = db.session.execute(
        update(Ownership)
        .where(
            Ownership.community_id == community_id,
            Ownership.id == ownership_id,
            Ownership.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(Ownership.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if ended is None:
        raise Conflict("这条登记已经结束了，请刷新页面查看。")


def _share(held: Ownership) -> Fraction:
    return Fraction(held.share_numerator, held.share_denominator)


def _check_total(shares: list[Fraction]) -> None:
    try:
        check_total(shares)
    except Invalid as refused:
        raise Invalid(errors={"share": refused.sentence}) from refused
