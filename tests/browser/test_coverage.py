"""A report from the community's desk to the street and up to the city, in the browser."""

from __future__ import annotations

from factories.organizations import company, contract, facility
from factories.windows import DESK
from factories.world import CITY, STREET, STREET_PATH

from app.core.access.roles import Role


def test_a_report_is_submitted_reviewed_and_seen_above(browser_page, live_world):
    community = live_world.community("浏览社区")
    compound = live_world.compound(community)
    contract(live_world, community, compound, company(live_world, community), signed_days_ago=60)
    facility(live_world, community, compound, done_days_ago=3)
    staff = live_world.member(community, Role.COMMUNITY_STAFF)
    street = live_world.reviewer(Role.STREET_REVIEWER, STREET, STREET_PATH)
    city = live_world.reviewer(Role.CITY_REVIEWER, CITY, "42.4206.")

    desk = browser_page(staff, DESK)
    desk.goto(f"/c/{community.code}/coverage/")
    desk.get_by_role("button", name="开始填报").click()
    assert "合同未备案" in desk.inner_text("#supervision")
    desk.get_by_role("button", name="报送街道").click()
    desk.get_by_role("button", name="确认报送").click()
    desk.get_by_text("报表已封存").wait_for()

    review = browser_page(street, DESK)
    review.goto(f"/r/{STREET}/")
    review.get_by_role("link", name="浏览社区").first.click()
    review.get_by_text("通过", exact=True).click()
    review.get_by_role("button", name="提交意见").click()
    review.get_by_text("街道已通过").first.wait_for()

    above = browser_page(city, DESK)
    above.goto(f"/r/{CITY}/")
    above.get_by_role("link", name="襄城区").click()
    above.get_by_role("link", name="真武山街道").click()
    row = above.get_by_role("row", name="浏览社区")
    assert "街道已通过" in row.inner_text()
    row.get_by_role("link").nth(2).click()
    above.get_by_role("heading", name="浏览社区").wait_for()
