"""Counting requests and their time."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from app.core.web.health import REQUESTS, SECONDS


def init_measure(app: Flask) -> None:
    """Observe every request by endpoint and status; never by path, which holds ids."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def observe(response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        REQUESTS.labels(endpoint, str(response.status_code)).inc()
        if "started" in g:
            SECONDS.labels(endpoint).observe(time.perf_counter() - g.started)
        return response
