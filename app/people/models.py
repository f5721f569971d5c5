"""Accounts, their sessions and memberships. These tables stand above the communities."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access.roles import Role
from app.core.db import Model
from app.kit.ids import new_id

ROLES = ", ".join(f"'{role.value}'" for role in Role)


class Account(Model):
    """A person who can sign in, known by a mobile number."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    phone: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_enrolled_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    failed_attempts: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None]
    second_factor_failures: Mapped[int] = mapped_column(server_default=text("0"))
    second_factor_locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LoginSession(Model):
    """One signed-in device. Only a digest of its token is kept."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_account_id", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    device: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Membership(Model):
    """A role an account holds in a community (perhaps narrowed), over a region or the platform."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role_known"),
        CheckConstraint(
            "(community_id IS NULL OR region_path IS NULL)"
            " AND (community_id IS NOT NULL OR (organization_id IS NULL AND compound_id IS NULL"
            " AND building_id IS NULL AND stairwell_id IS NULL))"
            " AND (community_id IS NOT NULL OR region_path IS NOT NULL"
            " OR role = 'platform_operator')",
            name="one_place",
        ),
        CheckConstraint(
            "(role = 'department_member') = (department_id IS NOT NULL)"
            " AND (department_id IS NULL OR region_path IS NOT NULL)",
            name="department_of_a_region",
        ),
        ForeignKeyConstraint(
            ["community_id", "organization_id"], ["organization.community_id", "organization.id"]
        ),
        ForeignKeyConstraint(
            ["community_id", "compound_id"], ["compound.community_id", "compound.id"]
        ),
        ForeignKeyConstraint(
            ["community_id", "building_id"], ["building.community_id", "building.id"]
        ),
        ForeignKeyConstraint(
            ["community_id", "stairwell_id"], ["stairwell.community_id", "stairwell.id"]
        ),
        Index("ix_membership_account_id", "account_id", postgresql_where=text("ended_at IS NULL")),
        Index(
            "ix_membership_community_id_role",
            "community_id",
            "role",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_membership_department_id",
            "department_id",
            postgresql_where=text("ended_at IS NULL AND department_id IS NOT NULL"),
        ),
        Index(
            "uq_membership_live",
            "account_id",
            "role",
            "community_id",
            "region_path",
            "organization_id",
            "compound_id",
            "building_id",
            "stairwell_id",
            "department_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(Text)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    region_path: Mapped[str | None] = mapped_column(Text)
    organization_id: Mapped[UUID | None]
    compound_id: Mapped[UUID | None]
    building_id: Mapped[UUID | None]
    stairwell_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    granted_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class SmsCode(Model):
    """A one-time code sent to a phone; only its digest is kept."""

    __tablename__ = "sms_code"
    __table_args__ = (Index("ix_sms_code_phone", "phone", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    phone: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    code_digest: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
