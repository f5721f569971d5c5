"""Structured logs, one JSON object a line, without personal data."""

from __future__ import annotations

import logging
import sys

import structlog
from flask import g, has_app_context

from app.core.config import Config

PERSONAL_FIELDS = frozenset(
    {"phone", "name", "password", "code", "identity_number", "address", "body", "text"}
)


def _drop_personal(
    _logger: object, _method: str, values: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    masked = values.get("event") == "message_sent"
    for key in PERSONAL_FIELDS.intersection(values):
        if not (masked and key == "address"):
            values[key] = "…"
    return values


def _name_request(
    _logger: object, _method: str, values: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if has_app_context() and "request_id" in g:
        values["request_id"] = g.request_id
    return values


def init_logs(config: Config) -> None:
    """Configure structlog for this process."""
    structlog.configure(
        processors=[
            _name_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_personal,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if config.environment == "test" else logging.INFO
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
