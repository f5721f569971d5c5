"""Telling programs what happened to a complaint, and trying again what did not arrive."""

from __future__ import annotations

from uuid import UUID

from app.core.outbox.messages import emit, handles
from app.core.outbox.queries import emit_chosen
from app.core.sweep import sweeping
from app.core.tenancy import current_community
from app.interfaces.actions import webhooks as actions
from app.interfaces.queries import webhooks
from app.kit.clock import now


@handles("complaint.filed")
def announce_report(event_id: str) -> None:
    """Receivers learn of a new complaint."""
    actions.announce(current_community(), UUID(event_id))


@handles("complaint.stepped")
def announce_step(event_id: str) -> None:
    """Receivers learn of a step."""
    actions.announce(current_community(), UUID(event_id))


@handles("complaint.escalated")
def announce_escalation(event_id: str) -> None:
    """Receivers learn that a step is late, and who was told of it."""
    actions.announce(current_community(), UUID(event_id))


@handles(actions.DELIVER)
def deliver(delivery_id: str, attempt: int) -> None:
    """One attempt at one delivery."""
    actions.deliver(current_community(), UUID(delivery_id), attempt)


@handles(actions.PURGE)
def purge(day: str) -> None:
    """Let the log go that the community keeps no longer; what is left for now comes next."""
    if actions.purge_log(current_community()):
        emit(actions.PURGE, day=day)


def sweep_log() -> int:
    """Cron, nightly: leave one message for each community whose log may be cut."""
    with sweeping() as connection:
        return emit_chosen(connection, webhooks.old_logs(actions.PURGE, now()))


def sweep_deliveries() -> int:
    """Cron, each minute: leave one message for each delivery whose next attempt is due."""
    with sweeping() as connection:
        return emit_chosen(connection, webhooks.due_messages(actions.DELIVER))
