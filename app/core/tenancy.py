"""Tenancy: which community (社区) or region (行政区划) a transaction may touch.

The scope is set in ONE place, `_announce_scope`, when a transaction begins: literal `SET LOCAL`
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
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

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
        """The literal `SET LOCAL` statements that announce this scope to PostgreSQL."""
        settings = {
            "app.community_id": self.community_id,
            "app.account_id": self.account_id,
            "app.region_path": self.region_path,
        }
        return ";".join(
            f"SET LOCAL {name} = '{value}'" for name, value in settings.items() if value is not None
        )


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


@contextmanager
def scoped(scope: Scope) -> Iterator[None]:
    """Run with this scope. Enter it before the transaction begins; it cannot change inside one."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


@event.listens_for(Session, "after_begin")
def _announce_scope(_session: Session, _transaction: Any, connection: Connection) -> None:
    statement = current_scope().statement()
    if statement:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
