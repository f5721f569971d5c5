"""Doing what a message asks, in the worker. Effects and removal share one transaction."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from app.core.outbox import queries
from app.core.outbox.messages import handlers_of
from app.core.tenancy import Scope
from app.core.transaction import transaction

MOST_ATTEMPTS = 6
log = structlog.get_logger()


def work_message(community_id: int, message_id: str) -> bool:
    """Do one message. False when it was done already. Safe to run twice, also at the same time.

    A failure is counted on the message, which comes back later and ends as a dead letter after
    `MOST_ATTEMPTS`; the exception itself is not raised again.
    """
    scope, key = Scope(community_id=community_id), UUID(message_id)
    try:
        return _do(scope, community_id, key)
    except Exception as error:
        log.exception("message_failed", message_id=message_id, community_id=community_id)
        _put_off(scope, community_id, key, error)
        return False


def backoff(attempts: int) -> timedelta:
    """Waiting time before the next try: 5 s, 20 s, 80 s, …, at most an hour."""
    return timedelta(seconds=min(3600, 5 * 4**attempts))


def _do(scope: Scope, community_id: int, key: UUID) -> bool:
    with transaction(scope):
        message = queries.take(community_id, key)
        if message is None:
            return False
        handlers = handlers_of(message.kind)
        if not handlers:
            raise LookupError(f"nobody handles {message.kind}")
        for handler in handlers:
            handler(**message.payload)
    return True


def _put_off(scope: Scope, community_id: int, key: UUID, error: Exception) -> None:
    with transaction(scope):
        attempts = queries.attempts_of(community_id, key)
        if attempts is None:
            return
        queries.note_failure(
            community_id,
            key,
            error=type(error).__name__,
            retry_in=backoff(attempts),
            dead=attempts + 1 >= MOST_ATTEMPTS,
        )
