"""Telling people what happened to a complaint, and noticing what is late."""

from __future__ import annotations

from uuid import UUID

from app.complaints.actions import call_steps, catalogue, photos, steps
from app.complaints.actions.telling import tell
from app.complaints.actions.whistle_telling import tell_of_call
from app.complaints.queries import lists, whistles
from app.complaints.rules.deadlines import Level
from app.core.files.jobs import REFUSED
from app.core.outbox.messages import handles
from app.core.outbox.queries import emit_chosen
from app.core.sweep import sweeping
from app.core.tenancy import current_community


@handles("complaint.filed")
def tell_of_report(event_id: str) -> None:
    """Somebody has to look at a new complaint."""
    tell(current_community(), UUID(event_id))


@handles(REFUSED)
def tell_of_photo(file_id: str) -> None:
    """Who sent a photo that cannot be read learns of it."""
    photos.tell_of_refused(current_community(), UUID(file_id))


@handles("complaint.stepped")
def tell_of_step(event_id: str) -> None:
    """Everybody concerned learns of a step."""
    tell(current_community(), UUID(event_id))


@handles("complaint.overdue")
def escalate(complaint_id: str, level: int, due: str) -> None:
    """The next level learns that a step is late, exactly once."""
    steps.escalate(current_community(), UUID(complaint_id), Level(level), float(due))


@handles("complaint.escalated")
def tell_of_escalation(event_id: str) -> None:
    """Whoever is responsible at the next level, and the reporter, learn that a step is late."""
    tell(current_community(), UUID(event_id))


@handles("complaint.wake")
def wake(complaint_id: str) -> None:
    """A pause or a silence is over: the case goes on by itself, once."""
    steps.wake(current_community(), UUID(complaint_id))


@handles(catalogue.CHECK)
def check_catalogue(import_id: str) -> None:
    """Read an uploaded catalogue and say what is wrong with it."""
    catalogue.check_catalogue(current_community(), UUID(import_id))


@handles("whistle.moved")
def tell_of_whistle(event_id: str) -> None:
    """The case's time line and both sides of a call learn what happened to it."""
    tell_of_call(current_community(), UUID(event_id))


@handles("whistle.overdue")
def notice_late_call(call_id: str, due: str) -> None:
    """Both sides learn that a deadline of a call has passed, exactly once for each deadline."""
    event_id = call_steps.notice_late(current_community(), UUID(call_id), float(due))
    if event_id is not None:
        tell_of_call(current_community(), event_id)


def sweep_calls() -> int:
    """Cron, each minute: leave one message for each call whose deadline has passed."""
    with sweeping() as connection:
        return emit_chosen(connection, whistles.late_calls("whistle.overdue"))


def sweep_waking() -> int:
    """Cron, each minute: leave a message for each case that goes on by itself now."""
    with sweeping() as connection:
        return emit_chosen(connection, lists.waking_messages("complaint.wake"))


def sweep_overdue() -> int:
    """Cron, each minute: leave one message for each complaint and level that is late."""
    with sweeping() as connection:
        return emit_chosen(connection, lists.late_messages("complaint.overdue"))
