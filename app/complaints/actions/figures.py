"""Making the sums that reviewers above read."""

from __future__ import annotations

from app.complaints.queries import regions
from app.kit.clock import now


def refresh(community_id: int) -> None:
    """Make a community's rows anew. Not audited: they say nothing the cases do not."""
    moment = now()
    regions.refresh_months(community_id, moment)
    regions.refresh_today(community_id, moment)
