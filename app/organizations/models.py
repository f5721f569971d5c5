"""Organizations, their members with posts and terms, and service contracts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.organizations.rules import OrganizationKind, PartyWork, ServiceMode


class Organization(TenantModel):
    """党组织、物业企业、业主委员会…: one table, since memberships and contracts point at any."""

    __tablename__ = "organization"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        UniqueConstraint("community_id", "kind", "name"),
        one_of("kind", OrganizationKind),
        one_of("party_work", PartyWork),
        CheckConstraint("term_ends IS NULL OR term_starts < term_ends", name="term_in_order"),
        CheckConstraint("party_member_count >= 0", name="party_members_not_negative"),
    )

    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    credit_code: Mapped[str | None] = mapped_column(Text)
    compound_id: Mapped[UUID | None]
    party_work: Mapped[str | None] = mapped_column(Text)
    party_member_count: Mapped[int] = mapped_column(server_default=text("0"))
    filed_on: Mapped[date | None]
    term_starts: Mapped[date | None]
    term_ends: Mapped[date | None]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class OrganizationMember(TenantModel):
    """A person in a post (职务) of an organization, for a term (任期).

    An alternate (候补委员) has no seat yet. `elected_in` is the matter they were elected by.
    """

    __tablename__ = "organization_member"
    __table_args__ = (
        tenant_reference("organization_id", "organization"),
        Index("ix_organization_member_organization", "community_id", "organization_id"),
        Index(
            "ix_organization_member_elected_in",
            "community_id",
            "elected_in",
            postgresql_where=text("elected_in IS NOT NULL"),
        ),
        CheckConstraint("term_ends IS NULL OR term_starts < term_ends", name="term_in_order"),
    )

    organization_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    post: Mapped[str] = mapped_column(Text)
    party_member: Mapped[bool] = mapped_column(server_default=text("false"))
    alternate: Mapped[bool] = mapped_column(server_default=text("false"))
    term_starts: Mapped[date | None]
    term_ends: Mapped[date | None]
    relieved_at: Mapped[datetime | None]
    elected_in: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class TermWarning(TenantModel):
    """That those responsible were told that this term ends. One row a term, never changed."""

    __tablename__ = "term_warning"
    __table_args__ = (
        tenant_reference("organization_id", "organization"),
        UniqueConstraint("community_id", "organization_id", "term_ends"),
    )

    organization_id: Mapped[UUID]
    term_ends: Mapped[date]


class ServiceContract(TenantModel):
    """物业服务合同: who serves a compound, how, and whether it is filed (备案)."""

    __tablename__ = "service_contract"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        tenant_reference("company_id", "organization"),
        one_of("mode", ServiceMode),
        CheckConstraint("ends_on IS NULL OR starts_on < ends_on", name="period_in_order"),
        Index("ix_service_contract_compound", "community_id", "compound_id"),
    )

    compound_id: Mapped[UUID]
    company_id: Mapped[UUID | None]
    mode: Mapped[str] = mapped_column(Text)
    signed_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
