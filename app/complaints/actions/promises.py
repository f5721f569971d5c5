"""The promise to the resident, by the table of deadlines and the community's settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.communities.rules import Settings
from app.complaints.rules.deadlines import Responsible, Urgency, solve_span


def promise(
    urgency: Urgency, responsible: Responsible, choices: dict[str, Any] | None, moment: datetime
) -> datetime:
    """When it is to be solved. `choices`: what the community decided differently."""
    days = Settings.from_choices(choices or {}).complaint_days_ordinary
    return solve_span(urgency, responsible, days).end_from(moment)
