"""Cases as they go out: what a client may read, in one statement a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, null, select
from sqlalchemy.orm import aliased

from app.communities.models import CommunitySettings
from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.rules.states import ENDED, Party
from app.core.db import db
from app.interfaces.models import ClientReport
from app.kit.ids import first_id
from app.organizations.models import Organization
from app.registry.models import Building, Compound

_SLACK = timedelta(days=1)
"""Ids are made on the web servers and moments by the database: their clocks may differ."""
_OLDEST, _NEWEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
_LEAD = aliased(Complaint)
_STATE: Any = func.coalesce(_LEAD.state, Complaint.state)
"""A case that was merged into another goes with that one: it has not ended before it does."""
_GOES_ON_AS = case(
    (Complaint.merged_into_id.is_(None), Complaint.id), else_=Complaint.merged_into_id
)
"""Whose time line goes on. Not COALESCE: PostgreSQL does not believe it to be leakproof, asks row
security first, and then reads every event for each case instead of looking its own up."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Who reads: `client_id` None is a reader without a key; `own_only`: what it sent itself."""

    client_id: UUID | None
    own_only: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases. `numbers` overrides everything else (GeoReport v2)."""

    start: datetime
    end: datetime
    limit: int
    numbers: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    closed: bool | None = None
    before: UUID | None = None


def page(community_id: int, extent: Extent, wanted: Wanted) -> Sequence[Any]:
    """A page (and one more) of cases, newest first."""
    rows = _requests(community_id, extent)
    if wanted.numbers is not None:
        rows = rows.where(Complaint.short_code.in_(wanted.numbers))
        return db.session.execute(rows.order_by(Complaint.id.desc())).all()
    rows = rows.where(
        Complaint.created_at >= wanted.start,
        Complaint.created_at <= wanted.end,
        # The same as a range of ids, which are read in order: nothing newer is walked through.
        Complaint.id >= first_id(_known(wanted.start) - _SLACK),
        Complaint.id < first_id(_known(wanted.end) + _SLACK),
    )
    if wanted.categories:
        rows = rows.where(Complaint.category.in_(wanted.categories))
    if wanted.closed is not None:
        ended = _STATE.in_([state.value for state in sorted(ENDED)])
        rows = rows.where(ended if wanted.closed else ~ended)
    if wanted.before is not None:
        rows = rows.where(Complaint.id < wanted.before)
    return db.session.execute(rows.order_by(Complaint.id.desc()).limit(wanted.limit + 1)).all()


def _known(moment: datetime) -> datetime:
    """A moment as ids can tell it, whatever somebody asks for."""
    return min(max(moment, _OLDEST), _NEWEST)


def by_number(community_id: int, extent: Extent, number: str) -> Any:
    """The case with this number (编号), if it may be read."""
    rows = _requests(community_id, extent).where(Complaint.short_code == number)
    return db.session.execute(rows).one_or_none()


def by_id(community_id: int, extent: Extent, complaint_id: UUID) -> Any:
    """The case with this id, if it may be read."""
    rows = _requests(community_id, extent).where(Complaint.id == complaint_id)
    return db.session.execute(rows).one_or_none()


def by_foreign_id(community_id: int, client_id: UUID, foreign_id: str) -> Any:
    """The case a client's own number became: short_code, foreign_id, promised_at."""
    return db.session.execute(
        select(Complaint.short_code, Complaint.promised_at, ClientReport.foreign_id)
        .join(ClientReport, _of_complaint(ClientReport, ClientReport.complaint_id))
        .where(
            ClientReport.community_id == community_id,
            ClientReport.client_id == client_id,
            ClientReport.foreign_id == foreign_id,
        )
    ).one_or_none()


def happened(community_id: int, event_id: UUID) -> Any:
    """A line of the time line, for telling receivers of it.

    Columns: complaint_id, reporter_id, kind, to_state, details, created_at,
    visible_to_resident.
    """
    return db.session.execute(
        select(
            ComplaintEvent.complaint_id,
            Complaint.reporter_id,
            ComplaintEvent.kind,
            ComplaintEvent.to_state,
            ComplaintEvent.details,
            ComplaintEvent.created_at,
            ComplaintEvent.visible_to_resident,
        )
        .join(Complaint, _of_complaint(ComplaintEvent, ComplaintEvent.complaint_id))
        .where(ComplaintEvent.community_id == community_id, ComplaintEvent.id == event_id)
    ).one_or_none()


def choices_of(community_id: int) -> dict[str, Any]:
    """What the community decided differently from the defaults."""
    found = db.session.scalar(
        select(CommunitySettings.choices).where(CommunitySettings.community_id == community_id)
    )
    return dict(found or {})


def _requests(community_id: int, extent: Extent) -> Select[Any]:
    own = Complaint.reporter_id == extent.client_id if extent.client_id else None
    named = Building.name if extent.client_id else null()
    building = Complaint.building_id if extent.client_id else null()
    columns: tuple[Any, ...] = (
        Complaint.id,
        Complaint.short_code,
        Complaint.reporter_id,
        Complaint.category,
        Complaint.category_title,
        _STATE.label("state"),
        Complaint.responsible,
        Complaint.created_at,
        func.coalesce(_LEAD.promised_at, Complaint.promised_at).label("promised_at"),
        Complaint.compound_id,
        building.label("building_id"),
        Compound.name.label("compound_name"),
        named.label("building_name"),
        Organization.name.label("organization_name"),
        _last(ComplaintEvent.created_at).label("updated_at"),
        ClientReport.foreign_id,
        ClientReport.lat,
        ClientReport.long,
        _only(own, Complaint.text).label("text"),
        _only(own, Complaint.place_note).label("place_note"),
        _only(own, _answer()).label("answer"),
    )
    rows: Select[Any] = (
        select(*columns)
        .outerjoin(_LEAD, _within(_LEAD, Complaint.merged_into_id))
        .outerjoin(Compound, _within(Compound, Complaint.compound_id))
        .outerjoin(Building, _within(Building, Complaint.building_id))
        .outerjoin(Organization, _within(Organization, Complaint.organization_id))
        .outerjoin(ClientReport, _of_complaint(ClientReport, ClientReport.complaint_id))
        .where(Complaint.community_id == community_id)
    )
    return rows.where(own) if extent.own_only and own is not None else rows


def _only(own: Any, column: Any) -> Any:
    return null() if own is None else case((own, column), else_=null())


def _within(model: Any, column: Any) -> Any:
    return and_(model.community_id == Complaint.community_id, model.id == column)


def _of_complaint(model: Any, column: Any) -> Any:
    return and_(model.community_id == Complaint.community_id, column == Complaint.id)


def _last(column: Any) -> Any:
    return (
        select(func.max(column))
        .where(
            ComplaintEvent.community_id == Complaint.community_id,
            ComplaintEvent.complaint_id == _GOES_ON_AS,
            ComplaintEvent.visible_to_resident,
        )
        .correlate(Complaint)
        .scalar_subquery()
    )


def _answer() -> Any:
    return (
        select(ComplaintEvent.text)
        .where(
            ComplaintEvent.community_id == Complaint.community_id,
            ComplaintEvent.complaint_id == Complaint.id,
            ComplaintEvent.visible_to_resident,
            ComplaintEvent.party.in_([Party.COMPANY.value, Party.OFFICE.value]),
            ComplaintEvent.text != "",
        )
        .order_by(ComplaintEvent.created_at.desc(), ComplaintEvent.id.desc())
        .limit(1)
        .correlate(Complaint)
        .scalar_subquery()
    )
