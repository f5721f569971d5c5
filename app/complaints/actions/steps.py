"""Moving a complaint on: load → ask the rule → write → audit → emit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.complaints.actions.photos import check_photos, store_photos
from app.complaints.actions.promises import promise
from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.permissions import Desk
from app.complaints.queries import cases
from app.complaints.rules.deadlines import Level, Responsible, Urgency, clock_for, escalate_at
from app.complaints.rules.states import (
    Action,
    Ground,
    Happening,
    Need,
    Party,
    Rating,
    State,
    Transition,
    check_given,
    parties_of,
    transition,
)
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload
from app.core.outbox.messages import emit
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a step. `version` is the one the person was looking at."""

    version: int
    text: str = ""
    organization_id: UUID | None = None
    ground: Ground | None = None
    rating: Rating | None = None
    photos: Sequence[Upload] = ()
    before_photos: Sequence[Upload] = ()

    @property
    def needs_met(self) -> frozenset[Need]:
        """Which needs of the table are answered."""
        answers = {
            Need.TEXT: self.text.strip(),
            Need.ORGANIZATION: self.organization_id,
            Need.GROUND: self.ground,
            Need.RATING: self.rating,
        }
        return frozenset(need for need, answer in answers.items() if answer)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who takes a step and for whom."""

    account_id: UUID
    desk: Desk


def take_step(
    community_id: int, worker: Worker, complaint_id: UUID, action: Action, given: Given
) -> State:
    """Do one action of the table and return the state it led to."""
    complaint = cases.locked(community_id, complaint_id)
    if complaint is None:
        raise NotFound
    parties = _parties(complaint, worker)
    row = transition(
        action,
        State(complaint.state),
        parties,
        company_responsible=complaint.organization_id is not None,
    )
    if given.version != complaint.version:
        raise Conflict("这件诉求刚刚有了新进展，请先看看经过，再决定要不要做这一步。")
    check_given(row, given.needs_met)
    check_photos([*given.photos, *given.before_photos])
    event_id = new_id()
    details = _details(community_id, event_id, worker, given)
    acting_for = complaint.organization_id if row.party is Party.COMPANY else None
    _change(complaint, row, worker, given)
    _note(complaint, event_id, row, worker, acting_for, given.text.strip(), details)
    record(AuditEvent.COMPLAINT_STEPPED, complaint_id, action=action.value, state=complaint.state)
    emit("complaint.stepped", event_id=event_id)
    return State(complaint.state)


def escalate(community_id: int, complaint_id: UUID, level: Level, due: float) -> UUID | None:
    """Tell the next level that a step is late; None when that was done or is no longer so."""
    complaint = cases.locked(community_id, complaint_id)
    if complaint is None or complaint.due_at is None:
        return None
    same_deadline = abs(complaint.due_at.timestamp() - due) < 1e-3  # noqa: PLR2004 - a millisecond
    if not same_deadline or complaint.escalation_level != level - 1:
        return None
    complaint.escalation_level = level
    complaint.escalate_at = escalate_at(complaint.due_at, Urgency(complaint.urgency), level)
    event_id = new_id()
    _insert_event(
        complaint,
        id=event_id,
        kind=Happening.ESCALATED,
        party=Party.SYSTEM,
        organization_id=complaint.organization_id,
        details={"level": int(level)},
    )
    record(AuditEvent.COMPLAINT_ESCALATED, complaint_id, level=int(level))
    return event_id


def _parties(complaint: Complaint, worker: Worker) -> frozenset[Party]:
    return parties_of(
        is_reporter=complaint.reporter_id == worker.account_id,
        in_company=complaint.organization_id in worker.desk.companies,
        in_office=worker.desk.office,
    )


def _change(complaint: Complaint, row: Transition, worker: Worker, given: Given) -> None:
    moment = now()
    complaint.version += 1
    _change_holder(complaint, row.action, worker, given)
    if row.target is None:
        return
    complaint.state = row.target.value
    if row.target is State.REOPENED:
        complaint.reopened_count += 1
        complaint.promised_at = _new_promise(complaint, moment)
    if row.target is State.ACCEPTED:
        complaint.signed_at = moment
    if row.target is State.DONE:
        complaint.done_at = moment
    if row.target.ended:
        complaint.closed_at = moment
        complaint.ground = given.ground
        complaint.rating = given.rating
    _set_clock(complaint, moment)


def _change_holder(complaint: Complaint, action: Action, worker: Worker, given: Given) -> None:
    if action is Action.DISPATCH:
        known = {row.id for row in cases.companies(complaint.community_id)}
        if given.organization_id not in known:
            sentence = "请从列表里选择一家物业企业。"
            raise Invalid(sentence, errors={"organization": sentence})
        complaint.organization_id = given.organization_id
        complaint.assignee_id = None
    if action in {Action.HAND_BACK, Action.TAKE}:
        complaint.organization_id = None
        complaint.assignee_id = None
    if action in {Action.ACCEPT, Action.TAKE}:
        complaint.assignee_id = worker.account_id


def _new_promise(complaint: Complaint, moment: datetime) -> datetime:
    choices = cases.choices_of(complaint.community_id)
    urgency, responsible = Urgency(complaint.urgency), Responsible(complaint.responsible)
    return promise(urgency, responsible, choices, moment)


def _set_clock(complaint: Complaint, moment: datetime) -> None:
    clock = clock_for(
        State(complaint.state),
        promised_at=complaint.promised_at,
        urgency=Urgency(complaint.urgency),
        now=moment,
        level=Level(complaint.escalation_level),
    )
    complaint.due_at = clock.due_at
    complaint.escalation_level = clock.level
    complaint.escalate_at = clock.escalate_at


def _details(community_id: int, event_id: UUID, worker: Worker, given: Given) -> dict[str, Any]:
    before = store_photos(community_id, event_id, worker.account_id, given.before_photos)
    store_photos(community_id, event_id, worker.account_id, given.photos)
    chosen = {
        "before": [str(file_id) for file_id in before],
        "ground": given.ground,
        "rating": given.rating,
    }
    return {name: value for name, value in chosen.items() if value}


def _note(
    complaint: Complaint,
    event_id: UUID,
    row: Transition,
    worker: Worker,
    acting_for: UUID | None,
    text: str,
    details: dict[str, Any],
) -> None:
    to_company = complaint.organization_id if row.action is Action.DISPATCH else acting_for
    _insert_event(
        complaint,
        id=event_id,
        kind=row.action.value,
        party=row.party.value,
        actor_id=worker.account_id,
        organization_id=to_company,
        text=text,
        details=details,
    )


def _insert_event(complaint: Complaint, **values: Any) -> None:
    db.session.flush()
    db.session.execute(
        insert(ComplaintEvent).values(
            community_id=complaint.community_id,
            complaint_id=complaint.id,
            to_state=complaint.state,
            due_at=complaint.due_at,
            **values,
        )
    )
