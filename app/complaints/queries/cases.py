"""One complaint with all that stands on its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, exists, not_, select
from sqlalchemy.orm import aliased

from app.communities.models import Community, CommunitySettings
from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.rules.states import WORK, Happening, Party
from app.core.db import db
from app.core.files.models import Condition, StoredFile
from app.organizations.models import Organization
from app.organizations.rules import OrganizationKind
from app.people.models import Account

EVENT_PHOTO = "complaint_event"


def own_complaint(community_id: int, complaint_id: UUID, reporter_id: UUID) -> Any:
    """The complaint with the name of who is responsible, if this person filed it."""
    return _one(community_id, Complaint.id == complaint_id, Complaint.reporter_id == reporter_id)


def ticket(
    community_id: int, complaint_id: UUID, *, office: bool, companies: frozenset[UUID]
) -> Any:
    """The complaint with the name of who is responsible, if it lies on this desk."""
    desk = () if office else (Complaint.organization_id.in_(list(companies)),)
    return _one(community_id, Complaint.id == complaint_id, *desk)


def _one(community_id: int, *conditions: Any) -> Any:
    return db.session.execute(
        select(Complaint, Organization.name.label("organization_name"))
        .outerjoin(
            Organization,
            and_(
                Organization.community_id == Complaint.community_id,
                Organization.id == Complaint.organization_id,
            ),
        )
        .where(Complaint.community_id == community_id, *conditions)
    ).one_or_none()


def locked(community_id: int, complaint_id: UUID) -> Complaint | None:
    """The complaint, to be changed in this transaction."""
    return db.session.scalar(
        select(Complaint)
        .where(Complaint.community_id == community_id, Complaint.id == complaint_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def present(community_id: int, complaint_id: UUID) -> Complaint:
    """A complaint that must exist."""
    return db.session.get_one(Complaint, (community_id, complaint_id))


def locked_by_code(community_id: int, code: str) -> Complaint | None:
    """The complaint with this code, to be changed in this transaction."""
    return db.session.scalar(
        select(Complaint)
        .where(Complaint.community_id == community_id, Complaint.short_code == code)
        .with_for_update()
    )


def has_worked(community_id: int, complaint_id: UUID, account_id: UUID) -> bool:
    """Whether this person has acted on the case: such a person cannot verify it."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    ComplaintEvent.community_id == community_id,
                    ComplaintEvent.complaint_id == complaint_id,
                    ComplaintEvent.actor_id == account_id,
                    ComplaintEvent.kind.in_([action.value for action in WORK]),
                )
            )
        )
    )


def around(community_id: int, complaint_id: UUID) -> Any:
    """Names around a case: assignee_name, returned_by_name, lead_id and lead_code."""
    lead = aliased(Complaint)
    return db.session.execute(
        select(
            Account.name.label("assignee_name"),
            Organization.name.label("returned_by_name"),
            lead.id.label("lead_id"),
            lead.short_code.label("lead_code"),
        )
        .select_from(Complaint)
        .outerjoin(Account, Account.id == Complaint.assignee_id)
        .outerjoin(
            Organization,
            and_(
                Organization.community_id == Complaint.community_id,
                Organization.id == Complaint.returned_by_id,
            ),
        )
        .outerjoin(
            lead,
            and_(
                lead.community_id == Complaint.community_id,
                lead.id == Complaint.merged_into_id,
            ),
        )
        .where(Complaint.community_id == community_id, Complaint.id == complaint_id)
    ).one()


def codes_of(
    community_id: int, ids: Sequence[UUID], companies: frozenset[UUID] | None
) -> dict[UUID, str]:
    """The codes of those of these cases that lie on the desk. `companies` None: every case."""
    wanted = select(Complaint.id, Complaint.short_code).where(
        Complaint.community_id == community_id, Complaint.id.in_(ids)
    )
    if companies is not None:
        wanted = wanted.where(Complaint.organization_id.in_(list(companies)))
    return {row.id: row.short_code for row in db.session.execute(wanted)}


def followers_of(community_id: int, complaint_id: UUID) -> Sequence[Any]:
    """Cases merged into this one: id, short_code, reporter_id, oldest first."""
    return db.session.execute(
        select(Complaint.id, Complaint.short_code, Complaint.reporter_id)
        .where(Complaint.community_id == community_id, Complaint.merged_into_id == complaint_id)
        .order_by(Complaint.id)
    ).all()


