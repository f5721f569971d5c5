"""Reading and renewing committees: elections and terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from app.communities.models import Community
from app.core.db import db
from app.kit.ids import new_id
from app.organizations.models import Organization, OrganizationMember, TermWarning
from app.organizations.rules import COMMITTEES, OrganizationKind


def committee_of(community_id: int, compound_id: UUID) -> Organization | None:
    """The owners' committee of a compound that is not closed, locked."""
    return db.session.scalars(
        select(Organization)
        .where(
            Organization.community_id == community_id,
            Organization.compound_id == compound_id,
            Organization.kind == OrganizationKind.OWNERS_COMMITTEE,
            Organization.closed_on.is_(None),
        )
        .order_by(Organization.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def elected_in(community_id: int, election_id: UUID) -> UUID | None:
    """The committee that this election was written into."""
    return db.session.scalar(
        select(OrganizationMember.organization_id)
        .where(
            OrganizationMember.community_id == community_id,
            OrganizationMember.elected_in == election_id,
        )
        .limit(1)
    )


def relieve_seated(community_id: int, organization_id: UUID, at: datetime) -> None:
    """Everybody seated leaves at this moment; their rows stay."""
    db.session.execute(
        update(OrganizationMember)
        .where(
            OrganizationMember.community_id == community_id,
            OrganizationMember.organization_id == organization_id,
            OrganizationMember.relieved_at.is_(None),
        )
        .values(relieved_at=at, version=OrganizationMember.version + 1)
    )


def member_accounts(community_id: int, organization_id: UUID) -> Sequence[UUID]:
    """Accounts of the seated members, as far as they have one."""
    rows: Sequence[Any] = db.session.scalars(
        select(OrganizationMember.account_id).where(
            OrganizationMember.community_id == community_id,
            OrganizationMember.organization_id == organization_id,
            OrganizationMember.relieved_at.is_(None),
            OrganizationMember.account_id.is_not(None),
        )
    ).all()
    return rows


def unwarned_committees(connection: Connection, reach: date) -> Sequence[Row[int, UUID]]:
    """Committees whose term ends by `reach` and was not warned of (sweep role)."""
    told = (
        select(TermWarning.organization_id)
        .where(
            TermWarning.community_id == Organization.community_id,
            TermWarning.organization_id == Organization.id,
            TermWarning.term_ends == Organization.term_ends,
        )
        .exists()
    )
    return connection.execute(
        select(Organization.community_id, Organization.id).where(
            Organization.kind.in_(sorted(COMMITTEES)),
            Organization.closed_on.is_(None),
            Organization.term_ends <= reach,
            ~told,
        )
    ).all()


def add_term_warning(community_id: int, organization_id: UUID, term_ends: date) -> bool:
    """Note that a term was warned of; False when it had been."""
    added = db.session.execute(
        insert(TermWarning)
        .values(
            community_id=community_id,
            id=new_id(),
            organization_id=organization_id,
            term_ends=term_ends,
        )
        .on_conflict_do_nothing()
        .returning(TermWarning.id)
    )
    return added.one_or_none() is not None


def code_of(community_id: int) -> str:
    """The community's code in addresses."""
    return db.session.execute(
        select(Community.code).where(Community.id == community_id)
    ).scalar_one()
