"""The world of a run: three identical databases, recorded transcripts, prepared requests."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app import create_app
from app.core.config import Config
from app.core.db import db, sqlalchemy_url
from app.migrations import create_app as create_migrating_app
from measure import rows
from measure.bulk import Bulk
from measure.cases import Cases
from measure.opening import open_assembly
from measure.record import record
from measure.requests import Prepared
from measure.world import World

PROJECT_SCRIPTS = Path(__file__).resolve().parents[1]
COPIES = ("recorded", "limit", "ours")
BULK = "bulk"
EMPTY = "empty"


class Stage:
    """Builds the world once and clones it, so that every database begins the same."""

    def __init__(self, instance: Any, requests: int) -> None:
        self._instance = instance
        self._requests = requests
        self.folder: Path = instance.place.home
        self._prepared: dict[str, list[Prepared]] = {}
        self.described = World.described(requests)

    @property
    def names(self) -> list[str]:
        """The rows of this run."""
        return list(self._prepared)

    def build(self) -> None:
        """Migrate the first database, fill it and clone it."""
        with create_migrating_app(self._configuration(None)).app_context():
            upgrade()
            db.engine.dispose()
        app = self._app(None)
        for name in (BULK, EMPTY):
            self._admin_run(f'CREATE DATABASE "{name}" TEMPLATE gongzhi')
        self._world = World(self._admin("gongzhi"), self._requests)
        self._world.build()
        with app.app_context():
            open_assembly(self._world, self._world.assembly)
            db.engine.dispose()
        self._world.settle()
        self._admin_run(*(f'CREATE DATABASE "{name}" TEMPLATE gongzhi' for name in COPIES))

    def bulk(self, people: int, voters: int) -> Bulk:
        """The works over a whole compound, on a database of their own."""
        return Bulk(self._app(BULK), self._admin(BULK), people, voters, self.folder)

    def cases(self, name: str, cases: int, *, all_open: bool = False) -> Flask:
        """The product on a database of its own with this many complaints."""
        self._admin_run(f'CREATE DATABASE "{name}" TEMPLATE "{EMPTY}"')
        Cases(self._at_admin(name), cases, all_open=all_open).build()
        return self._app(name)

    def empty_outbox(self, database: str) -> None:
        """Forget the messages that wait in a database of cases."""
        with psycopg.connect(self._at_admin(database), autocommit=True) as connection:
            connection.execute("DELETE FROM outbox_message")

    def drop(self, *names: str) -> None:
        """Remove databases of cases that are no longer needed."""
        for name in names:
            self._admin_run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def record(self, only: tuple[str, ...]) -> None:
        """Run every request on a database of its own and note its statements."""
        app = self._app("recorded")
        self._prepared = {
            name: make(app, self._world, self._requests // rows.HEAVY.get(name, 1))
            for name, make in rows.ROWS.items()
            if name.startswith(only)
        }
        transcripts = {name: record(app, made) for name, made in self._prepared.items()}
        with app.app_context():
            db.engine.dispose()
        (self.folder / "transcripts.pickle").write_bytes(pickle.dumps(transcripts))

    def ours(self, database: str = "ours") -> tuple[str, dict[str, str], str]:
        """WSGI target, environment and probe of the product."""
        return "wsgi:app", self._environment(database), "/healthz"

    def limit(self) -> tuple[str, dict[str, str], str]:
        """WSGI target, environment and probe of the limit."""
        environment = self._environment("limit")
        environment |= {
            "TRANSCRIPTS": str(self.folder / "transcripts.pickle"),
            "LIMIT_DATABASE_URL": environment["DATABASE_URL"],
            "PYTHONPATH": str(PROJECT_SCRIPTS),
        }
        return "measure.limit:app", environment, "/healthz"

    def our_requests(self, name: str, part: Iterable[int]) -> list[bytes]:
        """A round's requests to the product."""
        return [self._prepared[name][number].raw() for number in part]

    def limit_requests(self, name: str, part: Iterable[int]) -> list[bytes]:
        """The same requests to the limit: same method, headers and body."""
        return [self._prepared[name][number].raw(f"/{name}/{number}") for number in part]

    def part(self, name: str, size: int, number: int) -> range:
        """Which requests a round sends, of which there are `size` in a light row."""
        each = size // rows.HEAVY.get(name, 1)
        return range(number * each, (number + 1) * each)

    def status(self, name: str) -> int:
        """The status that means success."""
        return self._prepared[name][0].status

    def _environment(self, database: str) -> dict[str, str]:
        named = dict(self._instance.environment)
        for key in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SWEEP_URL"):
            named[key] = _at(named[key], database)
        return named

    def _app(self, database: str | None) -> Flask:
        return create_app(self._configuration(database))

    def _configuration(self, database: str | None) -> Config:
        return Config.from_environment(self._environment(database or "gongzhi"))

    def _admin(self, database: str) -> str:
        return sqlalchemy_url(self._at_admin(database))

    def _at_admin(self, database: str) -> str:
        return _at(self._instance.environment["DATABASE_ADMIN_URL"], database)

    def _admin_run(self, *statements: str) -> None:
        engine = create_engine(
            self._admin("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
        )
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))


def _at(address: str, database: str) -> str:
    return re.sub(r"@/[^?]*", f"@/{database}", address)
