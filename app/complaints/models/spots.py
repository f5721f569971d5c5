"""Where exactly something is, and who else it troubles."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules.places import PLAN_SCALE
from app.core.db import TenantModel, tenant_reference

_ON_PLAN = f"plan_x BETWEEN 0 AND {PLAN_SCALE} AND plan_y BETWEEN 0 AND {PLAN_SCALE}"


class CommonPlace(TenantModel):
    """公共地方: a place of a compound that residents can choose by its name, kept by staff.

    `plan_x`, `plan_y`: where it is on the compound's plan, in thousandths of its width and height.
    """

    __tablename__ = "common_place"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        UniqueConstraint("community_id", "compound_id", "name"),
        CheckConstraint("(plan_x IS NULL) = (plan_y IS NULL)", name="both_on_plan"),
        CheckConstraint(_ON_PLAN, name="on_plan"),
    )

    compound_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text)
    plan_x: Mapped[int | None] = mapped_column(SmallInteger)
    plan_y: Mapped[int | None] = mapped_column(SmallInteger)
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=sql("1"))


class ComplaintSpot(TenantModel):
    """The common place a complaint is about, and the point tapped on the compound's plan."""

    __tablename__ = "complaint_spot"
    __table_args__ = (
        tenant_reference("complaint_id", "complaint"),
        tenant_reference("common_place_id", "common_place"),
        tenant_reference("plan_file_id", "stored_file"),
        UniqueConstraint("community_id", "complaint_id"),
        CheckConstraint("num_nulls(plan_file_id, plan_x, plan_y) IN (0, 3)", name="point_or_none"),
        CheckConstraint(_ON_PLAN, name="on_plan"),
        Index("ix_complaint_spot_place", "community_id", "common_place_id"),
    )

    complaint_id: Mapped[UUID]
    common_place_id: Mapped[UUID | None]
    plan_file_id: Mapped[UUID | None]
    plan_x: Mapped[int | None] = mapped_column(SmallInteger)
    plan_y: Mapped[int | None] = mapped_column(SmallInteger)


class ComplaintFollower(TenantModel):
    """我也遇到: somebody who met with the same and is kept informed. The company never sees who."""

    __tablename__ = "complaint_follower"
    __table_args__ = (
        tenant_reference("complaint_id", "complaint"),
        UniqueConstraint("community_id", "complaint_id", "account_id"),
        Index("ix_complaint_follower_account", "community_id", "account_id", "complaint_id"),
    )

    complaint_id: Mapped[UUID]
    account_id: Mapped[UUID]
