"""Rate limits, kept in Redis; without Redis each process counts for itself."""

from __future__ import annotations

from flask import Flask, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.core.access.door import ACCOUNT_KEY
from app.core.config import Config


def by_person() -> str:
    """Count by account where the signed cookie names one, else by address.

    Nothing is read from the database here: the door has not set the scope yet.
    """
    account = session.get(ACCOUNT_KEY)
    return f"account:{account}" if account else f"address:{get_remote_address()}"


limiter = Limiter(key_func=get_remote_address, strategy="fixed-window")


def init_limits(app: Flask, config: Config) -> None:
    """Bind the limiter to the configuration."""
    app.config.update(
        RATELIMIT_ENABLED=config.rate_limits,
        RATELIMIT_STORAGE_URI=config.redis_url.replace("unix://", "redis+unix://", 1),
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)
