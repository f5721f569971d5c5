"""One transaction, whoever speaks first: the driver's own statements or the ORM."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError, PendingRollbackError

from app.core.db import db
from app.core.prepared import Prepared
from app.core.tenancy import Scope
from app.core.transaction import run, transaction
from app.kit.ids import new_id
from app.kit.refusal import Conflict
from app.registry.models import Compound

TRANSACTION = Prepared(text("SELECT txid_current() AS number"))
NAMED = Prepared(
    text(
        "INSERT INTO compound (community_id, id, name, pinyin)"
        " VALUES (:community_id, :id, :name, :name)"
    )
)


@pytest.fixture
def scope(world, context):
    return Scope(community_id=world.community().id)


def name_directly(scope, name):
    NAMED.row({"community_id": scope.community_id, "id": new_id(), "name": name})


def name_by_orm(scope, name):
    db.session.add(Compound(community_id=scope.community_id, name=name, pinyin=name))
    db.session.flush()


def names(scope):
    with transaction(scope):
        return set(db.session.scalars(select(Compound.name)))


def given_back():
    return db.engine.pool.checkedout() == 0


def test_statements_of_the_driver_alone_ask_nothing_of_the_orm(scope):
    def work():
        name_directly(scope, "one")
        return db.session().in_transaction()

    assert run(work, scope) is False
    assert names(scope) == {"one"}


@pytest.mark.parametrize("first", [name_directly, name_by_orm])
def test_both_stand_in_the_same_transaction_whoever_begins_it(scope, first):
    with transaction(scope):
        first(scope, "one")
        by_orm = db.session.scalar(text("SELECT txid_current()"))
        assert TRANSACTION.row({}).number == by_orm


def test_a_refusal_undoes_what_the_driver_wrote(scope):
    def work():
        name_directly(scope, "gone")
        raise Conflict("不可以")

    with pytest.raises(Conflict):
        run(work, scope)
    assert names(scope) == set()
    assert given_back()


def test_after_an_undoing_in_the_midst_work_goes_on_in_the_same_scope(scope):
    def work():
        name_directly(scope, "gone")
        db.session.rollback()
        name_directly(scope, "kept")

    run(work, scope)
    assert names(scope) == {"kept"}


def test_a_savepoint_of_the_orm_holds_the_statements_of_the_driver_too(scope):
    def work():
        name_directly(scope, "kept")
        with pytest.raises(Conflict), db.session.begin_nested():
            name_directly(scope, "gone")
            raise Conflict("不可以")
        name_directly(scope, "kept too")

    run(work, scope)
    assert names(scope) == {"kept", "kept too"}


def test_after_a_flush_that_failed_the_driver_says_nothing_outside_of_the_transaction(scope):
    def work():
        name_directly(scope, "twice")
        with pytest.raises(IntegrityError):
            name_by_orm(scope, "twice")
        name_directly(scope, "outside")

    with pytest.raises(PendingRollbackError):
        run(work, scope)
    assert names(scope) == set()
    assert given_back()


@pytest.mark.parametrize(
    ("moment", "end"), [("after_commit", "commit"), ("after_rollback", "rollback")]
)
def test_whoever_waits_for_the_end_hears_of_it_once(scope, moment, end):
    heard = []
    with transaction(scope):
        session = db.session()
        event.listen(session, moment, heard.append)
        name_directly(scope, "one")
        getattr(session, end)()
        assert heard == [session]


def test_a_session_closed_in_the_midst_leaves_nothing_and_gives_its_connection_back(scope):
    with transaction(scope):
        name_directly(scope, "gone")
        db.session.close()
        assert given_back()
    assert names(scope) == set()


STEPS = st.lists(
    st.sampled_from(["driver", "orm", "commit", "rollback", "savepoint", "undone savepoint"]),
    max_size=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_is_kept_is_what_stood_before_a_commit_in_whatever_order(world, context, steps):
    scope = Scope(community_id=world.community().id)
    kept, pending, number = set(), set(), count()
    with transaction(scope):
        for step in steps:
            pair = {f"{next(number)} driver", f"{next(number)} orm"}
            if step == "commit":
                db.session.commit()
                kept |= pending
                pending = set()
            elif step == "rollback":
                db.session.rollback()
                pending = set()
            elif step in {"driver", "orm"}:
                one = next(name for name in pair if name.endswith(step))
                (name_directly if step == "driver" else name_by_orm)(scope, one)
                pending.add(one)
            else:
                _in_savepoint(scope, sorted(pair), undone=step != "savepoint")
                pending |= pair if step == "savepoint" else set()
    assert names(scope) == kept | pending
    assert given_back()


def _in_savepoint(scope, pair, *, undone):
    savepoint = db.session.begin_nested()
    name_directly(scope, pair[0])
    name_by_orm(scope, pair[1])
    if undone:
        savepoint.rollback()
    else:
        savepoint.commit()
