"""The calendar of terms. Thin, and safe to run twice."""

from __future__ import annotations

from uuid import UUID

from app.core.outbox.messages import handles
from app.core.outbox.queries import emit_across
from app.core.sweep import sweeping
from app.core.tenancy import current_community
from app.kit.clock import civil_date, now
from app.organizations import actions, queries
from app.organizations.rules import warning_reach


def sweep_term_ends() -> int:
    """Cron, each hour: committees whose term ends within three months and who were not told yet.

    It asks what has not been told, not what became due today: after days of downtime nobody is
    forgotten, and nobody is told twice.
    """
    reach = warning_reach(civil_date(now()))
    with sweeping() as connection:
        due = queries.unwarned_committees(connection, reach)
        for row in due:
            emit_across(
                connection,
                row.community_id,
                "organizations.term_ending",
                {"organization_id": str(row.id)},
            )
    return len(due)


@handles("organizations.term_ending")
def warn(organization_id: str) -> None:
    """Tell those responsible, exactly once for a term."""
    actions.warn_of_end(current_community(), UUID(organization_id))
