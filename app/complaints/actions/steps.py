"""Moving a complaint on: load → ask the rule → write → audit → emit."""

from __future__ import annotations

from uuid import UUID

from app.complaints.actions.anonymity import refuse_own_traces
from app.complaints.actions.call_endings import end_calls
from app.complaints.actions.changes import arrive, change_for
from app.complaints.actions.photos import check_photos, store_photos, take_over
from app.complaints.actions.promises import climbing, set_clock, settings_of
from app.complaints.actions.timeline import write_event
from app.complaints.actions.workers import (
    SYSTEM,
    Details,
    Given,
    Step,
    Worker,
    parties_for,
    situation_of,
)
from app.complaints.models import Complaint
from app.complaints.queries import cases
from app.complaints.rules.deadlines import Level, escalate_at
from app.complaints.rules.states import INTERNAL, Action, Happening, Party, State
from app.complaints.rules.transitions import Transition, check_given, transition
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, NotFound
from app.people.queries import street_reviewers

__all__ = ["Given", "Worker", "escalate", "take_step", "wake"]

_BY_ITSELF = {State.WAITING: Action.RESUME, State.DONE: Action.CLOSE_SILENT}
_SAME_DEADLINE = 1e-3


def take_step(
    community_id: int, worker: Worker, complaint_id: UUID, action: Action, given: Given
) -> State:
    """Do one action of the table and return the state it led to."""
    complaint = cases.locked(community_id, complaint_id)
    if complaint is None:
        raise NotFound
    return _take(complaint, worker, action, given)


def wake(community_id: int, complaint_id: UUID) -> State | None:
    """Let a case go on by itself: a pause is over, or a silence. None when it is not so."""
    complaint = cases.locked(community_id, complaint_id)
    if complaint is None or complaint.wake_at is None or complaint.wake_at > now():
        return None
    action = _BY_ITSELF.get(State(complaint.state))
    return _take(complaint, SYSTEM, action, Given(complaint.version)) if action else None


def escalate(community_id: int, complaint_id: UUID, level: Level, due: float) -> UUID | None:
    """Tell the next level that a step is late; None when that was done or is no longer so."""
    complaint = cases.locked(community_id, complaint_id)
    if complaint is None or complaint.due_at is None:
        return None
    same_deadline = abs(complaint.due_at.timestamp() - due) < _SAME_DEADLINE
    if not same_deadline or complaint.escalation_level != level - 1:
        return None
    complaint.escalation_level = level
    complaint.escalate_at = escalate_at(complaint.due_at, climbing(complaint), level)
    event_id = new_id()
    write_event(
        complaint,
        id=event_id,
        kind=Happening.ESCALATED,
        party=Party.SYSTEM,
        organization_id=complaint.organization_id,
        details=_told(complaint.community_id, level),
    )
    record(AuditEvent.COMPLAINT_ESCALATED, complaint_id, level=int(level))
    emit("complaint.escalated", event_id=event_id)
    return event_id


def _told(community_id: int, level: Level) -> Details:
    """What the line says of who is told; a street may have no account yet."""
    if level is not Level.STREET:
        return {"level": int(level)}
    return {"level": int(level), "reviewers": len(street_reviewers(community_id))}


def _take(complaint: Complaint, worker: Worker, action: Action, given: Given) -> State:
    moment, was = now(), State(complaint.state)
    row = transition(
        action, was, parties_for(complaint, worker), situation_of(complaint, worker, moment)
    )
    if given.version != complaint.version:
        raise Conflict("这件诉求刚刚有了新进展，请先看看经过，再决定要不要做这一步。")
    check_given(row, given.needs_met)
    sent = len({*given.sent_ahead, *given.sent_before})
    check_photos([*given.photos, *given.before_photos], sent_ahead=sent)
    if row.party is Party.REPORTER and complaint.anonymous and complaint.reporter_id:
        words = {"text": given.text}
        refuse_own_traces(complaint.reporter_id, words, door=complaint.unit_label)
    event_id = new_id()
    acting_for = complaint.organization_id if row.party is Party.COMPANY else None
    settings = settings_of(complaint.community_id)
    details = _change(Step(complaint, was, worker, given, settings, moment), row)
    details |= _given_details(complaint.community_id, event_id, worker, given)
    if action in {Action.DISPATCH, Action.SETTLE}:
        acting_for = complaint.organization_id
    write_event(
        complaint,
        id=event_id,
        kind=action.value,
        party=row.party.value,
        actor_id=worker.account_id,
        organization_id=acting_for,
        text=given.text.strip(),
        details=details,
        visible_to_resident=action not in INTERNAL,
    )
    if action is Action.MERGE:
        _note_on_lead(complaint, details)
    if row.target is State.CLOSED:
        end_calls(complaint.community_id, complaint.id)
    record(AuditEvent.COMPLAINT_STEPPED, complaint.id, action=action.value, state=complaint.state)
    emit("complaint.stepped", event_id=event_id)
    return State(complaint.state)


def _change(step: Step, row: Transition) -> Details:
    complaint, change = step.complaint, change_for(row.action)
    complaint.version += 1
    if row.target is not None:
        complaint.state = row.target.value
    details = (change(step) if change else None) or {}
    if row.target is not None:
        arrive(step, row.action, row.target)
    set_clock(complaint, step.settings, step.moment)
    return details


def _given_details(community_id: int, event_id: UUID, worker: Worker, given: Given) -> Details:
    if worker.account_id is None:
        return {}
    before = store_photos(community_id, event_id, worker.account_id, given.before_photos)
    store_photos(community_id, event_id, worker.account_id, given.photos)
    if given.form_key is not None:
        sent = (*given.sent_before, *given.sent_ahead)
        take_over(community_id, event_id, worker.account_id, given.form_key, sent)
        before = [*before, *given.sent_before]
    chosen = {
        "before": [str(file_id) for file_id in before],
        "ground": given.ground,
        "rating": given.rating,
    }
    return {name: value for name, value in chosen.items() if value}


def _note_on_lead(complaint: Complaint, details: Details) -> None:
    """The case another was merged into says so on its own time line."""
    lead = cases.locked(complaint.community_id, UUID(details["lead_id"]))
    if lead is not None:
        write_event(
            lead,
            id=new_id(),
            kind=Happening.ABSORBED,
            party=Party.OFFICE,
            details={"from": complaint.short_code},
        )
