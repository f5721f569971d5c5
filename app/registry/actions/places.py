"""Keeping compounds, buildings and stairwells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, update

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.pinyin import pinyin_key
from app.kit.refusal import NotFound
from app.registry.actions.saving import add_row, change_row, unique
from app.registry.models import Building, Compound, PropertyUnit, Stairwell
from app.registry.queries import places
from app.registry.rules import naming

_TAKEN = "已经有同名的了，请换一个名称。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundValues:
    """What is kept of a compound."""

    name: str
    address: str = ""
    residential: bool = True
    old: bool = False

    def columns(self) -> dict[str, Any]:
        """As columns."""
        return {
            "name": self.name.strip(),
            "pinyin": pinyin_key(self.name),
            "address": self.address.strip(),
            "residential": self.residential,
            "old": self.old,
        }


def add_compound(community_id: int, values: CompoundValues) -> UUID:
    """A new compound."""
    with unique("name", _TAKEN):
        compound_id = add_row(Compound, community_id, **values.columns())
    record(AuditEvent.COMPOUND_SAVED, compound_id)
    return compound_id


def change_compound(
    community_id: int, compound_id: UUID, version: int, values: CompoundValues
) -> None:
    """Change a compound."""
    with unique("name", _TAKEN):
        change_row(Compound, community_id, compound_id, version, **values.columns())
    record(AuditEvent.COMPOUND_SAVED, compound_id)


def add_building(community_id: int, compound_id: UUID, name: str, floors: int | None) -> UUID:
    """A new building of a compound."""
    if places.compound(community_id, compound_id) is None:
        raise NotFound
    plain = naming.building_name(name)
    with unique("name", _TAKEN):
        building_id = add_row(
            Building,
            community_id,
            compound_id=compound_id,
            name=plain,
            sort_key=naming.name_key(plain),
            floors=floors,
        )
    record(AuditEvent.BUILDING_SAVED, building_id)
    return building_id


def change_building(
    community_id: int, building_id: UUID, version: int, name: str, floors: int | None
) -> None:
    """Change a building; its units are named after it."""
    plain = naming.building_name(name)
    key = naming.name_key(plain)
    with unique("name", _TAKEN):
        change_row(
            Building, community_id, building_id, version, name=plain, sort_key=key, floors=floors
        )
    for stairwell in (None, *places.stairwells(community_id, building_id)):
        _rename_units(community_id, building_id, plain, stairwell)
    record(AuditEvent.BUILDING_SAVED, building_id)


def add_stairwell(community_id: int, building_id: UUID, name: str) -> UUID:
    """A new stairwell of a building."""
    if places.building(community_id, building_id) is None:
        raise NotFound
    plain = naming.stairwell_name(name)
    with unique("name", _TAKEN):
        stairwell_id = add_row(
            Stairwell,
            community_id,
            building_id=building_id,
            name=plain,
            sort_key=naming.name_key(plain),
        )
    record(AuditEvent.STAIRWELL_SAVED, stairwell_id)
    return stairwell_id


def change_stairwell(community_id: int, stairwell_id: UUID, version: int, name: str) -> None:
    """Change a stairwell; its units are named after it."""
    plain = naming.stairwell_name(name)
    with unique("name", _TAKEN):
        change_row(
            Stairwell,
            community_id,
            stairwell_id,
            version,
            name=plain,
            sort_key=naming.name_key(plain),
        )
    db.session.expire_all()
    stairwell = places.stairwell(community_id, stairwell_id)
    building = stairwell and places.building(community_id, stairwell.building_id)
    if stairwell is None or building is None:
        raise NotFound
    _rename_units(community_id, building.id, building.name, stairwell)
    record(AuditEvent.STAIRWELL_SAVED, stairwell_id)


def _rename_units(
    community_id: int, building_id: UUID, building: str, stairwell: Stairwell | None
) -> None:
    front = naming.unit_label(building, stairwell.name if stairwell else None, "")
    key_front = naming.unit_key(building, stairwell.name if stairwell else None, "")
    db.session.execute(
        update(PropertyUnit)
        .where(
            PropertyUnit.community_id == community_id,
            PropertyUnit.building_id == building_id,
            PropertyUnit.stairwell_id == (stairwell.id if stairwell else None),
        )
        .values(
            label=func.concat(front, PropertyUnit.room),
            sort_key=func.concat(key_front, func.split_part(PropertyUnit.sort_key, "/", 3)),
        )
        .execution_options(synchronize_session=False)
    )
