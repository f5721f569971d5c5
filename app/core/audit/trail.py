"""Recording: one call in every action, in the same transaction as the change it tells of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, has_request_context

from app.core.audit.vocabulary import AuditEvent
from app.core.db import running_session
from app.core.ledger import add_entry


def record(
    event: AuditEvent,
    subject_id: UUID | str | None = None,
    *,
    actor_id: UUID | None = None,
    **details: Any,
) -> None:
    """Note `event` about `subject_id`. `details` are plain JSON values, never personal data.

    Without `actor_id` the signed-in person of the request is meant; in jobs: the system.
    """
    add_entry(
        running_session(),
        event_name=event.value,
        actor_id=actor_id or _actor_of_request(),
        subject_id=str(subject_id) if subject_id is not None else None,
        details=details,
        request_id=g.get("request_id") if has_request_context() else None,
    )


def _actor_of_request() -> UUID | None:
    place = g.get("here") if has_request_context() else None
    return place.actor.account_id if place is not None and place.actor is not None else None
