"""Reading facilities and their upkeep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core.db import db
from app.maintenance.models import Facility, UpkeepRecord
from app.registry.models import Compound


def facilities(community_id: int, *, compound_ids: Iterable[UUID] | None = None) -> Sequence[Any]:
    """Facilities in use, the most urgent first. Columns: Facility, compound_name."""
    wanted = _with_compound(community_id).where(Facility.retired_on.is_(None))
    if compound_ids is not None:
        wanted = wanted.where(Facility.compound_id.in_(list(compound_ids)))
    return db.session.execute(
        wanted.order_by(Facility.next_due_on.nulls_first(), Facility.id)
    ).all()


def facility(community_id: int, facility_id: UUID) -> Any:
    """One facility with compound_name, or None."""
    return db.session.execute(
        _with_compound(community_id).where(Facility.id == facility_id)
    ).one_or_none()


def hold_facility(community_id: int, facility_id: UUID) -> Facility | None:
    """One facility, kept from concurrent changes until the transaction ends."""
    return db.session.scalar(
        select(Facility)
        .where(Facility.community_id == community_id, Facility.id == facility_id)
        .with_for_update()
    )


def upkeep(community_id: int, facility_id: UUID, limit: int = 50) -> Sequence[UpkeepRecord]:
    """The newest records of a facility."""
    return db.session.scalars(
        select(UpkeepRecord)
        .where(UpkeepRecord.community_id == community_id, UpkeepRecord.facility_id == facility_id)
        .order_by(UpkeepRecord.done_on.desc(), UpkeepRecord.id.desc())
        .limit(limit)
    ).all()


def compound_of_upkeep(community_id: int, record_id: UUID) -> UUID | None:
    """The compound whose facility this record is about."""
    return db.session.scalar(
        select(Facility.compound_id)
        .join(
            UpkeepRecord,
            (UpkeepRecord.community_id == Facility.community_id)
            & (UpkeepRecord.facility_id == Facility.id),
        )
        .where(UpkeepRecord.community_id == community_id, UpkeepRecord.id == record_id)
    )


def change_facility(community_id: int, facility_id: UUID, version: int, **values: Any) -> bool:
    """Write a new version; False when somebody else was faster."""
    changed: Any = db.session.execute(
        update(Facility)
        .where(
            Facility.community_id == community_id,
            Facility.id == facility_id,
            Facility.version == version,
        )
        .values(version=version + 1, **values)
    )
    return bool(changed.rowcount)


def _with_compound(community_id: int) -> Any:
    return (
        select(Facility, Compound.name.label("compound_name"))
        .join(
            Compound,
            (Compound.community_id == Facility.community_id)
            & (Compound.id == Facility.compound_id),
        )
        .where(Facility.community_id == community_id)
    )
