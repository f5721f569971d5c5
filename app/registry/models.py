"""Compounds, buildings, stairwells, units, owners and their shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.registry.rules import (
    AreaSource,
    ClaimState,
    ImportState,
    OwnerKind,
    Relation,
    SaleState,
    UnitKind,
)


class Compound(TenantModel):
    """小区(物业管理区域): one property management area with its own owners' assembly."""

    __tablename__ = "compound"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default=text("''"))
    residential: Mapped[bool] = mapped_column(server_default=text("true"))
    old: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Building(TenantModel):
    """楼栋."""

    __tablename__ = "building"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        UniqueConstraint("community_id", "compound_id", "name"),
        Index("ix_building_sort", "community_id", "compound_id", "sort_key", "id"),
    )

    compound_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text)
    floors: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Stairwell(TenantModel):
    """单元(楼道)."""

    __tablename__ = "stairwell"
    __table_args__ = (
        tenant_reference("building_id", "building"),
        UniqueConstraint("community_id", "building_id", "name"),
    )

    building_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))


class PropertyUnit(TenantModel):
    """专有部分: dwelling, shop, registered parking space. Area in 0.01 m²."""

    __tablename__ = "property_unit"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        tenant_reference("building_id", "building"),
        tenant_reference("stairwell_id", "stairwell"),
        UniqueConstraint(
            "community_id",
            "building_id",
            "stairwell_id",
            "room",
            name="uq_property_unit_room",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("area_centi > 0", name="area_positive"),
        one_of("kind", UnitKind),
        one_of("area_source", AreaSource),
        one_of("sale_state", SaleState),
        Index("ix_property_unit_compound", "community_id", "compound_id", "sort_key", "id"),
        Index("ix_property_unit_label", "community_id", "compound_id", "label"),
        Index("ix_property_unit_sort", "community_id", "sort_key", "id"),
        Index("ix_property_unit_stairwell", "community_id", "stairwell_id"),
    )

    compound_id: Mapped[UUID]
    building_id: Mapped[UUID]
    stairwell_id: Mapped[UUID | None]
    room: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text)
    floor: Mapped[int | None]
    kind: Mapped[str] = mapped_column(Text)
    area_centi: Mapped[int] = mapped_column(BigInteger)
    area_source: Mapped[str] = mapped_column(Text, server_default=text("'register'"))
    sale_state: Mapped[str] = mapped_column(Text, server_default=text("'delivered'"))
    vacant: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Owner(TenantModel):
    """业主: natural or legal person. The ID number is encrypted; its blind index finds equals."""

    __tablename__ = "owner"
    __table_args__ = (
        one_of("kind", OwnerKind),
        Index("ix_owner_name", "community_id", "name"),
        Index("ix_owner_phone", "community_id", "phone"),
        Index("ix_owner_pinyin", "community_id", "pinyin", "id"),
        Index("ix_owner_account", "community_id", "account_id"),
        Index(
            "ix_owner_identity",
            "community_id",
            "identity_index",
            unique=True,
            postgresql_where=text("identity_index IS NOT NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    identity_encrypted: Mapped[str | None] = mapped_column(Text)
    identity_index: Mapped[str | None] = mapped_column(Text)
    identity_masked: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Ownership(TenantModel):
    """共有份额: an owner's share of a unit. `ended_at` is set when it passes to somebody else."""

    __tablename__ = "ownership"
    __table_args__ = (
        tenant_reference("unit_id", "property_unit"),
        tenant_reference("owner_id", "owner"),
        CheckConstraint(
            "share_numerator > 0 AND share_numerator <= share_denominator", name="share_proper"
        ),
        Index(
            "uq_ownership_current",
            "community_id",
            "unit_id",
            "owner_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_ownership_owner", "community_id", "owner_id"),
    )

    unit_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    share_numerator: Mapped[int] = mapped_column(server_default=text("1"))
    share_denominator: Mapped[int] = mapped_column(server_default=text("1"))
    ended_at: Mapped[datetime | None]


class UnitClaim(TenantModel):
    """A resident's claim to a unit; approved, it says who lives or owns where."""

    __tablename__ = "unit_claim"
    __table_args__ = (
        tenant_reference("unit_id", "property_unit"),
        tenant_reference("owner_id", "owner"),
        one_of("relation", Relation),
        one_of("state", ClaimState),
        Index(
            "uq_unit_claim_open",
            "community_id",
            "account_id",
            "unit_id",
            unique=True,
            postgresql_where=text("state IN ('pending', 'approved')"),
        ),
        Index("ix_unit_claim_state", "community_id", "state", "id"),
        Index("ix_unit_claim_unit", "community_id", "unit_id"),
    )

    account_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    owner_id: Mapped[UUID | None]
    relation: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    matched: Mapped[bool] = mapped_column(server_default=text("false"))
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)


class RegisterImport(TenantModel):
    """An uploaded owner register and what became of it."""

    __tablename__ = "register_import"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        one_of("state", ImportState),
        Index("ix_register_import_compound", "community_id", "compound_id", "id"),
    )

    compound_id: Mapped[UUID]
    file_id: Mapped[UUID]
    file_name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[UUID]
    row_count: Mapped[int | None]
    error_count: Mapped[int] = mapped_column(server_default=text("0"))
    summary: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    finished_at: Mapped[datetime | None]


class ImportFault(TenantModel):
    """What is wrong in one cell of an uploaded register."""

    __tablename__ = "import_fault"
    __table_args__ = (
        tenant_reference("import_id", "register_import"),
        Index("ix_import_fault_line", "community_id", "import_id", "line", "id"),
    )

    import_id: Mapped[UUID]
    line: Mapped[int]
    column_title: Mapped[str] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)
