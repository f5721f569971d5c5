"""Composition: configuration, extensions and rooms. Nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import rooms
from app.core.access.door import check_doors
from app.core.config import Config
from app.core.db import init_db
from app.core.files.storage import init_files
from app.core.notifications.providers import init_notifications
from app.core.queue import init_queue
from app.core.sweep import init_sweep
from app.core.web.assets import init_assets
from app.core.web.compression import Compression
from app.core.web.errors import init_errors
from app.core.web.forgery import Forgery
from app.core.web.headers import init_headers
from app.core.web.health import migration_heads
from app.core.web.limits import init_limits
from app.core.web.logs import init_logs
from app.core.web.measure import init_measure
from app.core.web.shell import init_shell
from app.core.web.signatures import KeptSessions

ROOT = Path(__file__).parents[1]
MIGRATIONS = ROOT / "migrations"
forgery = Forgery()


class Application(Flask):
    """Flask, all of whose views are plain functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is asynchronous: need not be found out nine times a request."""
        return func


def create_app(config: Config | None = None) -> Flask:
    """The application, composed from the environment or from the given configuration."""
    config = config or Config.from_environment()
    init_logs(config)
    app = Application(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.extensions["gongzhi.config"] = config
    _configure(app, config)
    init_db(app, config)
    init_sweep(app, config)
    init_queue(app, config)
    init_files(app, config)
    init_notifications(app, config)
    init_headers(app, config)
    init_measure(app)
    init_limits(app, config)
    forgery.init_app(app)
    init_shell(app, config)
    init_errors(app)
    rooms.open_rooms(app, config)
    app.extensions["gongzhi.migration_heads"] = migration_heads(MIGRATIONS / "versions")
    check_doors(app)
    Compression(app)
    init_assets(app)
    if config.trusted_proxies:
        proxies = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=config.upload_limit_bytes,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME="gongzhi",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        COMPRESS_MIMETYPES=["text/html", "application/json", "text/csv"],
        COMPRESS_MIN_SIZE=1024,
    )
    app.session_interface = KeptSessions(app)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
