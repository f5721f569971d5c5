"""Tenancy: which community (社区) or region (行政区划) a transaction may touch.

The scope is set in ONE place, `ScopedDialect`, and together with the BEGIN: literal `SET LOCAL`
statements, validated here. (`set_config()` would not reach the workers of a Citus cluster;
literal `SET LOCAL` with `citus.propagate_set_commands = 'local'` does.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import dialects
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from app.core.session import kept_cursor

PLATFORM_ID = 0
"""The community number under which the platform's own rows (log-ins, imports) are kept."""

_REGION_PATH = re.compile(r"\A\d{2,12}(\.\d{2,12})*\.\Z")


@dataclass(frozen=True, slots=True)
class CommunityRef:
    """A tenant as the URL names it. `region_path` is that of its street, e.g. `42.4206.420602.`"""

    id: int
    code: str
    name: str
    region_path: str


@dataclass(frozen=True, slots=True)
class RegionRef:
    """A region as the URL names it; `path` ends with a dot so that prefixes are exact."""

    code: str
    name: str
    level: str
    path: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What row-level security lets a transaction see; everything unset shows no rows."""

    community_id: int | None = None
    account_id: UUID | None = None
    region_path: str | None = None

    def __post_init__(self) -> None:
        if self.community_id is not None and (
            type(self.community_id) is not int or self.community_id < 0
        ):
            raise ValueError("community_id must be a whole number")
        if self.account_id is not None and not isinstance(self.account_id, UUID):
            raise ValueError("account_id must be a UUID")
        if self.region_path is not None and not _REGION_PATH.match(self.region_path):
            raise ValueError("region_path must be digits and dots, ending with a dot")

    def statement(self) -> str:
        """`BEGIN` and the literal `SET LOCAL` statements that announce this scope to PostgreSQL."""
        settings = ["BEGIN"]
        if self.community_id is not None:
            settings.append(f"SET LOCAL app.community_id = '{self.community_id}'")
        if self.account_id is not None:
            settings.append(f"SET LOCAL app.account_id = '{self.account_id}'")
        if self.region_path is not None:
            settings.append(f"SET LOCAL app.region_path = '{self.region_path}'")
        return ";".join(settings)


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


class PlaceDirectory(Protocol):
    """Finds tenants and regions by the code in the URL."""

    def community(self, code: str) -> CommunityRef | None:
        """The community with this 12-digit code."""

    def region(self, code: str) -> RegionRef | None:
        """The region with this statistics code."""


def place_directory() -> PlaceDirectory:
    """The directory registered at composition."""
    directory: PlaceDirectory = current_app.extensions["gongzhi.places"]
    return directory


def register_place_directory(app: Flask, directory: PlaceDirectory) -> None:
    """Say who finds tenants and regions."""
    app.extensions["gongzhi.places"] = directory


def current_scope() -> Scope:
    """The scope of the running request or job; the empty scope outside of one."""
    return _scope.get() or Scope()


def current_community() -> int:
    """The community a job runs in. Raises LookupError outside of one."""
    community_id = current_scope().community_id
    if community_id is None:
        raise LookupError("this job runs inside a community")
    return community_id


@contextmanager
def scoped(scope: Scope) -> Iterator[None]:
    """Run with this scope. Enter it before the transaction begins; it cannot change inside one."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


class ScopedDialect(PGDialect_psycopg):
    """PostgreSQL where a transaction begins with its scope, in one round trip.

    Engines of this dialect leave BEGIN to `do_begin` (isolation level `BEGUN_HERE`): the driver
    sends none of its own, and there is no way into a transaction but this one.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Announce the scope of the running request or job."""
        kept_cursor(dbapi_connection).execute(current_scope().statement())


BEGUN_HERE = "AUTOCOMMIT"
SCOPED = "postgresql+scoped"
dialects.registry.register("postgresql.scoped", __name__, ScopedDialect.__name__)
