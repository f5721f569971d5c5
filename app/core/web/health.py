"""Probes and metrics for those who run the product."""

from __future__ import annotations

import hmac
import os
import re
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client import REGISTRY as PROCESS_REGISTRY
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from app.core.access.door import requires
from app.core.access.permissions import PUBLIC
from app.core.config import Config
from app.core.db import db
from app.core.queue import redis_client
from app.kit.refusal import NotFound

blueprint = Blueprint("health", __name__)
REQUESTS = Counter("gongzhi_requests_total", "Answered requests", ["endpoint", "status"])
CURRENT_REVISION = text("SELECT version_num FROM alembic_version")
_REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)
SECONDS = Histogram("gongzhi_request_seconds", "Time to answer", ["endpoint"])


@blueprint.get("/healthz")
@requires(PUBLIC)
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@requires(PUBLIC)
def readyz() -> Response:
    """Database, queue and migrations are there; 503 with what is missing otherwise."""
    checks = {"database": _migrated(), "queue": _queue_answers()}
    response = jsonify(checks)
    response.status_code = 200 if all(state == "ok" for state in checks.values()) else 503
    return response


@blueprint.get("/metrics")
@requires(PUBLIC)
def metrics() -> Response:
    """Prometheus metrics, for callers with the bearer token METRICS_TOKEN."""
    config: Config = current_app.extensions["gongzhi.config"]
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {config.metrics_token}"
    if config.metrics_token is None or not hmac.compare_digest(given, expected):
        raise NotFound
    registry = PROCESS_REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _migrated() -> str:
    try:
        current = db.session.scalar(CURRENT_REVISION)
    except ProgrammingError:
        db.session.rollback()
        return "migrations pending"
    except SQLAlchemyError:
        db.session.rollback()
        return "unavailable"
    heads: tuple[str, ...] = current_app.extensions["gongzhi.migration_heads"]
    return "ok" if current in heads else "migrations pending"


def _queue_answers() -> str:
    try:
        redis_client().ping()
    except RedisError:
        return "unavailable"
    return "ok"


def migration_heads(folder: Path) -> tuple[str, ...]:
    """The newest revisions in the source tree, read without running a migration."""
    written = [_REVISION.findall(path.read_text()) for path in folder.glob("*.py")]
    named = [dict(pairs) for pairs in written]
    followed = {names.get("down_revision") for names in named}
    return tuple(sorted({names["revision"] for names in named} - followed))
