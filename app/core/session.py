"""The session: a unit of work that begins at the driver and lets the ORM join when it is asked.

Most requests send nothing but statements of `Prepared`; for those the ORM's own bookkeeping of a
transaction cost more than the transaction.
"""

from __future__ import annotations

from typing import Any, cast

import psycopg
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

_CURSOR = "gongzhi.cursor"
Cursor = psycopg.Cursor[Any]


class DirectSession(Session):
    """A session whose transaction may have begun on a connection before the ORM takes part."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, join_transaction_mode="control_fully", **named)
        self._held: tuple[Connection, Cursor] | None = None

    def direct(self) -> tuple[Connection, Cursor]:
        """The connection of the transaction, begun if need be, and a cursor kept open on it.

        Raises PendingRollbackError after a flush that failed, DBAPIError where it cannot begin.
        """
        held = self._held
        if held is None and not self.in_transaction():
            return self._begin_directly()
        # A savepoint of the ORM is set when it is asked for its connection.
        if held is not None and held[0].in_transaction() and not self.in_nested_transaction():
            return held
        connection = self.connection()
        return connection, kept_cursor(connection.connection)

    def get_bind(self, *arguments: Any, **named: Any) -> Engine | Connection:
        """The connection that has begun, else what the table's metadata names."""
        return self._held[0] if self._held else super().get_bind(*arguments, **named)

    def commit(self) -> None:
        """Commit what the connection and the ORM have done."""
        self.flush()
        if self._held and not self.in_transaction():
            self._held[0].commit()
            self.dispatch.after_commit(self)
        else:
            super().commit()
        self._release()

    def rollback(self) -> None:
        """Undo what the connection and the ORM have done."""
        try:
            if self._held and not self.in_transaction():
                self._held[0].rollback()
                self.dispatch.after_rollback(self)
            else:
                super().rollback()
        finally:
            self._release()

    def close(self) -> None:
        """Undo what was not committed, forget all rows, give the connection back."""
        try:
            super().close()
        finally:
            self._release()

    def _begin_directly(self) -> tuple[Connection, Cursor]:
        connection = cast("Engine", self.get_bind()).connect()
        try:
            connection.begin()
            self._held = connection, kept_cursor(connection.connection)
        except BaseException:
            connection.close()
            raise
        return self._held

    def _release(self) -> None:
        held, self._held = self._held, None
        if held:
            held[0].close()


class RequestSession(DirectSession, BoundSession):
    """The session of a request, a job or a command; Flask-SQLAlchemy knows its engine."""


def kept_cursor(connection: Any) -> Cursor:
    """A cursor of a pooled connection, one as long as the driver's connection lives."""
    kept: Cursor | None = connection.info.get(_CURSOR)
    if kept is None or kept.closed:
        kept = connection.info[_CURSOR] = connection.driver_connection.cursor()
    return kept
