from __future__ import annotations

from contextlib import contextmanager

import pytest
from factories import complaints as made
from factories import interfaces as programs
from sqlalchemy import event

from app.core.db import db
from app.interfaces.rules.clients import Reading


@pytest.fixture
def street(world):
    return made.street(world)


@pytest.fixture
def hotline(world, street):
    """A client that sees what it sent."""
    return programs.program(world, street)


@pytest.fixture
def grid(world, street):
    """A client that sees the progress of all of the community."""
    return programs.program(world, street, Reading.COMMUNITY, "网格平台")


@pytest.fixture
def api(world, street):
    """The address of a resource in this community."""

    def address(resource, ending="json"):
        return f"/open311/v2/{street.community.code}/{resource}.{ending}"

    return address


@pytest.fixture
def post(world, api, hotline, street):
    """Reports as the hotline does."""

    def send(ending="json", **values):
        data = {
            "api_key": hotline.key,
            "service_code": "property.lighting",
            "address_id": f"compound:{street.compound_id}",
            "description": "三楼楼道灯不亮",
            **values,
        }
        data = {name: value for name, value in data.items() if value is not None}
        return world.client().post(api("requests", ending), data=data)

    return send


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
