"""The promise to the resident, by the table of deadlines and the community's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.communities.rules import Settings
from app.complaints.models import Complaint
from app.complaints.queries import cases
from app.complaints.rules.catalogue import Catalogue, Category
from app.complaints.rules.deadlines import Level, Responsible, Urgency, clock_for
from app.complaints.rules.promises import promised_span
from app.complaints.rules.spans import Span, stored_span
from app.complaints.rules.states import State


@dataclass(frozen=True, slots=True)
class Terms:
    """What a promise depends on."""

    urgency: Urgency
    responsible: Responsible
    own_limit: Span | None = None


def settings_from(choices: Mapping[str, Any] | None) -> Settings:
    """The community's settings from what it decided differently."""
    return Settings.from_choices(choices or {})


def settings_of(community_id: int) -> Settings:
    """The community's settings."""
    return settings_from(cases.choices_of(community_id))


def terms_under(category: Category) -> Terms:
    """What the promise for a new case of this item depends on."""
    return Terms(category.urgency, category.responsible, category.limit)


def classified(catalogue: Catalogue, category: Category) -> dict[str, Any]:
    """What a case keeps of its item, whatever later versions of the catalogue say."""
    return {
        "catalogue_version": catalogue.version,
        "category": category.code,
        "category_title": category.title,
        "urgency": category.urgency.value,
        "responsible": category.responsible.value,
        "own_limit": str(category.limit) if category.limit else None,
    }


def terms_of(complaint: Complaint) -> Terms:
    """What this case's promise depends on."""
    return Terms(
        Urgency(complaint.urgency),
        Responsible(complaint.responsible),
        stored_span(complaint.own_limit),
    )


def span_for(terms: Terms, settings: Settings) -> Span:
    """How long solving may take."""
    days = settings.complaint_days_ordinary
    return promised_span(terms.urgency, terms.responsible, days, terms.own_limit)


def promise(terms: Terms, settings: Settings, moment: datetime) -> datetime:
    """When it is to be solved, counted from `moment`."""
    return span_for(terms, settings).end_from(moment, settings.calendar)


def set_clock(complaint: Complaint, settings: Settings, moment: datetime) -> None:
    """Set the clock of the running step; dangers to the public climb as urgent ones do."""
    clock = clock_for(
        State(complaint.state),
        promised_at=complaint.promised_at,
        urgency=climbing(complaint),
        now=moment,
        since=complaint.step_from,
        level=Level(complaint.escalation_level),
        calendar=settings.calendar,
    )
    complaint.due_at = clock.due_at
    complaint.escalation_level = clock.level
    complaint.escalate_at = clock.escalate_at


def climbing(complaint: Complaint) -> Urgency:
    """How fast a late case climbs."""
    return Urgency.URGENT if complaint.public_safety else Urgency(complaint.urgency)
