"""A photo that was not ready when the page was made."""

from __future__ import annotations

import re

from factories import complaints as made
from playwright.sync_api import expect

PHONE = 390


def test_a_photo_appears_by_itself_once_it_was_written_anew(live_world, browser_page):
    street = made.street(live_world)
    key = made.report(live_world, street, photos=[made.picture()])
    page = browser_page(street.resident, PHONE)
    page.goto(f"/c/{street.community.code}/complaints/{key}")
    photo = page.get_by_role("img", name="现场照片")
    expect(photo).to_have_attribute("src", re.compile("/thumbnail$"))
    live_world.work_off(street.community)
    expect(photo).to_have_attribute("src", re.compile("^blob:"))
    expect(photo).to_have_js_property("naturalWidth", 320)
