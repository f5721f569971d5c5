"""The application with `flask db …`: `flask --app app.migrations db upgrade`.

Processes that serve pages do without it: Alembic and the migrations took 8 MiB in each.
"""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from app import MIGRATIONS
from app import create_app as create_serving_app
from app.core.config import Config
from app.core.db import db


def create_app(config: Config | None = None) -> Flask:
    """The application as its owner's role brings the database up to date with it."""
    app = create_serving_app(config)
    Migrate(app, db, directory=str(MIGRATIONS))
    return app
