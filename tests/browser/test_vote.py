"""Slice two: an owner votes from the start page in four taps, and everybody reads the result."""

from __future__ import annotations

import pytest
from factories import voting
from factories.windows import DESK, PHONE, assert_accessible
from playwright.sync_api import expect

from app.core.access.roles import Role


@pytest.mark.parametrize("javascript", [True, False])
def test_an_owner_votes_in_four_taps_and_reads_the_result(live_world, browser_page, javascript):
    world = live_world
    community = world.community()
    compound = world.compound(community)
    owner = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=owner)
    office = world.member(community, Role.COMMUNITY_STAFF)
    made = voting.opened(world, community, compound)

    phone = browser_page(owner, PHONE, javascript=javascript)
    phone.goto(f"/c/{community.code}/")
    phone.get_by_role("link", name="去投票").first.click()
    phone.get_by_text("同意", exact=True).click()
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="投出这一票").click()
    expect(phone.get_by_role("heading", name="票已投出")).to_be_visible()

    desk = browser_page(office, DESK)
    desk.goto(f"/c/{community.code}/assemblies/{made.id}/participation")
    expect(desk.get_by_text("都已过三分之二").first).to_be_visible()
    assert_accessible(desk)

    voting.closed(world, community, made)
    phone.goto(f"/c/{community.code}/votes/")
    phone.get_by_role("link", name="第一次业主大会").click()
    expect(phone.get_by_text("人数和面积都达到要求，决定通过")).to_be_visible()
    phone.get_by_text("依据和封存").click()
    expect(phone.get_by_text("表决结果已封存")).to_be_visible()


def test_the_pages_of_a_vote_are_accessible(live_world, browser_page):
    world = live_world
    community = world.community()
    compound = world.compound(community)
    owner = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=owner)
    office = world.member(community, Role.COMMUNITY_STAFF)
    made = voting.opened(world, community, compound, statutes=(4, 6))
    draft = voting.drafted(world, community, compound)
    phone = browser_page(owner, PHONE)
    for path in ("", f"{made.id}", f"{made.id}/ballot", "check?code=WRONG12345"):
        phone.goto(f"/c/{community.code}/votes/{path}")
        assert_accessible(phone)
    receipt = voting.vote(world, community, made, owner)
    voting.closed(world, community, made)
    for path in (f"{made.id}/receipts/{receipt.cast_id}", f"{made.id}/result"):
        phone.goto(f"/c/{community.code}/votes/{path}")
        assert_accessible(phone)
    desk = browser_page(office, DESK)
    for path in ("", "new", f"{draft.id}", f"{draft.id}/edit", f"{made.id}"):
        desk.goto(f"/c/{community.code}/assemblies/{path}")
        assert_accessible(desk)
