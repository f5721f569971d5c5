"""Everything a role can reach from its start page opens, and axe finds nothing serious on it."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from factories.databases import owner_connection
from factories.windows import DESK, LIGHTER, PHONE, assert_accessible
from factories.world import Person
from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from app.demo.cast import ROLES

SCREENSHOTS = os.environ.get("SCREENSHOTS")
"""A folder for pictures of every page visited, for those who want to look."""
NARROW = ("owner_1", "stairwell_head", "property_staff", "enforcement", "staff", "street")
WIDE = (
    "owner_1",
    "committee_member",
    "grid_member",
    "property_manager",
    "secretary",
    "staff",
    "street",
    "enforcement",
    "district",
    "city",
    "operator",
)
AWAY = {("staff", PHONE), ("street", PHONE), ("owner_1", DESK)}
"""Who looks at pages in a window they seldom use: the same pages go through axe in the other."""
VISITS = [
    *(pytest.param(key, PHONE, marks=pytest.mark.xdist_group("phone")) for key in NARROW),
    *(pytest.param(key, DESK, marks=pytest.mark.xdist_group("desk")) for key in WIDE),
]
examined: set[tuple[str, int]] = set()
"""What was looked at already: one look at each page and width is enough, by whoever comes first."""
no_pages: set[str] = set()
"""What answered with a sheet or a file: nothing to look at, and costly to make for everybody."""
SKIPPED = {"files.show", "files.thumbnail"}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def character(demo_config):
    """A person of the demo world by key."""

    def find(key: str) -> Person:
        one = next(one for one in ROLES if one.key == key)
        with owner_connection(demo_config) as connection:
            account_id = connection.scalar(
                text("SELECT id FROM account WHERE phone = :phone"), {"phone": one.phone}
            )
        return Person(account_id, one.phone, one.name)

    return find


def endpoint_of(app, url):
    try:
        return app.url_map.bind("localhost").match(urlsplit(url).path, method="GET")[0]
    except HTTPException:
        return None


READ = """async url => {
    const answer = await fetch(url);
    const isPage = (answer.headers.get("content-type") || "").includes("text/html");
    const page = new DOMParser().parseFromString(isPage ? await answer.text() : "", "text/html");
    const links = [...page.querySelectorAll("a[href]:not([download])")];
    return {
        status: answer.status,
        url: answer.url,
        isPage: isPage,
        links: links.map(link => link.getAttribute("href")),
    };
}"""


def crawl(app, page, start, visit):
    """Follow links breadth first, one page of each endpoint; `visit` may open it in the window."""
    page.goto(start)
    seen, waiting = set(), [start]
    while waiting:
        url = waiting.pop(0)
        endpoint = endpoint_of(app, url)
        if endpoint is None or endpoint in seen | SKIPPED | no_pages:
            continue
        seen.add(endpoint)
        answer = page.evaluate(READ, url)
        if not answer["isPage"]:
            no_pages.add(endpoint)
            continue
        assert answer["status"] == 200, f"{url}: {answer['status']}"
        visit(endpoint, answer["url"])
        links = [link for link in answer["links"] if link.startswith(("/", "?"))]
        waiting += [urljoin(answer["url"], link) for link in links]
    return seen


def picture(page, name):
    if SCREENSHOTS:
        folder = Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(("key", "width"), VISITS)
def test_every_page_a_role_can_reach_opens_and_is_accessible(
    browser_page, character, live_app, key, width
):
    page = browser_page(character(key), width)

    def visit(endpoint, url):
        if (endpoint, width) in examined:
            return
        examined.add((endpoint, width))
        page.goto(url)
        picture(page, f"{width}-{key}-{endpoint}")
        assert page.evaluate(SIDEWAYS) <= 0, f"{page.url} scrolls sideways at {width} px"
        if (key, width) not in AWAY:
            assert_accessible(page)

    assert len(crawl(live_app, page, "/", visit)) >= 3


def test_the_pages_before_log_in_are_accessible_in_both_type_sizes(browser_page, live_app):
    page = browser_page(None, PHONE)

    def visit(_endpoint, url):
        page.goto(url)
        assert_accessible(page)

    assert len(crawl(live_app, page, "/", visit)) >= 2
    page.goto("/login")
    page.get_by_role("button", name="大字").click()
    assert page.locator("html").get_attribute("data-type") == "large"
    assert_accessible(page)


def test_the_style_guide_is_accessible(browser_page):
    page = browser_page(None, DESK)
    page.goto("/styleguide")
    picture(page, "styleguide")
    assert_accessible(page)


def test_what_axe_is_not_asked_for_is_nothing_serious_by_its_own_account(browser):
    with browser.new_page() as page:
        page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
        impacts = dict(page.evaluate("axe._audit.rules.map((rule) => [rule.id, rule.impact])"))
    assert {impacts[rule] for rule in LIGHTER} <= {"minor", "moderate"}
