from __future__ import annotations

from contextlib import contextmanager

import pytest
from factories import complaints as made
from factories import whistles as blown
from sqlalchemy import event

from app.core.db import db


@pytest.fixture
def street(world):
    """A community with a resident, a neighbour, a company's staff and an office."""
    return made.street(world)


@pytest.fixture
def crew(world):
    """A department over that street, with a member who is called."""
    return blown.crew(world)


@pytest.fixture
def statements(app):
    """Collects the statements sent to the database inside a block."""

    @contextmanager
    def collecting():
        seen = []

        def note(_connection, _cursor, statement, *_):
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collecting
