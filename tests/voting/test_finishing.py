"""Between the close and the result: the count is due within one working day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import channels, voting
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.voting.models import Assembly


@pytest.mark.parametrize(("days", "told"), [(0, 0), (30, 1)])
def test_a_count_that_waits_for_paper_is_late_after_one_working_day(world, days, told):
    community = world.community()
    compound = world.compound(community)
    owner = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=owner)
    clerk = world.member(community, Role.COMMUNITY_STAFF, "干事")
    made = voting.opened(world, community, compound)
    channels.admit(world, community, made)
    voter_id = voting.voter_of(world, community, made, owner)
    paper = channels.printed(world, community, made, voter_id, clerk)
    channels.bring_back(world, community, made, paper, clerk)
    channels.enter(world, community, made, paper, clerk)
    voting.run_out(world, community, made)
    for _ in range(2):
        with world.app.app_context(), transaction(Scope(community_id=community.id)):
            db.session.execute(
                db.update(Assembly)
                .where(Assembly.id == made.id)
                .values(
                    opens_at=now() - timedelta(days=days + 10),
                    closes_at=now() - timedelta(days=days, minutes=1),
                    due_at=now() - timedelta(minutes=1),
                )
            )
        voting.clock_strikes(world, community, made)
        world.work_off(community)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        titles = db.session.scalars(
            select(Notification.title).where(
                Notification.community_id == community.id,
                Notification.title.like("计票已超过%"),
            )
        ).all()
        state = db.session.get_one(Assembly, (community.id, made.id)).state
    assert len(titles) == told
    assert state == "closed"
    other = world.member(community, Role.COMMUNITY_STAFF, "乙")
    channels.enter(world, community, made, paper, other)
    world.work_off(community)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assert db.session.get_one(Assembly, (community.id, made.id)).state == "published"
