"""How far a job has come: kept in Redis for a while, for the eye only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from redis.exceptions import RedisError

from app.core.queue import redis_client

KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many done."""

    done: int
    total: int


def report(task_id: UUID, done: int, total: int) -> None:
    """Say how far a task is. A lost Redis never stops the task."""
    with suppress(RedisError):
        redis_client().set(_key(task_id), f"{done} {total}", ex=KEPT_SECONDS)


def read(task_id: UUID) -> Progress | None:
    """How far a task is; None when it has not begun or nobody remembers."""
    with suppress(RedisError, ValueError):
        kept = redis_client().get(_key(task_id))
        if isinstance(kept, bytes):
            done, total = kept.split()
            return Progress(int(done), int(total))
    return None


def _key(task_id: UUID) -> str:
    return f"progress:{task_id}"
