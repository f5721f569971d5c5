"""Slice one: a resident reports with a photo, the company answers, the resident decides."""

from __future__ import annotations

from factories import complaints as made
from factories.windows import DESK, PHONE, assert_accessible
from playwright.sync_api import expect


def test_a_complaint_goes_round_the_loop(live_world, browser_page, tmp_path):
    street = made.street(live_world)
    picture = tmp_path / "lamp.jpg"
    picture.write_bytes(made.photo(size=(2400, 1800)))
    phone = browser_page(street.resident, PHONE)
    phone.goto(f"/c/{street.community.code}/complaints/")
    assert_accessible(phone)
    phone.get_by_role("link", name="我要反映").click()
    phone.get_by_role("link", name="路灯不亮").click()
    assert_accessible(phone)
    phone.get_by_role("link", name="我这个楼道").click()
    phone.get_by_label("发生了什么？").fill("三楼的灯不亮，<b>摔了一跤</b>")
    phone.get_by_label("照片或短视频").set_input_files(picture)
    expect(phone.get_by_role("button", name="移除")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("已经收到您反映的事")).to_be_visible()
    expect(phone.get_by_text("<b>摔了一跤</b>")).to_be_visible()
    assert_accessible(phone)
    case = phone.url.split("?")[0]

    desk = browser_page(street.staff, DESK)
    desk.goto(f"/c/{street.community.code}/tickets/")
    assert_accessible(desk)
    desk.get_by_role("link", name="路灯不亮").click()
    desk.get_by_role("button", name="签收").click()
    expect(desk.get_by_text("已签收，居民会收到消息")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_text("答复居民").click()
    desk.get_by_label("答复内容").fill("电工明早来换")
    desk.get_by_role("button", name="答复").click()
    expect(desk.get_by_text("电工明早来换")).to_be_visible()
    _complete(desk, "换好了")

    phone.goto(case)
    phone.get_by_text("没有解决，退回重办").click()
    phone.get_by_label("哪里没有解决？").fill("还是不亮")
    phone.get_by_role("button", name="退回重办").click()
    expect(phone.get_by_text("已退回重办，期限重新计算")).to_be_visible()

    desk.reload()
    _complete(desk, "线路也换了")

    phone.goto(case)
    expect(phone.get_by_text("真的解决了吗？")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_text("满意", exact=True).click()
    phone.get_by_role("button", name="已经解决").click()
    expect(phone.get_by_text("谢谢您的确认")).to_be_visible()
    expect(phone.get_by_text("已办结")).to_be_visible()


def test_reporting_works_without_javascript(live_world, browser_page):
    street = made.street(live_world)
    phone = browser_page(street.resident, PHONE, javascript=False)
    phone.goto(f"/c/{street.community.code}/complaints/new")
    phone.get_by_role("link", name="楼道堆物").click()
    phone.get_by_role("link", name="我这栋楼").click()
    phone.get_by_label("发生了什么？").fill("楼道里堆满了纸箱")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("已经收到您反映的事")).to_be_visible()


def _complete(desk, words):
    desk.get_by_text("办好了，报告结果").click()
    desk.get_by_label("办理结果").fill(words)
    desk.get_by_role("button", name="报告办好").click()
    expect(desk.get_by_text("已报告办好，等居民确认")).to_be_visible()
