"""Regions (行政区划) and communities (社区, the tenants)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.communities.rules import RegionLevel
from app.core.db import Model
from app.kit.ids import new_id

LEVELS = ", ".join(f"'{level.value}'" for level in RegionLevel)


class Region(Model):
    """A division above the community: province, city, district, street."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(f"level IN ({LEVELS})", name="level_known"),
        Index("ix_region_path", "path", postgresql_ops={"path": "text_pattern_ops"}, unique=True),
        Index("ix_region_parent_code", "parent_code"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    level: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)


class Department(Model):
    """A department (部门) of a street or district that communities call, e.g. 城管执法中队.

    Its name is public; only the scope of its own region, or of one above, may change it.
    """

    __tablename__ = "department"
    __table_args__ = (
        Index(
            "uq_department_region_code_name",
            "region_code",
            "name",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    region_path: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]


class Community(Model):
    """One residents' committee area (社区居民委员会辖区): the tenant."""

    __tablename__ = "community"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{12}$' OR id = 0", name="code_has_12_digits"),
        Index(
            "ix_community_region_path",
            "region_path",
            postgresql_ops={"region_path": "text_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(start=1), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    region_path: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CommunitySettings(Model):
    """What a community decided differently from the defaults."""

    __tablename__ = "community_settings"

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), primary_key=True)
    choices: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
