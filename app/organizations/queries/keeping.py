"""Reading organizations, their members and contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from app.communities.models import CommunitySettings
from app.communities.rules import Settings
from app.core.db import db
from app.organizations.models import Organization, OrganizationMember, ServiceContract
from app.organizations.rules import OrganizationKind
from app.registry.models import Compound, PropertyUnit
from app.registry.rules import UnitKind


def settings_of(community_id: int) -> Settings:
    """The community's choices over the defaults."""
    choices = db.session.scalar(
        select(CommunitySettings.choices).where(CommunitySettings.community_id == community_id)
    )
    return Settings.from_choices(choices or {})


def organizations(community_id: int, kind: OrganizationKind | None = None) -> Sequence[Any]:
    """Organizations with their compound and number of seated members, in Chinese order.

    Columns: those of Organization as `Organization`, compound_name, members, party_members.
    """
    seated = _seated_counts(community_id)
    wanted = (
        select(
            Organization,
            Compound.name.label("compound_name"),
            func.coalesce(seated.c.members, 0).label("members"),
            func.coalesce(seated.c.party_members, 0).label("party_members"),
        )
        .outerjoin(
            Compound,
            (Compound.community_id == Organization.community_id)
            & (Compound.id == Organization.compound_id),
        )
        .outerjoin(seated, seated.c.organization_id == Organization.id)
        .where(Organization.community_id == community_id)
        .order_by(Organization.closed_on.is_not(None), Organization.pinyin, Organization.id)
    )
    if kind is not None:
        wanted = wanted.where(Organization.kind == kind)
    return db.session.execute(wanted).all()


def kind_counts(community_id: int) -> Mapping[str, int]:
    """How many organizations of each kind are open."""
    rows = db.session.execute(
        select(Organization.kind, func.count())
        .where(Organization.community_id == community_id, Organization.closed_on.is_(None))
        .group_by(Organization.kind)
    ).all()
    return {kind: count for kind, count in rows}  # noqa: C416 - rows are not pairs to the type checker


def organization(community_id: int, organization_id: UUID) -> Organization | None:
    """One organization."""
    return db.session.get(Organization, (community_id, organization_id))


def organization_named(community_id: int, kind: OrganizationKind, name: str) -> Organization | None:
    """The organization of this kind and name."""
    return db.session.scalar(
        select(Organization).where(
            Organization.community_id == community_id,
            Organization.kind == kind,
            Organization.name == name,
        )
    )


def members(community_id: int, organization_id: UUID) -> Sequence[OrganizationMember]:
    """Everyone who is or was seated, present members first, alternates after them."""
    return db.session.scalars(
        select(OrganizationMember)
        .where(
            OrganizationMember.community_id == community_id,
            OrganizationMember.organization_id == organization_id,
        )
        .order_by(
            OrganizationMember.relieved_at.is_not(None),
            OrganizationMember.alternate,
            OrganizationMember.id,
        )
    ).all()


def member(community_id: int, member_id: UUID) -> OrganizationMember | None:
    """One member."""
    return db.session.get(OrganizationMember, (community_id, member_id))


def seated_count(community_id: int, organization_id: UUID) -> int:
    """How many members are seated now; alternates (候补委员) have no seat."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(OrganizationMember)
            .where(
                OrganizationMember.community_id == community_id,
                OrganizationMember.organization_id == organization_id,
                OrganizationMember.relieved_at.is_(None),
                OrganizationMember.alternate.is_(False),
            )
        )
        or 0
    )


def hold_organization(community_id: int, organization_id: UUID) -> Organization | None:
    """One organization, kept from concurrent changes until the transaction ends."""
    return db.session.scalar(
        select(Organization)
        .where(Organization.community_id == community_id, Organization.id == organization_id)
        .with_for_update()
    )


def contracts(
    community_id: int, *, company_id: UUID | None = None, compound_id: UUID | None = None
) -> Sequence[Any]:
    """Contracts with names, newest first.

    Columns: ServiceContract, compound_name, company_name.
    """
    wanted = (
        select(
            ServiceContract,
            Compound.name.label("compound_name"),
            Organization.name.label("company_name"),
        )
        .join(
            Compound,
            (Compound.community_id == ServiceContract.community_id)
            & (Compound.id == ServiceContract.compound_id),
        )
        .outerjoin(
            Organization,
            (Organization.community_id == ServiceContract.community_id)
            & (Organization.id == ServiceContract.company_id),
        )
        .where(ServiceContract.community_id == community_id)
        .order_by(
            ServiceContract.ended_on.is_not(None),
            ServiceContract.starts_on.desc(),
            ServiceContract.id,
        )
    )
    if company_id is not None:
        wanted = wanted.where(ServiceContract.company_id == company_id)
    if compound_id is not None:
        wanted = wanted.where(ServiceContract.compound_id == compound_id)
    return db.session.execute(wanted).all()


def contract(community_id: int, contract_id: UUID) -> ServiceContract | None:
    """One contract."""
    return db.session.get(ServiceContract, (community_id, contract_id))


def compounds_served(
    community_id: int, company_ids: Iterable[UUID], today: date
) -> frozenset[UUID]:
    """The compounds these companies serve today."""
    return frozenset(
        db.session.scalars(
            select(ServiceContract.compound_id).where(
                ServiceContract.community_id == community_id,
                ServiceContract.company_id.in_(list(company_ids)),
                ServiceContract.starts_on <= today,
                or_(ServiceContract.ends_on.is_(None), ServiceContract.ends_on >= today),
                or_(ServiceContract.ended_on.is_(None), ServiceContract.ended_on >= today),
            )
        ).all()
    )


def households(community_id: int, compound_id: UUID) -> int:
    """Dwellings of a compound."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(PropertyUnit)
            .where(
                PropertyUnit.community_id == community_id,
                PropertyUnit.compound_id == compound_id,
                PropertyUnit.kind == UnitKind.DWELLING,
            )
        )
        or 0
    )


def change_organization(
    community_id: int, organization_id: UUID, version: int, **values: Any
) -> bool:
    """Write a new version; False when somebody else was faster."""
    return _change(Organization, community_id, organization_id, version, values)


def change_member(community_id: int, member_id: UUID, version: int, **values: Any) -> bool:
    """Write a new version; False when somebody else was faster."""
    return _change(OrganizationMember, community_id, member_id, version, values)


def change_contract(community_id: int, contract_id: UUID, version: int, **values: Any) -> bool:
    """Write a new version; False when somebody else was faster."""
    return _change(ServiceContract, community_id, contract_id, version, values)


def _change(
    table: Any, community_id: int, row_id: UUID, version: int, values: dict[str, Any]
) -> bool:
    changed: Any = db.session.execute(
        update(table)
        .where(table.community_id == community_id, table.id == row_id, table.version == version)
        .values(version=version + 1, **values)
    )
    return bool(changed.rowcount)


def _seated_counts(community_id: int) -> Any:
    return (
        select(
            OrganizationMember.organization_id,
            func.count().label("members"),
            func.count().filter(OrganizationMember.party_member).label("party_members"),
        )
        .where(
            OrganizationMember.community_id == community_id,
            OrganizationMember.relieved_at.is_(None),
            OrganizationMember.alternate.is_(False),
        )
        .group_by(OrganizationMember.organization_id)
        .subquery("seated")
    )
