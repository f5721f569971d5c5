"""What residents do on a phone: photos on a bad line, joining, a closing by silence, the plan."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import complaints as made
from factories.windows import PHONE, assert_accessible
from playwright.sync_api import expect

from app.complaints.jobs import sweep_waking
from app.complaints.rules.places import PlanPoint
from app.complaints.rules.states import Action
from app.kit.clock import now

REPORT_BUDGET = 60 * 1024
WORDS = "发生了什么？"


@pytest.fixture
def street(live_world):
    return made.street(live_world)


def words_page(street):
    return (
        f"/c/{street.community.code}/complaints/new?category=property.lighting"
        f"&place=stairwell:{street.home.stairwell_id}"
    )


@pytest.fixture
def photos(tmp_path):
    """Two photos and something that only says it is one."""
    paths = []
    for number, size in enumerate([(2400, 1800), (800, 600)]):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(made.photo(size=size))
        paths.append(path)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"<svg onload='alert(1)'/>")
    return [*paths, bad]


def test_each_photo_goes_by_itself_and_a_bad_one_stops_no_other(browser_page, street, photos):
    phone = browser_page(street.resident, PHONE)
    phone.goto(words_page(street))
    phone.get_by_label(WORDS).fill("灯不亮")
    phone.get_by_label("照片或短视频").set_input_files(photos)
    expect(phone.get_by_text("这个文件不是照片").first).to_be_visible()
    expect(phone.get_by_role("button", name="移除")).to_have_count(2)
    assert_accessible(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("已经收到您反映的事")).to_be_visible()
    expect(phone.locator(".gallery img")).to_have_count(2)


def test_a_photo_on_a_broken_line_says_so_and_goes_once_the_line_is_back(
    browser_page, street, photos
):
    phone = browser_page(street.resident, PHONE)
    phone.goto(words_page(street))
    phone.get_by_label(WORDS).fill("灯不亮")
    phone.context.set_offline(True)
    phone.get_by_label("照片或短视频").set_input_files(photos[:1])
    expect(phone.get_by_text("网络断了，没有传上去").first).to_be_visible()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("button", name="再试一次")).to_be_focused()
    phone.context.set_offline(False)
    expect(phone.get_by_role("button", name="再试一次")).to_have_count(0)
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator(".gallery img")).to_have_count(1)


def test_a_form_that_comes_back_shows_the_photos_already_sent(browser_page, street, photos):
    phone = browser_page(street.resident, PHONE)
    phone.goto(words_page(street))
    phone.get_by_label("照片或短视频").set_input_files(photos[:1])
    expect(phone.get_by_role("button", name="移除")).to_be_visible()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("请写一下发生了什么").first).to_be_visible()
    expect(phone.get_by_text("已传好")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="移除").click()
    expect(phone.get_by_text("已传好")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_neighbour_joins_instead_of_writing_again(live_world, browser_page, street, javascript):
    key = made.report(live_world, street)
    phone = browser_page(street.neighbour, PHONE, javascript=javascript)
    phone.goto(words_page(street))
    if javascript:
        assert_accessible(phone)
    phone.get_by_role("button", name="我也遇到").click()
    expect(phone.get_by_text("已记下您也遇到了")).to_be_visible()
    if javascript:
        assert_accessible(phone)
    phone.goto(f"/c/{street.community.code}/board/")
    expect(phone.get_by_text("1 人也遇到").first).to_be_visible()
    if javascript:
        assert_accessible(phone)
        phone.get_by_role("link", name="怎么算的").click()
        assert_accessible(phone)
    made.step(live_world, street, key, "staff", Action.ACCEPT)
    live_world.work_off(street.community)
    phone.goto("/notifications")
    expect(phone.get_by_text("您也遇到的事已签收")).to_be_visible()


def test_a_closing_by_silence_is_disputed_and_goes_back(live_world, live_app, browser_page, street):
    key = made.done(live_world, street)
    past = now() - timedelta(minutes=1)
    made.changed(live_world, street, key, unreached_days=3, wake_at=past)
    with live_app.app_context():
        sweep_waking()
    live_world.work_off(street.community)
    phone = browser_page(street.resident, PHONE)
    phone.goto(f"/c/{street.community.code}/complaints/{key}")
    expect(phone.get_by_text("到期自动办结的")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_label("哪里没有解决？").fill("我出差了，根本没修")
    phone.get_by_role("button", name="没有解决，退回重办").click()
    expect(phone.get_by_text("已退回重办，期限重新计算")).to_be_visible()
    expect(phone.get_by_text("我出差了，根本没修")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_tap_on_the_plan_chooses_the_place_there(live_world, browser_page, street, javascript):
    made.plan(live_world, street, size=(800, 600))
    made.common_place(live_world, street, "南门", PlanPoint(500, 900))
    phone = browser_page(street.resident, PHONE, javascript=javascript)
    phone.goto(f"/c/{street.community.code}/complaints/new?category=property.doors")
    if javascript:
        assert_accessible(phone)
    plan = phone.locator("input[type=image]")
    box = plan.bounding_box()
    plan.click(position={"x": box["width"] / 2, "y": box["height"] * 0.9})
    expect(phone.get_by_text("南门").first).to_be_visible()
    expect(phone.get_by_label(WORDS)).to_be_visible()
    if javascript:
        assert_accessible(phone)


def test_the_pages_of_a_report_are_light_on_a_first_visit(live_world, browser_page, street):
    made.plan(live_world, street, size=(2400, 1800))
    phone = browser_page(street.resident, PHONE)
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    weights = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    start = f"/c/{street.community.code}/complaints/new"
    for address in (start, f"{start}?category=property.lighting", words_page(street)):
        weights.clear()
        phone.goto(address, wait_until="networkidle")
        assert len(weights) >= 4, "page, style, script and icons at least"
        assert 20 * 1024 < sum(weights) <= REPORT_BUDGET, f"{address}: {sum(weights):.0f} bytes"
    session.detach()
