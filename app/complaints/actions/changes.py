"""What each action of the table changes in the case itself, beyond its state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.complaints.actions.promises import classified, promise, span_for, terms_of
from app.complaints.actions.splitting import split_off
from app.complaints.actions.workers import Details, Step
from app.complaints.models import Complaint
from app.complaints.queries import cases, catalogue, colleagues
from app.complaints.rules.answers import Closing
from app.complaints.rules.promises import extended, pause_end, silence_ends
from app.complaints.rules.spans import after_pause
from app.complaints.rules.states import IN_WORK, Action, State
from app.core.db import db
from app.kit.clock import civil_date
from app.kit.ids import normalize_code
from app.kit.refusal import Invalid

Change = Callable[[Step], Details | None]


def change_for(action: Action) -> Change | None:
    """What this action changes; None when nothing but the state."""
    return _CHANGES.get(action)


def arrive(step: Step, action: Action, target: State) -> None:
    """What the new state means, whichever action led to it."""
    complaint = step.complaint
    complaint.wake_at = complaint.wake_at if target is State.WAITING else None
    if step.was is State.WAITING:
        _go_on(step)
    if target not in IN_WORK:
        complaint.extension_days = complaint.extension_asked_by = None
    if target is State.REOPENED:
        _start_again(step)
    if target is State.ACCEPTED and step.was is not State.WAITING:
        complaint.signed_at = step.moment
    if target is State.DONE:
        complaint.done_at = step.moment
        complaint.unreached_days, complaint.called_on = 0, None
    complaint.step_from = step.moment
    complaint.closed_at = step.moment if target.ended else None
    complaint.closing = _CLOSINGS.get(action)
    complaint.ground = step.given.ground if target is State.NOT_ACCEPTED else None
    complaint.rating = step.given.rating if target is State.CLOSED else None


def _go_on(step: Step) -> None:
    complaint = step.complaint
    if complaint.paused_at is None:
        return
    unit = span_for(terms_of(complaint), step.settings).unit
    complaint.promised_at = after_pause(
        unit, complaint.promised_at, complaint.paused_at, step.moment, step.settings.calendar
    )
    complaint.paused_at = None


def _start_again(step: Step) -> None:
    complaint = step.complaint
    complaint.reopened_count += 1
    complaint.promise_from = step.moment
    complaint.promised_at = promise(terms_of(complaint), step.settings, step.moment)
    complaint.extensions, complaint.extended_to = 0, None


def _dispatch(step: Step) -> None:
    complaint, chosen = step.complaint, step.given.organization_id
    if chosen not in {row.id for row in cases.companies(complaint.community_id)}:
        sentence = "请从列表里选择一家物业企业。"
        raise Invalid(sentence, errors={"organization": sentence})
    _give_to(complaint, chosen)
    complaint.dispatch_settled = False


def _settle(step: Step) -> None:
    _give_to(step.complaint, step.complaint.returned_by_id)
    step.complaint.dispatch_settled = True


def _hand_back(step: Step) -> None:
    step.complaint.returned_by_id = step.complaint.organization_id
    _give_to(step.complaint, None)


def _take(step: Step) -> None:
    _give_to(step.complaint, None)
    step.complaint.assignee_id = step.worker.account_id


def _accept(step: Step) -> None:
    step.complaint.assignee_id = step.complaint.assignee_id or step.worker.account_id


def _give_to(complaint: Complaint, organization_id: UUID | None) -> None:
    complaint.organization_id = organization_id
    complaint.assignee_id = None


def _assign(step: Step) -> Details:
    complaint = step.complaint
    known = colleagues.of_case(complaint.community_id, complaint.organization_id)
    chosen = next((row for row in known if row.id == step.given.assignee_id), None)
    if chosen is None or chosen.id == complaint.reporter_id:
        sentence = "请从列表里选择一位同事。"
        raise Invalid(sentence, errors={"assignee": sentence})
    complaint.assignee_id = chosen.id
    return {"assignee": chosen.name}


def _ask_extension(step: Step) -> Details:
    complaint, days = step.complaint, step.given.days or 0
    _extended(step, days)
    complaint.extension_days, complaint.extension_asked_by = days, step.worker.account_id
    return {"days": days}


def _extend(step: Step) -> Details:
    complaint, days = step.complaint, step.complaint.extension_days or 0
    complaint.promised_at = complaint.extended_to = _extended(step, days)
    complaint.extensions += 1
    complaint.extension_days = complaint.extension_asked_by = None
    return {"days": days, "until": complaint.promised_at.isoformat()}


def _deny_extension(step: Step) -> None:
    step.complaint.extension_days = step.complaint.extension_asked_by = None


def _extended(step: Step, days: int) -> datetime:
    unit = span_for(terms_of(step.complaint), step.settings).unit
    return extended(step.complaint.promised_at, days, unit, step.settings.calendar)


def _pause(step: Step) -> Details:
    if step.given.until is None:
        raise Invalid
    step.complaint.wake_at = pause_end(step.given.until, step.moment)
    step.complaint.paused_at = step.moment
    return {"until": step.given.until.isoformat()}


def _call_unreached(step: Step) -> Details:
    complaint, today = step.complaint, civil_date(step.moment)
    if complaint.called_on != today:
        complaint.unreached_days += 1
        complaint.called_on = today
    complaint.wake_at = silence_ends(
        complaint.done_at or step.moment,
        complaint.unreached_days,
        attempts=step.settings.complaint_call_attempts,
        days=step.settings.complaint_silence_days,
    )
    return {"attempt": complaint.unreached_days}


def _reclassify(step: Step) -> Details:
    complaint = step.complaint
    holding = catalogue.current(complaint.community_id)
    category = holding.get(step.given.category)
    if category is None or category.code == complaint.category:
        sentence = "请选择另一个事项。"
        raise Invalid(sentence, errors={"category": sentence})
    details = {"from": complaint.category_title, "to": category.title}
    for name, value in classified(holding, category).items():
        setattr(complaint, name, value)
    fresh = promise(terms_of(complaint), step.settings, complaint.promise_from)
    complaint.promised_at = max(fresh, complaint.extended_to or fresh)
    return details


def _merge(step: Step) -> Details:
    complaint = step.complaint
    lead = cases.locked_by_code(complaint.community_id, normalize_code(step.given.lead))
    if lead is None or lead.id == complaint.id or State(lead.state).ended:
        sentence = "没有这个编号的、还在办理的诉求，请核对编号。"
        raise Invalid(sentence, errors={"lead": sentence})
    complaint.merged_into_id = lead.id
    db.session.execute(
        update(Complaint)
        .where(
            Complaint.community_id == complaint.community_id,
            Complaint.merged_into_id == complaint.id,
        )
        .values(merged_into_id=lead.id)
    )
    return {"into": lead.short_code, "lead_id": str(lead.id)}


def _split(step: Step) -> None:
    step.complaint.merged_into_id = None
    _give_to(step.complaint, None)


def _flag(step: Step) -> None:
    step.complaint.public_safety = True


def _unflag(step: Step) -> None:
    step.complaint.public_safety = False


_CLOSINGS = {
    Action.CONFIRM: Closing.CONFIRMED,
    Action.VERIFY: Closing.CALLED_BACK,
    Action.CLOSE_SILENT: Closing.SILENCE,
}
_CHANGES: dict[Action, Change] = {
    Action.DISPATCH: _dispatch,
    Action.SETTLE: _settle,
    Action.HAND_BACK: _hand_back,
    Action.TAKE: _take,
    Action.ACCEPT: _accept,
    Action.ASSIGN: _assign,
    Action.ASK_EXTENSION: _ask_extension,
    Action.EXTEND: _extend,
    Action.DENY_EXTENSION: _deny_extension,
    Action.PAUSE: _pause,
    Action.CALL_UNREACHED: _call_unreached,
    Action.RECLASSIFY: _reclassify,
    Action.MERGE: _merge,
    Action.SPLIT: _split,
    Action.SPLIT_OFF: split_off,
    Action.FLAG: _flag,
    Action.UNFLAG: _unflag,
}
