"""Statements handed straight to the driver fail and count like any others."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, event, func, select, text
from sqlalchemy.exc import DataError, MultipleResultsFound, OperationalError

from app.core.db import db
from app.core.prepared import Prepared
from app.core.tenancy import Scope
from app.core.transaction import run, transaction

NUMBERED = Prepared(select(bindparam("number").label("number"), func.now().label("moment")))
DIVIDING = Prepared(text("SELECT 1 / (:number - :number) AS never"))
MANY = Prepared(text("SELECT generate_series(1, :number)"))
ENDING = Prepared(text("SELECT pg_terminate_backend(pg_backend_pid())"))
NOTHING = Scope()


def test_a_row_comes_back_by_the_names_of_its_columns(context):
    with transaction(NOTHING):
        row = NUMBERED.row({"number": 7})
    assert (row.number, row.moment.tzinfo is not None) == (7, True)


def test_no_row_is_none(context):
    with transaction(NOTHING):
        assert MANY.row({"number": 0}) is None


def test_more_rows_than_one_are_an_error(context):
    with pytest.raises(MultipleResultsFound), transaction(NOTHING):
        MANY.row({"number": 2})


def test_an_error_of_the_database_is_the_one_every_caller_knows(context):
    with pytest.raises(DataError) as raised, transaction(NOTHING):
        DIVIDING.row({"number": 13_800_000_000})
    assert raised.value.orig.sqlstate == "22012"
    assert "13800000000" not in str(raised.value)


def test_whoever_counts_statements_hears_of_it(context):
    heard = []

    def note(_connection, _cursor, statement, *_rest):
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with transaction(NOTHING):
            NUMBERED.row({"number": 1})
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(heard) == 1


def test_a_connection_lost_before_the_commit_is_replaced_and_the_work_done_again(context):
    tries = []

    def work():
        tries.append(1)
        if len(tries) == 1:
            ENDING.row({})
        return NUMBERED.row({"number": 5}).number

    assert run(work, NOTHING) == 5
    assert len(tries) == 2


def test_a_connection_lost_again_and_again_is_an_error(context):
    with pytest.raises(OperationalError) as raised:
        run(lambda: ENDING.row({}), NOTHING)
    assert raised.value.connection_invalidated
