"""Statements that every request sends: compiled once, handed straight to the driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement, Connection
from sqlalchemy.exc import DBAPIError, MultipleResultsFound

from app.core.db import running_session
from app.core.session import DirectSession
from app.core.tenancy import ScopedDialect


class Prepared:
    """A statement that gives one row at most, sent without building a result of SQLAlchemy's.

    Values go to the driver unconverted: only for types it knows by itself (numbers, strings,
    bytes, moments, spans of time, UUIDs).
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._named: Callable[[Any], Any] | None = None

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        compiled = self._statement.compile(dialect=ScopedDialect())  # type: ignore[no-untyped-call]
        return str(compiled), dict(compiled.params)

    def row(self, values: Mapping[str, Any], session: DirectSession | None = None) -> Any | None:
        """Send it in the transaction of the session, the request's own unless one is given.

        Returns the row, None where there is none. Raises DBAPIError as any other statement does,
        MultipleResultsFound for more than one row.
        """
        sql, constants = self._compiled
        connection, cursor = (session or running_session()).direct()
        parameters = {**constants, **values}
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, sql, parameters, None, False)  # noqa: FBT003
        try:
            cursor.execute(sql, parameters)
        except psycopg.Error as error:
            raise _as_sqlalchemy(connection, sql, error) from error
        if not (cursor.pgresult and cursor.pgresult.nfields):
            return None
        if cursor.rowcount > 1:
            raise MultipleResultsFound
        found = cursor.fetchone()
        if found is None:
            return None
        if self._named is None:
            # The columns of a statement are always the same ones.
            self._named = namedtuple_row(cursor)
        return self._named(found)


def _as_sqlalchemy(connection: Connection, sql: str, error: psycopg.Error) -> BaseException:
    """The same error as SQLAlchemy would raise it; a lost connection leaves the pool."""
    driver = connection.connection.driver_connection
    lost = connection.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
