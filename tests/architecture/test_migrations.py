"""Models and migrations tell the same story, forwards and backwards."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from factories.databases import clone_database, config_for, owner_connection
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app import MIGRATIONS
from app.core.db import Base, db
from app.core.web.health import migration_heads
from app.migrations import create_app as create_migrating_app

DIRECTORY = str(MIGRATIONS)
TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")


@pytest.fixture
def spare_app(worker_id, redis_url, tmp_path_factory, tmp_path):
    """An application on a database that may be taken apart."""
    name = clone_database(f"spare_{worker_id}", redis_url, tmp_path_factory)
    spare = create_migrating_app(config_for(name, redis_url, tmp_path))
    with spare.app_context():
        yield spare
        db.engine.dispose()


def test_models_and_migrations_do_not_differ(config):
    with owner_connection(config) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_line_of_migrations():
    assert len(ScriptDirectory(DIRECTORY).get_heads()) == 1


def test_the_newest_migration_is_known_without_loading_one():
    heads = ScriptDirectory(DIRECTORY).get_heads()
    assert list(migration_heads(MIGRATIONS / "versions")) == heads


def test_every_migration_goes_down_and_up_again(spare_app):
    steps = len(list(ScriptDirectory(DIRECTORY).walk_revisions()))
    for _ in range(steps):
        downgrade(revision="-1")
    with owner_connection(spare_app.extensions["gongzhi.config"]) as connection:
        assert connection.scalar(TABLES) == 1
    upgrade()
    with owner_connection(spare_app.extensions["gongzhi.config"]) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
