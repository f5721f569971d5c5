"""Reading drafts, reports and reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on

from app.communities.models import Community, Region
from app.core.db import db
from app.coverage.models import CoverageDraft, CoverageReport, CoverageReview


def draft(community_id: int, period: str) -> CoverageDraft | None:
    """The draft of a quarter."""
    return db.session.scalar(
        select(CoverageDraft).where(
            CoverageDraft.community_id == community_id, CoverageDraft.period == period
        )
    )


def change_draft(community_id: int, draft_id: UUID, version: int, **values: Any) -> bool:
    """Write a new version; False when somebody else was faster."""
    changed: Any = db.session.execute(
        update(CoverageDraft)
        .where(
            CoverageDraft.community_id == community_id,
            CoverageDraft.id == draft_id,
            CoverageDraft.version == version,
        )
        .values(version=version + 1, **values)
    )
    return bool(changed.rowcount)


def take_draft(community_id: int, draft_id: UUID, version: int) -> CoverageDraft | None:
    """Remove a draft and return it: submitted once, however many press the button."""
    return db.session.scalar(
        delete_rows(CoverageDraft)
        .where(
            CoverageDraft.community_id == community_id,
            CoverageDraft.id == draft_id,
            CoverageDraft.version == version,
        )
        .returning(CoverageDraft)
    )


def report(report_id: UUID, community_id: int | None = None) -> Any:
    """One report with its decisions, as far as the scope lets it be seen.

    Columns: CoverageReport, decisions.
    """
    wanted = _reports().where(CoverageReport.id == report_id)
    if community_id is not None:
        wanted = wanted.where(CoverageReport.community_id == community_id)
    return db.session.execute(wanted).one_or_none()


def reports_of(community_id: int, limit: int = 40) -> Sequence[Any]:
    """A community's reports, newest first. Columns: CoverageReport, decisions."""
    return db.session.execute(
        _reports()
        .where(CoverageReport.community_id == community_id)
        .order_by(CoverageReport.period.desc(), CoverageReport.version.desc())
        .limit(limit)
    ).all()


def latest_of(community_id: int, period: str) -> Any:
    """The newest version of a quarter, or None. Columns: CoverageReport, decisions."""
    return db.session.execute(
        _reports()
        .where(CoverageReport.community_id == community_id, CoverageReport.period == period)
        .order_by(CoverageReport.version.desc())
        .limit(1)
    ).one_or_none()


def reviews_of(report_id: UUID) -> Sequence[CoverageReview]:
    """The decisions about a version, oldest first."""
    return db.session.scalars(
        select(CoverageReview)
        .where(CoverageReview.report_id == report_id)
        .order_by(CoverageReview.decided_at)
    ).all()


def children_of(region_code: str) -> Sequence[Region]:
    """The regions directly below."""
    return db.session.scalars(
        select(Region).where(Region.parent_code == region_code).order_by(Region.code)
    ).all()


def region_named(code: str) -> Region | None:
    """One region."""
    return db.session.get(Region, code)


def standings(region_path: str, period: str) -> Sequence[Any]:
    """Every community of a region with its newest report of the quarter, in one statement.

    Columns: code, name, region_path, report_id, totals, submitted_at, decisions.
    """
    newest = _newest(region_path, period)
    decisions = _decisions(region_path)
    return db.session.execute(
        select(
            Community.code,
            Community.name,
            Community.region_path,
            newest.c.id.label("report_id"),
            newest.c.totals,
            newest.c.submitted_at,
            decisions.c.decisions,
        )
        .outerjoin(newest, newest.c.community_id == Community.id)
        .outerjoin(
            decisions,
            (decisions.c.community_id == newest.c.community_id)
            & (decisions.c.report_id == newest.c.id),
        )
        .where(Community.region_path.like(f"{region_path}%"), Community.id > 0)
        .order_by(Community.region_path, Community.pinyin, Community.code)
    ).all()


_MISSING = text("""
SELECT newest.id AS report_id, newest.community_code, newest.community_name,
       item ->> 'label' AS label, item ->> 'reason' AS reason,
       (item ->> 'veto')::boolean AS veto, place.number::int AS number
FROM (
    SELECT DISTINCT ON (report.community_id) report.*
    FROM coverage_report AS report
    WHERE report.period = :period AND report.region_path LIKE :path
    ORDER BY report.community_id, report.version DESC
) AS newest
CROSS JOIN LATERAL jsonb_array_elements(newest.figures) AS figure
CROSS JOIN LATERAL jsonb_array_elements(figure -> 'missing') WITH ORDINALITY AS place (item, number)
WHERE figure ->> 'indicator' = :indicator
  AND NOT EXISTS (
    SELECT FROM coverage_review AS review
    WHERE review.community_id = newest.community_id AND review.report_id = newest.id
      AND review.decision = 'return')
  AND (newest.community_code, place.number) > (:after_code, :after_number)
ORDER BY newest.community_code, place.number
LIMIT :limit
""")


def missing_below(
    region_path: str,
    period: str,
    indicator: str,
    *,
    after_code: str = "",
    after_number: int = 0,
    limit: int = 100,
) -> Sequence[Any]:
    """What is missing for an indicator in the newest reports of a region, by key.

    Columns: report_id, community_code, community_name, label, reason, veto, number.
    """
    return db.session.execute(
        _MISSING,
        {
            "period": period,
            "path": f"{region_path}%",
            "indicator": indicator,
            "after_code": after_code,
            "after_number": after_number,
            "limit": limit,
        },
    ).all()


def lock_submissions(community_id: int) -> None:
    """Let submissions of one community wait for each other until the transaction ends."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('coverage_report'), :community_id)"),
        {"community_id": community_id},
    )


def _reports() -> Any:
    decisions = (
        select(func.jsonb_object_agg(CoverageReview.level, CoverageReview.decision))
        .where(
            CoverageReview.community_id == CoverageReport.community_id,
            CoverageReview.report_id == CoverageReport.id,
        )
        .correlate(CoverageReport)
        .scalar_subquery()
    )
    return select(CoverageReport, decisions.label("decisions"))


def _newest(region_path: str, period: str) -> Any:
    return (
        select(
            CoverageReport.community_id,
            CoverageReport.id,
            CoverageReport.totals,
            CoverageReport.submitted_at,
        )
        .ext(distinct_on(CoverageReport.community_id))
        .where(
            CoverageReport.period == period,
            CoverageReport.region_path.like(f"{region_path}%"),
        )
        .order_by(CoverageReport.community_id, CoverageReport.version.desc())
        .subquery("newest")
    )


def _decisions(region_path: str) -> Any:
    return (
        select(
            CoverageReview.community_id,
            CoverageReview.report_id,
            func.jsonb_object_agg(CoverageReview.level, CoverageReview.decision).label("decisions"),
        )
        .where(CoverageReview.region_path.like(f"{region_path}%"))
        .group_by(CoverageReview.community_id, CoverageReview.report_id)
        .subquery("decisions")
    )
