from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.core.config import Config
from app.core.db import db
from app.core.web.limits import limiter


@pytest.fixture
def limited_app(app: Flask, config: Config) -> Iterator[Flask]:
    """The application with its rate limits; the limiter is one for the whole process."""
    limited = create_app(replace(config, rate_limits=True))
    limited.config.update(WTF_CSRF_ENABLED=False)
    yield limited
    limiter.enabled = False
    with limited.app_context():
        db.engine.dispose()
