"""Who takes a step, what comes with it, and what the table needs to know about both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.communities.rules import Settings
from app.complaints.models import Complaint
from app.complaints.permissions import Desk
from app.complaints.queries import cases, whistles
from app.complaints.rules.answers import Closing, Ground, Need, Rating
from app.complaints.rules.situations import Situation
from app.complaints.rules.states import OPEN, Party, State
from app.complaints.rules.transitions import parties_of
from app.core.files.actions import Upload

NO_DESK = Desk(office=False, companies=frozenset())


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a step. `version` is the one the person was looking at.

    `form_key`: under which photos were sent ahead of the form; `sent_before`: those of them that
    show how it was before.
    """

    version: int
    text: str = ""
    organization_id: UUID | None = None
    ground: Ground | None = None
    rating: Rating | None = None
    assignee_id: UUID | None = None
    days: int | None = None
    until: date | None = None
    lead: str = ""
    category: str = ""
    photos: Sequence[Upload] = ()
    before_photos: Sequence[Upload] = ()
    form_key: UUID | None = None
    sent_ahead: Sequence[UUID] = ()
    sent_before: Sequence[UUID] = ()

    @property
    def needs_met(self) -> frozenset[Need]:
        """Which needs of the table are answered."""
        answers = {
            Need.TEXT: self.text.strip(),
            Need.ORGANIZATION: self.organization_id,
            Need.GROUND: self.ground,
            Need.RATING: self.rating,
            Need.ASSIGNEE: self.assignee_id,
            Need.DAYS: self.days,
            Need.UNTIL: self.until,
            Need.LEAD: self.lead.strip(),
            Need.CATEGORY: self.category,
        }
        return frozenset(need for need, answer in answers.items() if answer)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who takes a step and for whom; nobody at all when the system does."""

    account_id: UUID | None
    desk: Desk

    @property
    def is_system(self) -> bool:
        """Whether no person takes the step."""
        return self.account_id is None


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is being taken. What a change returns goes into the line's details."""

    complaint: Complaint
    was: State
    worker: Worker
    given: Given
    settings: Settings
    moment: datetime


Details = dict[str, Any]
SYSTEM = Worker(None, NO_DESK)


def parties_for(complaint: Complaint, worker: Worker) -> frozenset[Party]:
    """As what this worker may act on the case."""
    if worker.is_system:
        return frozenset({Party.SYSTEM})
    return parties_of(
        is_reporter=complaint.reporter_id == worker.account_id,
        in_company=complaint.organization_id in worker.desk.companies,
        in_office=worker.desk.office,
    )


def situation_of(complaint: Complaint, worker: Worker, moment: datetime) -> Situation:
    """What the table needs to know of the case beyond its state."""
    return Situation(
        company_responsible=complaint.organization_id is not None,
        handed_back=complaint.returned_by_id is not None,
        settled=complaint.dispatch_settled,
        asked=complaint.extension_days is not None,
        asked_by_me=complaint.extension_asked_by == worker.account_id,
        extensions=complaint.extensions,
        worked=_worked(complaint, worker),
        silence_over=complaint.wake_at is not None and complaint.wake_at <= moment,
        closed_silently=complaint.closing == Closing.SILENCE,
        flagged=complaint.public_safety,
        called=_called(complaint, worker),
    )


def _worked(complaint: Complaint, worker: Worker) -> bool:
    if State(complaint.state) is not State.DONE or worker.account_id is None:
        return False
    if complaint.organization_id in worker.desk.companies:
        return True
    return cases.has_worked(complaint.community_id, complaint.id, worker.account_id)


def _called(complaint: Complaint, worker: Worker) -> bool:
    """Only the office merges or refuses, so only for the office it is looked up."""
    if not worker.desk.office or State(complaint.state) not in OPEN - {State.DONE}:
        return False
    return bool(whistles.keys_called(complaint.community_id, complaint.id))