def events_of(
    community_id: int,
    complaint_id: UUID,
    *,
    for_resident: bool,
    hide_reporter: bool,
    office: bool = False,
) -> Sequence[Any]:
    """The time line, oldest first. A hidden reporter's name never leaves the database.

    Notes of the office stay in the office.
    """
    name: Any = Account.name
    if hide_reporter:
        name = case((ComplaintEvent.party == Party.REPORTER, None), else_=Account.name)
    wanted = (
        select(
            ComplaintEvent.id,
            ComplaintEvent.created_at,
            ComplaintEvent.kind,
            ComplaintEvent.party,
            ComplaintEvent.text,
            ComplaintEvent.to_state,
            ComplaintEvent.due_at,
            ComplaintEvent.details,
            ComplaintEvent.visible_to_resident,
            Organization.name.label("organization_name"),
            name.label("actor_name"),
        )
        .outerjoin(
            Organization,
            and_(
                Organization.community_id == ComplaintEvent.community_id,
                Organization.id == ComplaintEvent.organization_id,
            ),
        )
        .outerjoin(Account, Account.id == ComplaintEvent.actor_id)
        .where(
            ComplaintEvent.community_id == community_id,
            ComplaintEvent.complaint_id == complaint_id,
        )
        .order_by(ComplaintEvent.created_at, ComplaintEvent.id)
    )
    if for_resident:
        wanted = wanted.where(ComplaintEvent.visible_to_resident)
    if not office:
        among_themselves = and_(
            ComplaintEvent.kind == Happening.NOTED, ComplaintEvent.party == Party.OFFICE
        )
        wanted = wanted.where(not_(among_themselves))
    return db.session.execute(wanted).all()


def photos_of(community_id: int, complaint_id: UUID) -> Sequence[Any]:
    """Photos and videos of a case: id, subject_id (the event) and its kind, mime, condition."""
    return db.session.execute(
        select(
            StoredFile.id,
            StoredFile.subject_id,
            StoredFile.mime,
            StoredFile.condition,
            ComplaintEvent.kind,
        )
        .join(
            ComplaintEvent,
            and_(
                ComplaintEvent.community_id == StoredFile.community_id,
                ComplaintEvent.id == StoredFile.subject_id,
            ),
        )
        .where(
            StoredFile.community_id == community_id,
            StoredFile.subject_kind == EVENT_PHOTO,
            ComplaintEvent.complaint_id == complaint_id,
        )
        .order_by(StoredFile.id)
    ).all()


def ready_photos_of(community_id: int, complaint_id: UUID) -> list[Any]:
    """Those of `photos_of` that can be looked at."""
    found = photos_of(community_id, complaint_id)
    return [row for row in found if row.condition == Condition.READY]


def sight_of_event(community_id: int, event_id: UUID) -> Any:
    """Who may look at an event: reporter_id, complaint_id, organization_id, kind, and so on."""
    return db.session.execute(
        select(
            Complaint.reporter_id,
            Complaint.id.label("complaint_id"),
            Complaint.organization_id,
            ComplaintEvent.kind,
            ComplaintEvent.visible_to_resident,
        )
        .join(
            ComplaintEvent,
            and_(
                ComplaintEvent.community_id == Complaint.community_id,
                ComplaintEvent.complaint_id == Complaint.id,
            ),
        )
        .where(ComplaintEvent.community_id == community_id, ComplaintEvent.id == event_id)
    ).one_or_none()


def contact_of(account_id: UUID) -> Any:
    """Name and phone of a reporter, for those who may know."""
    return db.session.execute(
        select(Account.name, Account.phone).where(Account.id == account_id)
    ).one_or_none()


def companies(community_id: int) -> Sequence[Any]:
    """Property companies a case can be given to: id, name."""
    return db.session.execute(
        select(Organization.id, Organization.name)
        .where(
            Organization.community_id == community_id,
            Organization.kind == OrganizationKind.PROPERTY_COMPANY,
            Organization.closed_on.is_(None),
        )
        .order_by(Organization.pinyin, Organization.id)
    ).all()


def news_of(community_id: int, event_id: UUID) -> Any:
    """What telling people about an event needs, in one statement."""
    return db.session.execute(
        select(
            Complaint,
            ComplaintEvent.kind,
            ComplaintEvent.actor_id,
            ComplaintEvent.details,
            ComplaintEvent.text.label("event_text"),
            Community.code.label("community_code"),
            Community.name.label("community_name"),
            Community.region_path,
        )
        .join(
            ComplaintEvent,
            and_(
                ComplaintEvent.community_id == Complaint.community_id,
                ComplaintEvent.complaint_id == Complaint.id,
            ),
        )
        .join(Community, Community.id == Complaint.community_id)
        .where(ComplaintEvent.community_id == community_id, ComplaintEvent.id == event_id)
    ).one_or_none()


def choices_of(community_id: int) -> dict[str, Any] | None:
    """What the community decided differently from the defaults."""
    return db.session.scalar(
        select(CommunitySettings.choices).where(CommunitySettings.community_id == community_id)
    )
