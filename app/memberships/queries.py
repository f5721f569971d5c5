"""Reading who holds which role in a community, and what a role can be narrowed to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from app.core.access.roles import Role
from app.core.db import db
from app.memberships.rules import Narrowing
from app.organizations.models import Organization
from app.organizations.rules import COMPOUND_COMMITTEES, OrganizationKind
from app.people.models import Account, Membership
from app.registry.models import Building, Compound, Stairwell

PAGE = 50
MOST_PEOPLE = 200
"""More people than a department may have."""
_PLACE = func.concat_ws(" ", Organization.name, Compound.name, Building.name, Stairwell.name).label(
    "place"
)


def members(
    community_id: int,
    *,
    roles: Collection[Role],
    wanted: str = "",
    companies: Collection[UUID] | None = None,
    before: UUID | None = None,
) -> Sequence[Any]:
    """A page of live memberships, newest first.

    Columns: id, role, organization_id, created_at, account_id, name, phone, place.
    """
    query = (
        _with_places(
            select(
                Membership.id,
                Membership.role,
                Membership.organization_id,
                Membership.created_at,
                Account.id.label("account_id"),
                Account.name,
                Account.phone,
                _PLACE,
            ).join(Account, Account.id == Membership.account_id)
        )
        .where(
            Membership.community_id == community_id,
            Membership.ended_at.is_(None),
            Membership.role.in_(list(roles)),
        )
        .order_by(Membership.id.desc())
        .limit(PAGE + 1)
    )
    if wanted:
        query = query.where(
            or_(
                Account.name.contains(wanted, autoescape=True),
                Account.phone.endswith(wanted, autoescape=True),
            )
        )
    if companies is not None:
        query = query.where(Membership.organization_id.in_(list(companies)))
    if before is not None:
        query = query.where(Membership.id < before)
    return db.session.execute(query).all()


def member(community_id: int, membership_id: UUID) -> Membership | None:
    """One live membership."""
    return db.session.scalar(
        select(Membership).where(
            Membership.id == membership_id,
            Membership.community_id == community_id,
            Membership.ended_at.is_(None),
        )
    )


def role_counts(community_id: int, companies: Collection[UUID] | None) -> dict[Role, int]:
    """How many hold each role."""
    query = select(Membership.role, func.count()).where(
        Membership.community_id == community_id, Membership.ended_at.is_(None)
    )
    if companies is not None:
        query = query.where(Membership.organization_id.in_(list(companies)))
    rows = db.session.execute(query.group_by(Membership.role))
    return {Role(role): count for role, count in rows}


def choices(
    community_id: int, narrowing: Narrowing, companies: Collection[UUID] | None
) -> list[tuple[str, str]]:
    """What a role may be narrowed to, as (id, name), in Chinese order."""
    if narrowing is Narrowing.COMMUNITY:
        return []
    rows = db.session.execute(_CHOICES[narrowing].where(_community(narrowing) == community_id))
    return [(str(row.id), row.name) for row in rows if companies is None or row.id in companies]


def department_people(department_id: UUID) -> Sequence[Any]:
    """Who acts for a department now, newest first: id, account_id, name, phone, created_at.

    The scope must be the department's region.
    """
    return db.session.execute(
        select(
            Membership.id,
            Membership.created_at,
            Account.id.label("account_id"),
            Account.name,
            Account.phone,
        )
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.department_id == department_id,
            Membership.role == Role.DEPARTMENT_MEMBER,
            Membership.ended_at.is_(None),
        )
        .order_by(Membership.id.desc())
        .limit(MOST_PEOPLE)
    ).all()


def people_counts(department_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many act for each of these departments."""
    rows = db.session.execute(
        select(Membership.department_id, func.count())
        .where(Membership.department_id.in_(list(department_ids)), Membership.ended_at.is_(None))
        .group_by(Membership.department_id)
    )
    return {key: count for key, count in rows if key is not None}


def _community(narrowing: Narrowing) -> Any:
    tables: dict[Narrowing, Any] = {
        Narrowing.COMPOUND: Compound,
        Narrowing.BUILDING: Building,
        Narrowing.STAIRWELL: Stairwell,
    }
    return tables.get(narrowing, Organization).community_id


_BUILDINGS = (Building.community_id == Compound.community_id) & (
    Building.compound_id == Compound.id
)
_CHOICES: dict[Narrowing, Any] = {
    Narrowing.COMPOUND: select(Compound.id, Compound.name).order_by(Compound.pinyin),
    Narrowing.BUILDING: select(
        Building.id, func.concat(Compound.name, " ", Building.name).label("name")
    )
    .join(Compound, _BUILDINGS)
    .order_by(Compound.pinyin, Building.sort_key),
    Narrowing.STAIRWELL: select(
        Stairwell.id,
        func.concat(Compound.name, " ", Building.name, " ", Stairwell.name).label("name"),
    )
    .join(
        Building,
        (Building.community_id == Stairwell.community_id) & (Building.id == Stairwell.building_id),
    )
    .join(Compound, _BUILDINGS)
    .order_by(Compound.pinyin, Building.sort_key, Stairwell.sort_key),
    Narrowing.COMPANY: select(Organization.id, Organization.name)
    .where(Organization.kind == OrganizationKind.PROPERTY_COMPANY, Organization.closed_on.is_(None))
    .order_by(Organization.pinyin),
    Narrowing.COMMITTEE: select(Organization.id, Organization.name)
    .where(Organization.kind.in_(list(COMPOUND_COMMITTEES)), Organization.closed_on.is_(None))
    .order_by(Organization.pinyin),
}


def _with_places(query: Select[Any]) -> Select[Any]:
    for model, column in (
        (Organization, Membership.organization_id),
        (Compound, Membership.compound_id),
        (Building, Membership.building_id),
        (Stairwell, Membership.stairwell_id),
    ):
        query = query.outerjoin(
            model,
            (model.community_id == Membership.community_id) & (model.id == column),
        )
    return query
