"""Window sizes, and what every page must satisfy."""

from __future__ import annotations

import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

PHONE, DESK = 390, 1440
SERIOUS = {"serious", "critical"}
LIGHTER = (
    "aria-allowed-role", "aria-deprecated-role", "empty-heading", "empty-table-header",
    "focus-order-semantics", "form-field-multiple-labels", "heading-order", "hidden-content",
    "html-xml-lang-mismatch", "image-redundant-alt", "landmark-banner-is-top-level",
    "landmark-contentinfo-is-top-level", "landmark-main-is-top-level",
    "landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo",
    "landmark-no-duplicate-main", "landmark-one-main", "landmark-unique", "meta-viewport",
    "meta-viewport-large", "no-autoplay-audio", "page-has-heading-one",
    "presentation-role-conflict", "region", "scope-attr-valid", "server-side-image-map",
    "skip-link", "table-duplicate-name",
)  # fmt: skip
"""Rules of axe that find nothing serious by their own account: a quarter of its time."""
OPTIONS = {
    "resultTypes": ["violations"],
    # Fetches every style sheet again, for rules that are not on and for films with sound.
    "preload": False,
    "rules": {rule: {"enabled": False} for rule in LIGHTER},
}
PATIENCE = 120
"""Seconds for relay and worker on a machine busy with other tests."""


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious on this page."""
    found = [
        f"{item['id']}: {item['help']} {[node['target'] for node in item['nodes']][:4]}"
        for item in Axe().run(page, options=OPTIONS).response["violations"]
        if item["impact"] in SERIOUS
    ]
    assert not found, f"{page.url}: {found}"


def until_shown(page: Page, wanted: Locator) -> None:
    """Look again until the worker has done what shows this."""
    deadline = time.monotonic() + PATIENCE
    while not wanted.is_visible() and time.monotonic() < deadline:
        page.wait_for_timeout(500)
        page.reload()
    expect(wanted).to_be_visible()
