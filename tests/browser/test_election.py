"""An election on a phone: no more than the seats, nobody by saying so, the proof on the receipt."""

from __future__ import annotations

import pytest
from factories import elections, voting
from factories.windows import DESK, PHONE, assert_accessible
from playwright.sync_api import expect

from app.core.access.roles import Role

NAMES = ("王建国", "李秀英", "张伟", "刘洋", "陈静", "杨帆", "赵敏")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_owner_chooses_candidates_and_finds_the_ballot_in_the_count(
    live_world, browser_page, javascript
):
    world = live_world
    community = world.community()
    compound = world.compound(community)
    owner = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=owner)
    made, _ = elections.with_election(world, community, compound, seats=2, names=NAMES)

    phone = browser_page(owner, PHONE, javascript=javascript)
    phone.goto(f"/c/{community.code}/votes/{made.id}/ballot")
    phone.get_by_text("同意", exact=True).click()
    phone.get_by_text("李秀英", exact=True).click()
    phone.get_by_text("赵敏", exact=True).click()
    if javascript:
        expect(phone.get_by_text("已选 2 人，最多 2 人")).to_be_visible()
        expect(phone.get_by_label("张伟")).to_be_disabled()
        assert_accessible(phone)
    else:
        phone.get_by_text("张伟", exact=True).click()
        phone.get_by_role("button", name="下一步").click()
        expect(phone.get_by_text("请去掉 1 人").first).to_be_visible()
        phone.get_by_text("张伟", exact=True).click()
    phone.get_by_role("button", name="下一步").click()
    expect(phone.get_by_text("选了 2 人，最多 2 人")).to_be_visible()
    phone.get_by_role("button", name="投出这一票").click()
    expect(phone.get_by_role("heading", name="票已投出")).to_be_visible()
    receipt = phone.url

    voting.closed(world, community, made)
    phone.goto(receipt)
    expect(phone.get_by_text("在，是全部 2 张计入选票的第").first).to_be_visible()
    phone.goto(f"/c/{community.code}/votes/{made.id}/result")
    expect(phone.get_by_text("当选 2 人：李秀英、赵敏。")).to_be_visible()


def test_nobody_takes_the_ticks_of_the_others_away(live_world, browser_page):
    world = live_world
    community = world.community()
    compound = world.compound(community)
    owner = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=owner)
    made, _ = elections.with_election(world, community, compound, seats=2, names=NAMES)
    phone = browser_page(owner, PHONE)
    phone.goto(f"/c/{community.code}/votes/{made.id}/ballot")
    phone.get_by_text("李秀英", exact=True).click()
    phone.get_by_label("都不选").click()
    expect(phone.get_by_label("李秀英")).not_to_be_checked()
    phone.get_by_text("李秀英", exact=True).click()
    expect(phone.get_by_label("都不选")).not_to_be_checked()


def test_the_pages_of_a_counted_election_are_accessible(live_world, browser_page):
    world = live_world
    community = world.community()
    compound = world.compound(community)
    people = [world.member(community, Role.RESIDENT, name) for name in ("张三", "李四", "王五")]
    for person in people:
        world.home(community, compound, owner=person)
    made, ids = elections.with_election(world, community, compound, seats=2, names=NAMES)
    chosen = (ids[:2], [ids[0], ids[2]], ids[1:3])
    for person, picked in zip(people, chosen, strict=True):
        receipt = elections.choose(world, community, made, person, picked)
    voting.closed(world, community, made)
    for width in (PHONE, DESK):
        page = browser_page(people[2], width)
        for path in ("result", f"receipts/{receipt.cast_id}"):
            page.goto(f"/c/{community.code}/votes/{made.id}/{path}")
            for summary in page.locator("summary").all():
                summary.click()
            assert_accessible(page)
