"""Connections of the sweep role: the relay and cron look across communities through it.

The role sees a few columns of a few tables (see migrations) and can do nothing a resident can.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, create_engine

from app.core.config import Config, ConfigurationError
from app.core.db import sqlalchemy_url


def init_sweep(app: Flask, config: Config) -> None:
    """Keep one connection: the relay looks three times a second; more only while they are needed.

    It is tried before use, so that a database that was away meanwhile is not noticed.
    """
    if config.database_sweep_url:
        app.extensions["gongzhi.sweep"] = create_engine(
            sqlalchemy_url(config.database_sweep_url),
            pool_size=1,
            max_overflow=4,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
        )


@contextmanager
def sweeping() -> Iterator[Connection]:
    """One transaction of the sweep role.

    Raises ConfigurationError when DATABASE_SWEEP_URL is not set.
    """
    engine: Engine | None = current_app.extensions.get("gongzhi.sweep")
    if engine is None:
        raise ConfigurationError("DATABASE_SWEEP_URL is not set.")
    with engine.begin() as connection:
        yield connection
