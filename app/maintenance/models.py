"""Facilities and the record of their upkeep."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.maintenance.rules import FacilityKind


class Facility(TenantModel):
    """设施: something of a compound with a cycle. The newest upkeep is kept on it for the lists."""

    __tablename__ = "facility"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        UniqueConstraint("community_id", "compound_id", "kind", "name"),
        one_of("kind", FacilityKind),
        CheckConstraint("cycle_days > 0", name="cycle_positive"),
        CheckConstraint(
            "(last_done_on IS NULL) = (next_due_on IS NULL)", name="done_and_due_together"
        ),
        Index("ix_facility_next_due_on", "community_id", "next_due_on"),
    )

    compound_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    cycle_days: Mapped[int | None]
    last_done_on: Mapped[date | None]
    next_due_on: Mapped[date | None]
    last_evidence_id: Mapped[UUID | None]
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class UpkeepRecord(TenantModel):
    """维护记录: what was done, when and by whom. Never changed; its photo is a stored file."""

    __tablename__ = "upkeep_record"
    __table_args__ = (
        tenant_reference("facility_id", "facility"),
        Index("ix_upkeep_record_facility", "community_id", "facility_id", "done_on"),
    )

    facility_id: Mapped[UUID]
    done_on: Mapped[date]
    done_by: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    next_due_on: Mapped[date]
    recorded_by: Mapped[UUID | None]
