"""What filing needs to know, and the one statement that files."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    text,
)

from app.communities.models import CommunitySettings
from app.complaints.models import CommonPlace, Complaint
from app.complaints.queries.catalogue import name_column
from app.complaints.queries.dispatching import rules_column
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.core.db import TenantModel, db
from app.core.prepared import Prepared
from app.organizations.models import ServiceContract
from app.registry.models import Building, Compound, PropertyUnit, Stairwell, UnitClaim
from app.registry.rules import ClaimState

_FILE = text("""
WITH filed AS (
    INSERT INTO complaint (
        community_id, id, short_code, once_key, reporter_id, anonymous,
        catalogue_version, category, category_title, own_limit, urgency, responsible, text,
        compound_id, building_id, stairwell_id, unit_id, place_name, unit_label, place_note,
        state, organization_id, promised_at, due_at, escalate_at, contact_due_at
    ) VALUES (
        :community_id, :id, :short_code, :once_key, :reporter_id, :anonymous,
        :catalogue_version, :category, :category_title, :own_limit, :urgency, :responsible, :text,
        :compound_id, :building_id, :stairwell_id, :unit_id, :place_name, :unit_label, :place_note,
        :state, :organization_id, :promised_at, :due_at, :escalate_at, :due_at
    )
    ON CONFLICT (community_id, reporter_id, once_key) DO NOTHING
    RETURNING community_id, id, reporter_id, organization_id, state, due_at
), kept AS (
    INSERT INTO complaint_words (community_id, id, words)
    SELECT community_id, id, :words FROM filed
)
INSERT INTO complaint_event
    (community_id, id, complaint_id, kind, party, actor_id, organization_id, to_state, due_at)
SELECT community_id, :event_id, id, 'filed', 'reporter', reporter_id, organization_id, state, due_at
FROM filed
RETURNING complaint_id
""")
_FILING = Prepared(_FILE)

_HERE: BindParameter[int] = bindparam("here")
_KNOWN: dict[PlaceKind, tuple[type[TenantModel], ...]] = {
    PlaceKind.ELSEWHERE: (),
    PlaceKind.COMPOUND: (Compound,),
    PlaceKind.COMMON: (Compound, CommonPlace),
    PlaceKind.BUILDING: (Compound, Building),
    PlaceKind.STAIRWELL: (Compound, Building, Stairwell),
    PlaceKind.UNIT: (Compound, Building, Stairwell, PropertyUnit),
}
_NAMED: tuple[tuple[str, type[TenantModel], Any], ...] = (
    ("compound_id", Compound, Compound.id),
    ("compound_name", Compound, Compound.name),
    ("building_id", Building, Building.id),
    ("building_name", Building, Building.name),
    ("stairwell_id", Stairwell, Stairwell.id),
    ("stairwell_name", Stairwell, Stairwell.name),
    ("unit_id", PropertyUnit, PropertyUnit.id),
    ("unit_label", PropertyUnit, PropertyUnit.label),
    ("common_id", CommonPlace, CommonPlace.id),
    ("common_name", CommonPlace, CommonPlace.name),
)


def insert_complaint(values: dict[str, Any]) -> bool:
    """Write a complaint and the first line of its time line; False when it was filed before."""
    return _FILING.row(values) is not None


def filed_before(community_id: int, reporter_id: UUID, once_key: UUID) -> UUID:
    """The complaint this form has already become."""
    return db.session.execute(
        select(Complaint.id).where(
            Complaint.community_id == community_id,
            Complaint.reporter_id == reporter_id,
            Complaint.once_key == once_key,
        )
    ).scalar_one()


def filing_ground(community_id: int, account_id: UUID, place: PlaceChoice) -> Any:
    """The place with its names, who serves it and the community's choices, in one statement.

    Columns: compound_id, compound_name, building_id, building_name, stairwell_id,
    stairwell_name, unit_id, unit_label, common_id, common_name, company_id, choices,
    dispatch_rules, catalogue_name. None when there is no such place or the unit is not
    this person's.
    """
    values = {"here": community_id, "account": account_id, "place": place.id}
    return _prepared(place.kind).row(values)


@cache
def _prepared(kind: PlaceKind) -> Prepared:
    return Prepared(_place(kind))


def _place(kind: PlaceKind) -> Select[Any]:
    known = _KNOWN[kind]
    columns = [(column if model in known else null()).label(name) for name, model, column in _NAMED]
    company = _serving_company() if known else null().label("company_id")
    wanted = select(*columns, company, _choices(), rules_column(_HERE), name_column(_HERE))
    if not known:
        return wanted
    wanted = wanted.select_from(Compound).where(
        Compound.community_id == _HERE, known[-1].id == bindparam("place")
    )
    if Building in known:
        wanted = wanted.join(Building, _within(Building, Building.compound_id == Compound.id))
    if kind is PlaceKind.COMMON:
        in_use = and_(CommonPlace.compound_id == Compound.id, CommonPlace.retired_at.is_(None))
        wanted = wanted.join(CommonPlace, _within(CommonPlace, in_use))
    if kind is PlaceKind.STAIRWELL:
        wanted = wanted.join(Stairwell, _within(Stairwell, Stairwell.building_id == Building.id))
    if kind is PlaceKind.UNIT:
        in_building = _within(PropertyUnit, PropertyUnit.building_id == Building.id)
        by_unit = _within(Stairwell, Stairwell.id == PropertyUnit.stairwell_id)
        wanted = wanted.join(PropertyUnit, in_building).outerjoin(Stairwell, by_unit)
        wanted = wanted.where(_lives_in())
    return wanted


def _within(model: type[TenantModel], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(model.community_id == Compound.community_id, condition)


def _lives_in() -> Any:
    return (
        select(UnitClaim.id)
        .where(
            UnitClaim.community_id == _HERE,
            UnitClaim.unit_id == PropertyUnit.id,
            UnitClaim.account_id == bindparam("account"),
            UnitClaim.state == ClaimState.APPROVED,
        )
        .exists()
    )


def _serving_company() -> Any:
    today = func.current_date()
    return (
        select(ServiceContract.company_id)
        .where(
            ServiceContract.community_id == _HERE,
            ServiceContract.compound_id == Compound.id,
            ServiceContract.company_id.is_not(None),
            ServiceContract.starts_on <= today,
            or_(ServiceContract.ends_on.is_(None), ServiceContract.ends_on >= today),
            or_(ServiceContract.ended_on.is_(None), ServiceContract.ended_on > today),
        )
        .order_by(ServiceContract.starts_on.desc(), ServiceContract.id.desc())
        .limit(1)
        .correlate(Compound)
        .scalar_subquery()
        .label("company_id")
    )


def _choices() -> Any:
    return (
        select(CommunitySettings.choices)
        .where(CommunitySettings.community_id == _HERE)
        .scalar_subquery()
        .label("choices")
    )
