"""Counting requests and their time."""

from __future__ import annotations

import time
from functools import cache

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from app.core.web.health import REQUESTS, SECONDS


def init_measure(app: Flask) -> None:
    """Observe every request by endpoint and status; never by path, which holds ids."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def observe(response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        _answers(endpoint, response.status_code).inc()
        started = g.get("started")
        if started is not None:
            _seconds(endpoint).observe(time.perf_counter() - started)
        return response


@cache
def _answers(endpoint: str, status: int) -> Counter:
    return REQUESTS.labels(endpoint, str(status))


@cache
def _seconds(endpoint: str) -> Histogram:
    return SECONDS.labels(endpoint)
