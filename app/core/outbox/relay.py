"""The relay: hands due messages to RQ. If it, Redis or a worker dies, messages come back."""

from __future__ import annotations

import signal
import threading
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from app.core.outbox import queries
from app.core.queue import message_queue
from app.core.sweep import sweeping

BATCH = 500
PAUSE_SECONDS = 0.3
TROUBLE_PAUSE_SECONDS = 2.0
WORK = "app.core.outbox.work.work_message"
log = structlog.get_logger()


def relay_once(limit: int = BATCH) -> int:
    """Dispatch what is due; returns how many. Enqueued before the commit: twice beats never."""
    with sweeping() as connection:
        claimed = queries.claim_due(connection, limit)
        if claimed:
            message_queue().enqueue_many([_job(row) for row in claimed])
        return len(claimed)


def relay_forever() -> None:
    """Run until SIGTERM or SIGINT; survives a database or Redis that is away for a while."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        pause = PAUSE_SECONDS
        try:
            while relay_once() == BATCH and not stop.is_set():
                pass
        except (OperationalError, RedisError) as error:
            log.warning("relay_waits", reason=type(error).__name__)
            pause = TROUBLE_PAUSE_SECONDS
        stop.wait(pause)


def _job(row: Any) -> Any:
    return message_queue().prepare_data(
        WORK,
        args=(row.community_id, str(row.id)),
        job_id=f"{row.id}-{row.dispatches}",
        result_ttl=0,
        failure_ttl=86400,
        timeout=900,
        description=row.kind,
    )
