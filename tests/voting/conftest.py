"""What the tests of voting share."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.core.db import db


@pytest.fixture
def counting(app):
    """`with counting() as statements:` collects the SQL of a block."""

    @contextmanager
    def collect():
        statements = []

        def note(_connection, _cursor, statement, *_):
            statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect
