"""Telling the community what the reviewers decided."""

from __future__ import annotations

from uuid import UUID

from app.core.access.roles import OFFICE_ROLES
from app.core.notifications.actions import notify
from app.core.outbox.messages import handles
from app.coverage import queries
from app.coverage.actions import decisions_of
from app.coverage.rules import Level, say_quarter
from app.people.queries import accounts_with_roles


@handles("coverage.reviewed")
def tell_community(report_id: str, level: str) -> None:
    """Tell the community's office of a decision about its report."""
    found = queries.report(UUID(report_id))
    if found is None:
        return
    report = found.CoverageReport
    decision = decisions_of(found)[Level(level)]
    notify(
        report.community_id,
        accounts_with_roles(report.community_id, OFFICE_ROLES),
        title=f"五个全覆盖报表：{Level(level).label}{decision.label}",
        body=f"{say_quarter(report.period)}第 {report.version} 版",
        url=f"/c/{report.community_code}/coverage/reports/{report_id}",
        once_key=f"coverage.reviewed:{report_id}:{level}",
    )
