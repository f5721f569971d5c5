"""Window sizes, and what every page must satisfy."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE, DESK = 390, 1440
SERIOUS = {"serious", "critical"}
# Preloading fetches every style sheet again, for rules that are not on and for films with sound.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious on this page."""
    found = [
        f"{item['id']}: {item['help']} {[node['target'] for node in item['nodes']][:4]}"
        for item in Axe().run(page, options=OPTIONS).response["violations"]
        if item["impact"] in SERIOUS
    ]
    assert not found, f"{page.url}: {found}"
