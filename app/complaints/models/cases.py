"""Complaints and their time lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules.deadlines import Level, Responsible, Urgency
from app.complaints.rules.states import STOPPED, Ground, Happening, Party, Rating, State
from app.core.db import TenantModel, one_of, tenant_reference

_STOPPED = ", ".join(f"'{state.value}'" for state in sorted(STOPPED))


class Complaint(TenantModel):
    """诉求: what a resident reported, where it stands and whose turn it is.

    `promised_at` is what the resident was told; `due_at` is the running step's deadline;
    `escalate_at` is when the next level is told that the step is late.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        tenant_reference("building_id", "building"),
        tenant_reference("stairwell_id", "stairwell"),
        tenant_reference("unit_id", "property_unit"),
        tenant_reference("organization_id", "organization"),
        UniqueConstraint("community_id", "short_code"),
        UniqueConstraint("community_id", "reporter_id", "once_key"),
        one_of("state", State),
        one_of("urgency", Urgency),
        one_of("responsible", Responsible),
        one_of("ground", Ground),
        one_of("rating", Rating),
        CheckConstraint(
            f"(due_at IS NULL) = (state IN ({_STOPPED}))", name="clock_runs_while_somebody_acts"
        ),
        CheckConstraint(
            f"escalation_level BETWEEN {Level.STAFF.value} AND {Level.STREET.value}",
            name="escalation_level_known",
        ),
        Index(
            "ix_complaint_clock",
            "community_id",
            "due_at",
            "id",
            postgresql_where=sql("due_at IS NOT NULL"),
        ),
        Index("ix_complaint_state", "community_id", "state", "id"),
        Index(
            "ix_complaint_open",
            "community_id",
            "compound_id",
            "id",
            postgresql_where=sql("closed_at IS NULL"),
        ),
        Index("ix_complaint_reporter", "community_id", "reporter_id", "id"),
        Index(
            "ix_complaint_escalate_at",
            "escalate_at",
            postgresql_where=sql("escalate_at IS NOT NULL"),
        ),
    )

    short_code: Mapped[str] = mapped_column(Text)
    once_key: Mapped[UUID]
    reporter_id: Mapped[UUID]
    anonymous: Mapped[bool] = mapped_column(server_default=sql("false"))
    catalogue_version: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    compound_id: Mapped[UUID | None]
    building_id: Mapped[UUID | None]
    stairwell_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    place_name: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    unit_label: Mapped[str | None] = mapped_column(Text)
    place_note: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    state: Mapped[str] = mapped_column(Text)
    organization_id: Mapped[UUID | None]
    assignee_id: Mapped[UUID | None]
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    escalate_at: Mapped[datetime | None]
    escalation_level: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    signed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ground: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[str | None] = mapped_column(Text)
    reopened_count: Mapped[int] = mapped_column(server_default=sql("0"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))


class ComplaintEvent(TenantModel):
    """One thing that happened to a complaint; never changed or removed.

    `due_at` is the deadline that ran from then on, so that the clock's history stays.
    """

    __tablename__ = "complaint_event"
    __table_args__ = (
        tenant_reference("complaint_id", "complaint"),
        tenant_reference("organization_id", "organization"),
        one_of("kind", Happening),
        one_of("party", Party),
        one_of("to_state", State),
        Index("ix_complaint_event_complaint", "community_id", "complaint_id", "id"),
    )

    complaint_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    party: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    to_state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    visible_to_resident: Mapped[bool] = mapped_column(server_default=sql("true"))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
