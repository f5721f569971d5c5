from __future__ import annotations

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.core.db import db
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
        assert db.session.scalar(text("SHOW app.community_id")) in {None, ""}


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
