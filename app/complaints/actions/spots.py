"""Keeping the common places of a compound and its plan."""

from __future__ import annotations

from uuid import UUID

from app.complaints.models import CommonPlace
from app.complaints.queries import spots
from app.complaints.rules.places import PlanPoint
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.files.actions import Upload, store_photo
from app.kit.clock import now
from app.kit.pinyin import pinyin_key
from app.kit.refusal import NotFound
from app.registry.actions.saving import add_row, change_row, unique
from app.registry.queries import places

_TAKEN = "这个小区里已经有同名的地方了，请换一个名称。"


def add_common_place(
    community_id: int, compound_id: UUID, name: str, point: PlanPoint | None
) -> UUID:
    """A new place residents can choose; one that was taken off the list comes back."""
    if places.compound(community_id, compound_id) is None:
        raise NotFound
    plain = name.strip()
    known = spots.same_name(community_id, compound_id, plain)
    if known is not None and known.retired_at is not None:
        values = {**_on_plan(point), "retired_at": None}
        change_row(CommonPlace, community_id, known.id, known.version, **values)
        place_id = known.id
    else:
        with unique("name", _TAKEN):
            place_id = add_row(
                CommonPlace,
                community_id,
                compound_id=compound_id,
                name=plain,
                sort_key=pinyin_key(plain),
                **_on_plan(point),
            )
    record(AuditEvent.COMMON_PLACE_SAVED, place_id)
    return place_id


def change_common_place(community_id: int, place_id: UUID, version: int, name: str) -> None:
    """Another name; complaints filed before keep the one they were filed under."""
    plain = name.strip()
    with unique("name", _TAKEN):
        change_row(
            CommonPlace, community_id, place_id, version, name=plain, sort_key=pinyin_key(plain)
        )
    record(AuditEvent.COMMON_PLACE_SAVED, place_id)


def mark_common_place(community_id: int, place_id: UUID, version: int, point: PlanPoint) -> None:
    """Where it is on the plan."""
    change_row(CommonPlace, community_id, place_id, version, **_on_plan(point))
    record(AuditEvent.COMMON_PLACE_SAVED, place_id)


def retire_common_place(community_id: int, place_id: UUID, version: int) -> None:
    """Take a place off the list. Complaints about it keep it."""
    change_row(CommonPlace, community_id, place_id, version, retired_at=now())
    record(AuditEvent.COMMON_PLACE_SAVED, place_id, retired=True)


def set_plan(community_id: int, compound_id: UUID, account_id: UUID, picture: Upload) -> UUID:
    """A new plan (平面图). Points tapped on an earlier one stay with that one."""
    if places.compound(community_id, compound_id) is None:
        raise NotFound
    file_id = store_photo(
        community_id,
        picture,
        subject_kind=spots.COMPOUND_PLAN,
        subject_id=compound_id,
        uploaded_by=account_id,
    )
    record(AuditEvent.COMPOUND_PLAN_SAVED, compound_id, file_id=str(file_id))
    return file_id


def _on_plan(point: PlanPoint | None) -> dict[str, int | None]:
    return {"plan_x": point.x if point else None, "plan_y": point.y if point else None}
