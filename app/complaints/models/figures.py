"""Figures that are kept: for reviewers above, week by week for leads, and files of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules.exports import ExportFormat, ExportState
from app.core.db import TenantModel, one_of, tenant_reference

_BY_PATH = {"region_path": "text_pattern_ops"}


class ComplaintMonth(TenantModel):
    """What was reported in a month, by category: sums, no case. Reviewers of the region read it.

    Made by `refresh` from the cases; `response_of`, `verdicts` are denominators (see rules.rates).
    """

    __tablename__ = "complaint_month"
    __table_args__ = (
        UniqueConstraint("community_id", "month", "category"),
        CheckConstraint("extract(day FROM month) = 1", name="month_begins"),
        CheckConstraint(
            "filed > 0 AND response_in <= response_of AND satisfied_in <= resolved_in"
            " AND resolved_in <= verdicts AND closed <= filed AND repeated <= filed",
            name="sums_fit",
        ),
        Index("ix_complaint_month_region", "month", "region_path", postgresql_ops=_BY_PATH),
    )

    region_path: Mapped[str] = mapped_column(Text)
    month: Mapped[date]
    category: Mapped[str] = mapped_column(Text)
    category_title: Mapped[str] = mapped_column(Text)
    filed: Mapped[int]
    closed: Mapped[int]
    repeated: Mapped[int]
    response_in: Mapped[int]
    response_of: Mapped[int]
    resolved_in: Mapped[int]
    satisfied_in: Mapped[int]
    verdicts: Mapped[int]


class ComplaintToday(TenantModel):
    """How a community's open cases stood at `made_at`: sums only, for reviewers of the region."""

    __tablename__ = "complaint_today"
    __table_args__ = (
        UniqueConstraint("community_id"),
        CheckConstraint("overdue <= open AND hard <= open", name="sums_fit"),
        Index("ix_complaint_today_region", "region_path", postgresql_ops=_BY_PATH),
    )

    region_path: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    open: Mapped[int]
    overdue: Mapped[int]
    hard: Mapped[int]


class ComplaintDigest(TenantModel):
    """周报: a week's figures as they were when it was made; never changed, one a week."""

    __tablename__ = "complaint_digest"
    __table_args__ = (
        UniqueConstraint("community_id", "week_starts"),
        CheckConstraint("extract(isodow FROM week_starts) = 1", name="week_begins_on_monday"),
    )

    week_starts: Mapped[date]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ComplaintExport(TenantModel):
    """A file of figures and the cases behind them, ordered by one person and made by a job.

    `companies`: whose cases it holds; none: all of the community. `selection`: what was shown.
    """

    __tablename__ = "complaint_export"
    __table_args__ = (
        one_of("state", ExportState),
        one_of("format", ExportFormat),
        tenant_reference("file_id", "stored_file"),
        CheckConstraint(
            "(state = 'ready') = (file_id IS NOT NULL) AND"
            " (state = 'running') = (ready_at IS NULL)",
            name="ready_whole",
        ),
        Index("ix_complaint_export_asked_by", "community_id", "asked_by", "id"),
        Index("ix_complaint_export_kept", "ready_at", postgresql_where=sql("state = 'ready'")),
    )

    asked_by: Mapped[UUID]
    format: Mapped[str] = mapped_column(Text)
    companies: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    selection: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text)
    rows: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    file_id: Mapped[UUID | None]
    ready_at: Mapped[datetime | None]
