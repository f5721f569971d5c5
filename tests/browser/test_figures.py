"""The leads' dashboard and the reviewers' sums in a real browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import complaints as made
from factories import figures as rows
from factories.windows import DESK, PHONE, assert_accessible
from factories.world import CITY
from playwright.sync_api import expect

from app.complaints.rules.states import State
from app.core.access.roles import Role
from app.kit.clock import now

DAY = timedelta(days=1)


@pytest.fixture
def street(live_world):
    street = made.street(live_world)
    told = {"state": State.CLOSED, "verdicts": 1, "verdicts_resolved": 1, "verdicts_content": 1}
    rows.keep(
        live_world,
        street,
        [
            rows.row(street, 9, promised_at=now() - 3 * DAY),
            rows.row(street, 3),
            *(
                rows.row(street, 0.2 + number, contacted_at=now() - number * DAY, **told)
                for number in range(6)
            ),
        ],
    )
    rows.refreshed(live_world, street)
    return street


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_figure_leads_to_its_cases_and_a_chart_has_its_table(browser_page, street, width):
    page = browser_page(street.office, width)
    page.goto(f"/c/{street.community.code}/figures/")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    chart = page.locator('[data-table="flow"]')
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg").first).to_be_visible()
    twin = page.locator("#flow")
    expect(twin).to_be_hidden()
    page.get_by_text("看表格").first.click()
    expect(twin).to_be_visible()
    expect(twin.get_by_role("row")).to_have_count(15)

    link = page.get_by_role("link", name="8 件").first
    link.click()
    expect(page.locator("[data-case]")).to_have_count(8)
    expect(page.get_by_text("共 8 件")).to_be_visible()
    assert_accessible(page)


def test_the_figures_are_read_without_script(browser_page, street):
    page = browser_page(street.office, DESK, javascript=False)
    page.goto(f"/c/{street.community.code}/figures/")
    expect(page.get_by_role("link", name="已超期")).to_contain_text("1")
    page.get_by_text("看表格").first.click()
    expect(page.locator("#flow")).to_be_visible()


def test_a_file_is_ordered_waited_for_and_taken(browser_page, street):
    page = browser_page(street.manager, DESK)
    page.goto(f"/c/{street.community.code}/figures/")
    page.get_by_role("button", name="导出 Excel").click()
    expect(page.get_by_role("heading", name="导出的文件")).to_be_visible()
    take = page.get_by_role("link", name="下载")
    expect(take).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as download:
        take.click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_reviewer_drills_down_to_a_communitys_sums(browser_page, live_world, street, width):
    city = live_world.reviewer(Role.CITY_REVIEWER, CITY, "42.4206.")
    page = browser_page(city, width)
    page.goto(f"/r/{CITY}/complaints/")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="襄城区").first.click()
    page.get_by_role("link", name="真武山街道").first.click()
    line = page.locator(f'a[href*="/complaints/{street.community.code}"]')
    line.click()
    expect(page.get_by_text("只有合计，没有一件件的诉求")).to_be_visible()
    assert_accessible(page)
