"""Drafts, submitted reports and their reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of
from app.coverage.rules import Decision, Level

PERIOD = "period ~ '^[0-9]{4}Q[1-4]$'"


class CoverageDraft(TenantModel):
    """What a community prepares for a period: a snapshot of its figures, exemptions, a remark.

    Only the community sees it; submitting turns it into a report and removes it.
    """

    __tablename__ = "coverage_draft"
    __table_args__ = (
        UniqueConstraint("community_id", "period"),
        CheckConstraint(PERIOD, name="period_is_a_quarter"),
    )

    period: Mapped[str] = mapped_column(Text)
    computed_at: Mapped[datetime]
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    exemptions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    remark: Mapped[str] = mapped_column(Text, server_default=text("''"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class CoverageReport(TenantModel):
    """A submitted report: never changed. Reviewers of its region may read it, nothing else."""

    __tablename__ = "coverage_report"
    __table_args__ = (
        UniqueConstraint("community_id", "period", "version"),
        UniqueConstraint(
            "community_id", "id", "region_path", name="uq_coverage_report_region_path"
        ),
        CheckConstraint(PERIOD, name="period_is_a_quarter"),
        CheckConstraint("version > 0", name="version_positive"),
        Index("ix_coverage_report_id", "id"),
        Index(
            "ix_coverage_report_region",
            "period",
            "region_path",
            postgresql_ops={"region_path": "text_pattern_ops"},
        ),
    )

    period: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    region_path: Mapped[str] = mapped_column(Text)
    community_code: Mapped[str] = mapped_column(Text)
    community_name: Mapped[str] = mapped_column(Text)
    totals: Mapped[dict[str, Any]]
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    remark: Mapped[str] = mapped_column(Text)
    computed_at: Mapped[datetime]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None]
    digest: Mapped[str] = mapped_column(Text)


class CoverageReview(TenantModel):
    """A reviewer's decision about one version: never changed, one a level.

    The region path is part of the reference to the report, so that a reviewer cannot claim
    another street's report for his own.
    """

    __tablename__ = "coverage_review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "report_id", "region_path"],
            ["coverage_report.community_id", "coverage_report.id", "coverage_report.region_path"],
            name="fk_coverage_review_report",
        ),
        UniqueConstraint("community_id", "report_id", "level"),
        one_of("level", Level),
        one_of("decision", Decision),
        CheckConstraint(
            "decision IN ('approve', 'found_true') OR reason <> ''", name="reason_given"
        ),
        Index(
            "ix_coverage_review_region_path",
            "region_path",
            postgresql_ops={"region_path": "text_pattern_ops"},
        ),
    )

    report_id: Mapped[UUID]
    region_path: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    reviewer_id: Mapped[UUID]
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
