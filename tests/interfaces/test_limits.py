"""How often a program may ask, counted by its key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories import complaints as made
from factories import interfaces as programs
from factories.world import World

from app import create_app
from app.core.db import db
from app.core.web.limits import limiter
from app.interfaces.rules.clients import Reading


@pytest.fixture
def limited(config):
    """The application with its rate limits; the limiter is one for the whole process."""
    limited = create_app(replace(config, rate_limits=True))
    yield World(limited, config)
    limiter.enabled = False
    with limited.app_context():
        db.engine.dispose()


def test_a_key_that_asks_too_often_waits_while_another_is_answered(limited):
    street = made.street(limited)
    eager = programs.program(limited, street)
    calm = programs.program(limited, street, Reading.COMMUNITY, "网格平台")
    address = f"/open311/v2/{street.community.code}/requests"
    client = limited.client()

    def ask(key, ending="json"):
        return client.get(f"{address}.{ending}", headers={"X-Api-Key": key})

    answers = [ask(eager.key).status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]
    assert ask(eager.key).json[0]["code"] == 429
    assert b"<code>429</code>" in ask(eager.key, "xml").data
    assert ask(calm.key).status_code == 200
