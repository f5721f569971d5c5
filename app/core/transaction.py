"""The one place that commits: a unit of work with its audit entries and outbox messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.pool import NullPool

from app.core.config import Config, ConfigurationError
from app.core.db import db, running_session, sqlalchemy_url
from app.core.ledger import write_ledger
from app.core.session import DirectSession
from app.core.tenancy import BEGUN_HERE, SCOPED, Scope, scoped

T = TypeVar("T")
ATTEMPTS = 3
RETRYABLE_STATES = frozenset({"40001", "40P01"})  # serialization failure, deadlock


def run(work: Callable[[], T], scope: Scope) -> T:
    """Do `work` in one transaction under `scope` and commit once.

    Everything is rolled back when `work` raises. Lost connections and serialization failures
    BEFORE the commit are tried again (nothing was confirmed then); a failing commit is not.
    """
    session = running_session()
    for attempt in range(1, ATTEMPTS + 1):
        with scoped(scope):
            try:
                result = work()
                write_ledger(session)
            except DBAPIError as error:
                session.rollback()
                if attempt == ATTEMPTS or not _worth_another_try(error):
                    raise
                continue
            except BaseException:
                session.rollback()
                raise
            try:
                session.commit()
            except BaseException:
                session.rollback()
                raise
            return result
    raise AssertionError("unreachable")


@contextmanager
def transaction(scope: Scope) -> Iterator[None]:
    """One transaction for jobs and commands, where the work is a block rather than a function."""
    with scoped(scope):
        try:
            yield
            write_ledger(running_session())
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.remove()


@contextmanager
def owner_transaction(scope: Scope) -> Iterator[DirectSession]:
    """One transaction of the schema's owner, for commands that set up what the product cannot.

    Raises ConfigurationError when DATABASE_OWNER_URL is not set.
    """
    config: Config = current_app.extensions["gongzhi.config"]
    if not config.database_owner_url:
        raise ConfigurationError("DATABASE_OWNER_URL is not set.")
    engine = create_engine(
        sqlalchemy_url(config.database_owner_url, SCOPED),
        poolclass=NullPool,
        isolation_level=BEGUN_HERE,
    )
    with scoped(scope), DirectSession(engine, autoflush=False) as session:
        yield session
        write_ledger(session)
        session.commit()


def _worth_another_try(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    lost = error.connection_invalidated and isinstance(error, OperationalError | InterfaceError)
    return lost or state in RETRYABLE_STATES
