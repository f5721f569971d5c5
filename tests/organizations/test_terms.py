"""Three months before a term ends the people responsible are told, exactly once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories.organizations import today
from sqlalchemy import select, text

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.sweep import sweeping
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.organizations.actions import (
    MemberDraft,
    OrganizationDraft,
    change_organization,
    found_organization,
    seat_member,
)
from app.organizations.jobs import sweep_term_ends
from app.organizations.rules import OrganizationKind, last_day_of_term, term_note, warning_reach
from app.organizations.rules.spans import add_years


def ending(world, community, ends, *, account_id=None, closed_on=None):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        draft = OrganizationDraft(
            name="业主委员会",
            compound_id=world_compound(world, community),
            term_starts=add_years(ends, -3),
            term_ends=ends,
            closed_on=closed_on,
        )
        known = found_organization(community.id, OrganizationKind.OWNERS_COMMITTEE, draft)
        seat_member(
            community.id, known, MemberDraft(name="王秀英", post="主任", account_id=account_id)
        )
        return known


def world_compound(world, community):
    return db.session.execute(
        text("SELECT id FROM compound WHERE community_id = :c"), {"c": community.id}
    ).scalar_one()


def told(world, community):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return db.session.scalars(
            select(Notification.account_id).where(
                Notification.community_id == community.id,
                Notification.once_key.like("organizations.term_ending:%"),
            )
        ).all()


def night(world, community):
    """One sweep and what it asks for; all communities are swept, one is looked at."""
    with world.app.app_context():
        sweep_term_ends()
    world.work_off(community)


@pytest.fixture
def community(world):
    made = world.community()
    world.compound(made)
    return made


@pytest.mark.parametrize(("extra_days", "count"), [(0, 3), (1, 0)])
def test_the_committee_and_the_office_are_told_from_three_months_before(
    world, community, extra_days, count
):
    staff = world.member(community, Role.COMMUNITY_STAFF)
    secretary = world.member(community, Role.PARTY_SECRETARY)
    chair = world.member(community, Role.RESIDENT)
    ends = warning_reach(today()) + timedelta(days=extra_days)
    ending(world, community, ends, account_id=chair.id)
    night(world, community)
    everybody = {staff.id, secretary.id, chair.id}
    assert set(told(world, community)) == (everybody if count else set())


def test_nobody_is_told_twice_however_often_the_sweep_runs(world, community):
    world.member(community, Role.COMMUNITY_STAFF)
    ending(world, community, today() + timedelta(days=30))
    for _ in range(3):
        night(world, community)
    assert len(told(world, community)) == 1
    with world.app.app_context(), sweeping() as connection:
        waiting = connection.execute(
            text(
                "SELECT count(*) FROM outbox_message WHERE community_id = :c"
                " AND kind = 'organizations.term_ending'"
            ),
            {"c": community.id},
        ).scalar_one()
    assert waiting == 0


def test_two_sweeps_before_the_first_is_worked_off_still_tell_once(world, community):
    world.member(community, Role.COMMUNITY_STAFF)
    ending(world, community, today() + timedelta(days=30))
    with world.app.app_context():
        sweep_term_ends()
        sweep_term_ends()
    world.work_off(community)
    assert len(told(world, community)) == 1


def test_a_term_that_ended_while_nothing_ran_is_still_told(world, community):
    world.member(community, Role.COMMUNITY_STAFF)
    ending(world, community, today() - timedelta(days=40))
    night(world, community)
    assert len(told(world, community)) == 1


def test_a_closed_committee_is_left_alone(world, community):
    world.member(community, Role.COMMUNITY_STAFF)
    ending(world, community, today() + timedelta(days=5), closed_on=today())
    night(world, community)
    assert told(world, community) == []


def test_a_term_renewed_before_the_message_is_worked_off_is_not_told(world, community):
    world.member(community, Role.COMMUNITY_STAFF)
    known = ending(world, community, today() + timedelta(days=5))
    with world.app.app_context():
        sweep_term_ends()
        with transaction(Scope(community_id=community.id)):
            draft = OrganizationDraft(
                name="业主委员会",
                compound_id=world_compound(world, community),
                term_starts=today(),
                term_ends=add_years(today(), 5),
            )
            change_organization(community.id, known, 1, draft)
    world.work_off(community)
    assert told(world, community) == []


def test_the_sweep_and_the_pages_agree_on_the_day():
    ends = date(2026, 11, 30)
    for today_ in (date(2026, 8, 29), date(2026, 8, 30), date(2026, 8, 31)):
        assert (ends <= warning_reach(today_)) is (term_note(ends, today_) is not None)


@pytest.mark.parametrize(
    ("starts", "years", "last"),
    [
        (date(2026, 3, 8), 5, date(2031, 3, 7)),
        (date(2024, 2, 29), 5, date(2029, 2, 27)),
        (date(2026, 3, 1), 1, date(2027, 2, 28)),
    ],
)
def test_a_term_ends_the_day_before_its_anniversary(starts, years, last):
    assert last_day_of_term(starts, years) == last


@pytest.mark.parametrize("years", [0, 6])
def test_a_term_is_one_to_five_years(years):
    with pytest.raises(ValueError, match="one to five"):
        last_day_of_term(date(2026, 3, 8), years)
