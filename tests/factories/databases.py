"""Databases of the tests: a migrated template, cloned for each worker."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.core.config import Config
from app.core.db import db, sqlalchemy_url
from app.migrations import create_app as create_migrating_app

ROOT = Path(__file__).parents[2]
PREFIX = os.environ.get("TEST_DATABASE_PREFIX", "gongzhi_test")


def with_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return (
        re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", url, count=1)
        if "@/" in url
        else str(make_url(url).set(database=name).render_as_string(hide_password=False))
    )


def _admin_execute(*statements: str, database: str = "postgres") -> None:
    url = with_database(os.environ["DATABASE_ADMIN_URL"], database)
    engine = create_engine(sqlalchemy_url(url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _exists(database: str) -> bool:
    engine = create_engine(sqlalchemy_url(os.environ["DATABASE_ADMIN_URL"]), poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.scalar(
            text("SELECT true FROM pg_database WHERE datname = :name"), {"name": database}
        )
    return bool(found)


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def config_for(database: str, redis_url: str, files: Path) -> Config:
    """The configuration of a test process on this database."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SWEEP_URL")
    addresses = {name: with_database(os.environ[name], database) for name in names}
    return Config.from_environment(
        {
            **addresses,
            "GONGZHI_ENV": "test",
            "REDIS_URL": redis_url,
            "SECRET_KEY": "test-secret-test-secret-test-secret",
            "AUDIT_KEY": "test-audit-test-audit-test-audit-te",
            "SIGNING_KEY": "U0lHTklORy1LRVktT0YtVEhFLVRFU1RTLTMyLUJZVEU=",
            "FIELD_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "FILES_DIR": str(files),
            "DEMO": "1",
            "METRICS_TOKEN": "metrics-token",
            "RATE_LIMITS": "0",
        }
    )


def create_database(name: str) -> None:
    """An empty database with the extensions and the schema's owner."""
    _admin_execute(
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" OWNER gongzhi_owner',
    )
    _admin_execute(
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "ALTER SCHEMA public OWNER TO gongzhi_owner",
        "GRANT USAGE ON SCHEMA public TO gongzhi_app, gongzhi_sweep",
        database=name,
    )


def migrate(database: str, redis_url: str, files: Path) -> None:
    """Bring a database to the newest revision."""
    app = create_migrating_app(config_for(database, redis_url, files))
    with app.app_context():
        upgrade()
        db.engine.dispose()


def clone_database(suffix: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database cloned from the migrated template; returns its name."""
    template = f"{PREFIX}_template_{_migrations_digest()}"
    name = f"{PREFIX}_{suffix}"
    with FileLock(Path(tempfile.gettempdir()) / f"{PREFIX}.lock"):
        if not _exists(template):
            create_database(f"{template}_new")
            migrate(f"{template}_new", redis_url, tmp_path_factory.mktemp("migration"))
            _admin_execute(f'ALTER DATABASE "{template}_new" RENAME TO "{template}"')
        copy_database(template, name)
    return name


def copy_database(template: str, name: str) -> None:
    """Make `name` anew, as `template` is; nobody may be connected to the template."""
    _admin_execute(
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
    )


@contextmanager
def owner_connection(config: Config) -> Iterator[Connection]:
    """One transaction of the owner role, for what the runtime role may not do."""
    with _owner_engine(config.database_owner_url or "").begin() as connection:
        yield connection


@cache
def _owner_engine(url: str) -> Engine:
    # Nearly every test asks for one; a database made anew under the same name ends the old ones.
    return create_engine(sqlalchemy_url(url), pool_size=1, pool_pre_ping=True)
