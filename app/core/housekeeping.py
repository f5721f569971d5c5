"""Forgetting what need not be kept: shortest keeping (个人信息保护法 art. 19)."""

from __future__ import annotations

from sqlalchemy import text

from app.core.sweep import sweeping

_EXPIRED = (
    "DELETE FROM sms_code WHERE expires_at < now() - interval '1 day'",
    "DELETE FROM login_session WHERE coalesce(ended_at, expires_at) < now() - interval '180 days'",
)


def sweep_expired() -> None:
    """Remove used-up codes after a day and dead sessions after the half year logs are kept."""
    with sweeping() as connection:
        for statement in _EXPIRED:
            connection.execute(text(statement))
