"""Alembic's environment: migrations run as the owner role, with limits on waiting for locks."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.core.config import Config, ConfigurationError
from app.core.db import Base, sqlalchemy_url

configuration: Config = current_app.extensions["gongzhi.config"]


def run() -> None:
    if configuration.database_owner_url is None:
        raise ConfigurationError("DATABASE_OWNER_URL is not set; migrations run as the owner.")
    engine = create_engine(sqlalchemy_url(configuration.database_owner_url), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_lock(7100)"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
