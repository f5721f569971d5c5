"""Complaints and their time lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules.answers import Channel, Closing, Ground, Rating
from app.complaints.rules.deadlines import Level, Responsible, Urgency
from app.complaints.rules.states import RUNNING, STOPPED, VERIFYING, Happening, Party, State
from app.core.db import TenantModel, one_of, tenant_reference


def _listed(states: Iterable[State]) -> str:
    return ", ".join(f"'{state.value}'" for state in sorted(states))


_STOPPED = _listed(STOPPED)
_RUNNING = _listed(RUNNING)
_VERIFYING = _listed(VERIFYING)


class Complaint(TenantModel):
    """诉求: what a resident reported, where it stands and whose turn it is.

    `promised_at` is what the resident was told and counts from `promise_from`; `own_limit` is the
    category's own span where it has one (see rules.spans). `due_at` is the running step's
    deadline, which began at `step_from`; `escalate_at` is when the next level is told that the step
    is late; `wake_at` is when the case goes on by itself (a pause ends, a silence is over). Without
    an account, the reporter is known by `contact_name` and `contact_phone` alone.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        tenant_reference("building_id", "building"),
        tenant_reference("stairwell_id", "stairwell"),
        tenant_reference("unit_id", "property_unit"),
        tenant_reference("organization_id", "organization"),
        tenant_reference("returned_by_id", "organization"),
        tenant_reference("merged_into_id", "complaint"),
        tenant_reference("split_from_id", "complaint"),
        UniqueConstraint("community_id", "short_code"),
        UniqueConstraint("community_id", "reporter_id", "once_key"),
        one_of("state", State),
        one_of("urgency", Urgency),
        one_of("responsible", Responsible),
        one_of("ground", Ground),
        one_of("rating", Rating),
        one_of("closing", Closing),
        one_of("channel", Channel),
        CheckConstraint(
            "reporter_id IS NOT NULL OR contact_name IS NOT NULL", name="somebody_reported"
        ),
        CheckConstraint(
            "(merged_into_id IS NOT NULL) = (state = 'merged')", name="merged_into_another"
        ),
        CheckConstraint(
            "verdicts_content >= 0 AND verdicts_content <= verdicts_resolved"
            " AND verdicts_resolved <= verdicts",
            name="verdicts_fit",
        ),
        CheckConstraint(
            f"(due_at IS NULL) = (state IN ({_STOPPED}))", name="clock_runs_while_somebody_acts"
        ),
        CheckConstraint(
            f"escalation_level BETWEEN {Level.STAFF.value} AND {Level.STREET.value}",
            name="escalation_level_known",
        ),
        # The last columns are never searched by: filters are answered from the index, row by row.
        Index(
            "ix_complaint_clock",
            "community_id",
            "due_at",
            "id",
            "organization_id",
            postgresql_where=sql("due_at IS NOT NULL"),
        ),
        Index(
            "ix_complaint_running",
            "community_id",
            "due_at",
            "id",
            "state",
            "organization_id",
            "assignee_id",
            postgresql_where=sql(f"state IN ({_RUNNING})"),
        ),
        Index(
            "ix_complaint_verifying",
            "community_id",
            "id",
            "organization_id",
            postgresql_where=sql(f"state IN ({_VERIFYING})"),
        ),
        Index(
            "ix_complaint_open",
            "community_id",
            "compound_id",
            "id",
            "category",
            postgresql_where=sql("closed_at IS NULL"),
        ),
        # The board sums its rates from the index alone.
        Index(
            "ix_complaint_rates",
            "community_id",
            "compound_id",
            "id",
            postgresql_include=[
                "state",
                "contacted_at",
                "contact_due_at",
                "promised_at",
                "verdicts",
                "verdicts_resolved",
                "verdicts_content",
            ],
        ),
        Index("ix_complaint_organization", "community_id", "organization_id", "id"),
        Index("ix_complaint_safety", "community_id", "id", postgresql_where=sql("public_safety")),
        Index(
            "ix_complaint_reopened",
            "community_id",
            "id",
            postgresql_where=sql("reopened_count > 0"),
        ),
        Index(
            "ix_complaint_handed_in",
            "community_id",
            "id",
            postgresql_where=sql("entered_by_id IS NOT NULL"),
        ),
        Index(
            "ix_complaint_extension",
            "community_id",
            "id",
            postgresql_where=sql("extension_days IS NOT NULL"),
        ),
        Index(
            "ix_complaint_closed",
            "community_id",
            "closed_at",
            "id",
            postgresql_where=sql("closed_at IS NOT NULL"),
        ),
        Index("ix_complaint_reporter", "community_id", "reporter_id", "id"),
        Index(
            "ix_complaint_escalate_at",
            "escalate_at",
            postgresql_where=sql("escalate_at IS NOT NULL"),
        ),
        Index(
            "ix_complaint_assignee",
            "community_id",
            "assignee_id",
            "due_at",
            "id",
            postgresql_where=sql("assignee_id IS NOT NULL AND due_at IS NOT NULL"),
        ),
        Index(
            "uq_complaint_entered_once",
            "community_id",
            "entered_by_id",
            "once_key",
            unique=True,
            postgresql_where=sql("entered_by_id IS NOT NULL"),
        ),
        Index("ix_complaint_wake_at", "wake_at", postgresql_where=sql("wake_at IS NOT NULL")),
        Index(
            "ix_complaint_merged_into",
            "community_id",
            "merged_into_id",
            postgresql_where=sql("merged_into_id IS NOT NULL"),
        ),
    )

    short_code: Mapped[str] = mapped_column(Text)
    once_key: Mapped[UUID]
    reporter_id: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(Text, server_default=sql("'online'"))
    entered_by_id: Mapped[UUID | None]
    contact_name: Mapped[str | None] = mapped_column(Text)
    contact_phone: Mapped[str | None] = mapped_column(Text)
    anonymous: Mapped[bool] = mapped_column(server_default=sql("false"))
    catalogue_version: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    category_title: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    own_limit: Mapped[str | None] = mapped_column(Text)
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
    returned_by_id: Mapped[UUID | None]
    dispatch_settled: Mapped[bool] = mapped_column(server_default=sql("false"))
    public_safety: Mapped[bool] = mapped_column(server_default=sql("false"))
    merged_into_id: Mapped[UUID | None]
    split_from_id: Mapped[UUID | None]
    promise_from: Mapped[datetime] = mapped_column(server_default=func.now())
    promised_at: Mapped[datetime]
    step_from: Mapped[datetime] = mapped_column(server_default=func.now())
    extension_days: Mapped[int | None] = mapped_column(SmallInteger)
    extension_asked_by: Mapped[UUID | None]
    extensions: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    extended_to: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    escalate_at: Mapped[datetime | None]
    escalation_level: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    signed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    unreached_days: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    called_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closing: Mapped[str | None] = mapped_column(Text)
    ground: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[str | None] = mapped_column(Text)
    reopened_count: Mapped[int] = mapped_column(server_default=sql("0"))
    contact_due_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    verdicts: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    verdicts_resolved: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    verdicts_content: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
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
