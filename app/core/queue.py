"""Redis and the RQ queue of this process."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app
from redis import Redis
from rq import Queue

from app.core.config import Config

QUEUE = "gongzhi"


def init_queue(app: Flask, config: Config) -> None:
    """One client a process; short time-outs, so that a lost Redis never holds a request."""
    app.extensions["gongzhi.redis"] = Redis.from_url(
        config.redis_url, socket_timeout=5, socket_connect_timeout=2, health_check_interval=30
    )


def redis_client() -> Redis:
    """The process's Redis client."""
    return cast("Redis", current_app.extensions["gongzhi.redis"])


def message_queue() -> Queue:
    """The queue the relay fills and the workers empty."""
    return Queue(QUEUE, connection=redis_client())
