from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import NullPool

from app.core.audit.models import AuditEntry
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.ledger import add_entry
from app.core.tenancy import Scope
from app.core.transaction import run, transaction
from app.kit.refusal import Conflict
from app.registry.models import Compound


@pytest.fixture
def scope(world, context):
    return Scope(community_id=world.community().id)


def add(scope, name):
    db.session.add(Compound(community_id=scope.community_id, name=name, pinyin=name))
    db.session.flush()


def count(scope):
    with transaction(scope):
        return db.session.scalar(select(func.count()).select_from(Compound))


def kill_other_connections():
    """What a restarted server does to pooled connections."""
    db.session.execute(text("SELECT 1"))
    pid = db.session.scalar(text("SELECT pg_backend_pid()"))
    other = db.engine.connect()
    try:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    finally:
        other.close()


def test_work_is_committed_once(scope):
    run(lambda: add(scope, "one"), scope)
    assert count(scope) == 1


def test_a_refusal_rolls_everything_back(scope):
    def work():
        add(scope, "gone")
        raise Conflict("不可以")

    with pytest.raises(Conflict):
        run(work, scope)
    assert count(scope) == 0


def test_a_connection_lost_before_the_commit_is_tried_again(scope):
    attempts = []

    def work():
        attempts.append(1)
        if len(attempts) == 1:
            kill_other_connections()
        add(scope, "kept")

    run(work, scope)
    assert len(attempts) == 2
    assert count(scope) == 1


def test_a_statement_that_fails_every_time_is_not_repeated_for_ever(scope):
    attempts = []

    def work():
        attempts.append(1)
        kill_other_connections()
        add(scope, "never")

    with pytest.raises(OperationalError):
        run(work, scope)
    assert len(attempts) == 3


def test_a_wrong_statement_is_not_repeated(scope):
    attempts = []

    def work():
        attempts.append(1)
        db.session.execute(text("SELECT 1 / 0"))

    with pytest.raises(Exception, match="division by zero"):
        run(work, scope)
    assert len(attempts) == 1


def test_a_transaction_begins_with_its_scope_in_one_round_trip(scope):
    with transaction(scope):
        driver = db.session.connection().connection.driver_connection
        assert driver.autocommit
        assert driver.info.transaction_status.name == "INTRANS"
        assert db.session.scalar(text("SHOW app.community_id")) == str(scope.community_id)
    with transaction(Scope()):
        unset = text("SELECT current_setting('app.community_id', true)")
        assert db.session.scalar(unset) in {None, ""}


def test_no_statement_runs_outside_of_a_transaction(scope):
    with db.engine.connect() as connection:
        before = connection.scalar(text("SELECT txid_current()"))
        assert connection.scalar(text("SELECT txid_current()")) == before
        connection.execute(text("CREATE TEMPORARY TABLE tried (n int)"))
        connection.rollback()
        assert connection.scalar(text("SELECT to_regclass('tried')")) is None


def test_what_a_savepoint_undoes_leaves_the_rest(scope):
    def work():
        add(scope, "kept")
        with pytest.raises(Conflict), db.session.begin_nested():
            add(scope, "gone")
            raise Conflict("不可以")

    run(work, scope)
    assert count(scope) == 1


def test_a_server_that_is_gone_when_a_transaction_begins_is_tried_again(scope):
    db.engine.dispose()
    run(lambda: add(scope, "one"), scope)
    with transaction(scope):
        pooled = db.session.scalar(text("SELECT pg_backend_pid()"))
    with create_engine(db.engine.url, poolclass=NullPool).connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pooled})
    run(lambda: add(scope, "two"), scope)
    assert count(scope) == 2


def noted(scope):
    with transaction(scope):
        return db.session.scalar(select(func.count()).select_from(AuditEntry))


def note_what_cannot_be_written():
    add_entry(
        db.session, event_name=None, actor_id=None, subject_id=None, details={}, request_id=None
    )


def pooled_backend():
    return db.session.scalar(text("SELECT pg_backend_pid()"))


@contextmanager
def server_killed_at_the_commit():
    """The server's process of the committing connection ends just before it hears of the COMMIT."""

    def kill(connection):
        pid = connection.connection.driver_connection.info.backend_pid
        with create_engine(db.engine.url, poolclass=NullPool).connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    engine = db.engine
    event.listen(engine, "commit", kill)
    try:
        yield
    finally:
        event.remove(engine, "commit", kill)


def test_the_ledger_is_written_once_also_beside_a_savepoint(scope):
    before = noted(scope)

    def work():
        with db.session.begin_nested():
            add(scope, "one")
            record(AuditEvent.COMPOUND_SAVED, "one", changed=["name"])

    run(work, scope)
    assert noted(scope) == before + 1


def test_an_entry_alone_is_written(scope):
    before = noted(scope)
    run(lambda: record(AuditEvent.COMPOUND_SAVED, "one", changed=["name"]), scope)
    assert noted(scope) == before + 1


def test_a_ledger_that_fails_leaves_nothing_and_the_connection_goes_on(scope):
    db.engine.dispose()
    attempts, backends = [], []

    def work():
        attempts.append(1)
        backends.append(pooled_backend())
        add(scope, "gone")
        note_what_cannot_be_written()

    with pytest.raises(IntegrityError, match="event"):
        run(work, scope)
    assert len(attempts) == 1

    def later():
        backends.append(pooled_backend())
        add(scope, "kept")
        record(AuditEvent.COMPOUND_SAVED, "kept", changed=["name"])

    run(later, scope)
    assert backends[0] == backends[1]
    assert count(scope) == 1


def test_a_ledger_that_fails_in_a_job_leaves_nothing(scope):
    def job():
        with transaction(scope):
            add(scope, "gone")
            note_what_cannot_be_written()

    with pytest.raises(IntegrityError, match="event"):
        job()
    assert count(scope) == 0


def test_a_ledger_behind_a_failure_that_was_swallowed_is_no_success(scope):
    def work():
        add(scope, "gone")
        with pytest.raises(Exception, match="division by zero"):
            db.session.execute(text("SELECT 1 / 0"))
        record(AuditEvent.COMPOUND_SAVED, "gone", changed=["name"])

    with pytest.raises(Exception, match="current transaction is aborted"):
        run(work, scope)
    assert count(scope) == 0


@pytest.mark.parametrize("ledger", [True, False])
def test_a_server_killed_at_the_commit_gives_no_success_and_no_second_try(scope, ledger):
    attempts = []

    def work():
        attempts.append(1)
        add(scope, "lost")
        if ledger:
            record(AuditEvent.COMPOUND_SAVED, "lost", changed=["name"])

    before = noted(scope)
    with server_killed_at_the_commit(), pytest.raises(OperationalError):
        run(work, scope)
    assert len(attempts) == 1
    assert (count(scope), noted(scope)) == (0, before)
