from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

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
