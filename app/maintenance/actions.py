"""Registering facilities and recording their upkeep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload, store_photo
from app.kit.clock import civil_date, now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound
from app.maintenance import queries
from app.maintenance.models import Facility, UpkeepRecord
from app.maintenance.rules import FacilityKind, check_cycle, check_done_on, next_due

SAME_NAME = "这个小区里已经登记过同名的设施，请换一个名称（例如加上楼栋号）。"
EVIDENCE = "upkeep"


@dataclass(frozen=True, slots=True)
class UpkeepDraft:
    """What the form says of a piece of work."""

    done_on: date
    done_by: str
    note: str = ""
    next_due_on: date | None = None
    photos: tuple[Upload, ...] = ()


def register_facility(
    community_id: int,
    compound_id: UUID,
    kind: FacilityKind,
    name: str,
    cycle_days: int | None = None,
) -> UUID:
    """Enter a facility and return its id."""
    row = Facility(
        community_id=community_id,
        id=new_id(),
        compound_id=compound_id,
        kind=kind,
        name=name,
        cycle_days=check_cycle(kind, cycle_days),
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid(errors={"name": SAME_NAME}) from error
    record(AuditEvent.FACILITY_SAVED, row.id, kind=kind.value, new=True)
    return row.id


def change_facility(
    community_id: int,
    facility_id: UUID,
    version: int,
    *,
    name: str,
    cycle_days: int | None,
    retired_on: date | None,
) -> None:
    """Correct a facility; `version` is the one the person looked at."""
    known = queries.hold_facility(community_id, facility_id)
    if known is None:
        raise NotFound
    cycle = check_cycle(FacilityKind(known.kind), cycle_days)
    try:
        changed = queries.change_facility(
            community_id,
            facility_id,
            version,
            name=name,
            cycle_days=cycle,
            retired_on=retired_on,
        )
    except IntegrityError as error:
        raise Invalid(errors={"name": SAME_NAME}) from error
    if not changed:
        raise Conflict
    record(AuditEvent.FACILITY_SAVED, facility_id, version=version + 1)


def record_upkeep(
    community_id: int, facility_id: UUID, draft: UpkeepDraft, *, recorded_by: UUID | None
) -> UUID:
    """Note what was done; the facility shows the newest work, whatever the order of entering."""
    known = queries.hold_facility(community_id, facility_id)
    if known is None or known.retired_on is not None:
        raise NotFound
    kind = FacilityKind(known.kind)
    check_done_on(draft.done_on, civil_date(now()))
    due = next_due(kind, known.cycle_days, draft.done_on, draft.next_due_on)
    row = UpkeepRecord(
        community_id=community_id,
        id=new_id(),
        facility_id=facility_id,
        done_on=draft.done_on,
        done_by=draft.done_by,
        note=draft.note,
        next_due_on=due,
        recorded_by=recorded_by,
    )
    db.session.add(row)
    evidence = [
        store_photo(
            community_id, photo, subject_kind=EVIDENCE, subject_id=row.id, uploaded_by=recorded_by
        )
        for photo in draft.photos
    ]
    if known.last_done_on is None or draft.done_on >= known.last_done_on:
        known.last_done_on = draft.done_on
        known.next_due_on = due
        known.last_evidence_id = evidence[0] if evidence else None
    record(AuditEvent.UPKEEP_RECORDED, row.id, facility_id=str(facility_id), photos=len(evidence))
    return row.id
