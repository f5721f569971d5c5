"""Messages to a person: read once, and then left as they are."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.actions import notify
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now


def told(world, community, person, *keys):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        for key in keys:
            notify(community.id, [person.id], title=key, body="看看", url="/account", once_key=key)


def standing(world, community, person):
    """(id, read_at) of each message by its title."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        rows = db.session.execute(
            select(Notification.id, Notification.title, Notification.read_at).where(
                Notification.account_id == person.id
            )
        )
        return {row.title: (row.id, row.read_at) for row in rows}


def test_what_was_read_keeps_the_moment_it_was_read_first(world):
    community = world.community()
    person = world.member(community, Role.RESIDENT)
    told(world, community, person, "旧", "新")
    client = world.client(person)
    first = now() - timedelta(days=3)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            update(Notification).where(Notification.title == "旧").values(read_at=first)
        )
    key, _ = standing(world, community, person)["旧"]
    assert client.post(f"/notifications/{key}/open").location == "/account"
    assert client.post("/notifications/read-all").status_code == 302
    stood = standing(world, community, person)
    assert stood["旧"][1] == first
    assert stood["新"][1] > first


def test_telling_again_under_the_same_key_neither_doubles_nor_unreads(world):
    community = world.community()
    person = world.member(community, Role.RESIDENT)
    told(world, community, person, "一次")
    world.client(person).post("/notifications/read-all")
    before = standing(world, community, person)
    told(world, community, person, "一次")
    assert standing(world, community, person) == before
    assert before["一次"][1] is not None
