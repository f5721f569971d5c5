"""A covenant from the head's first clause to the last signature, in a real browser."""

from __future__ import annotations

import pytest
from factories.covenants import stairs
from factories.windows import DESK, PHONE, assert_accessible, until_shown
from playwright.sync_api import expect


@pytest.fixture
def stairwell(live_world):
    return stairs(live_world, 4, vacant=1)


def base(stairwell):
    return f"/c/{stairwell.community.code}/covenants/"


def test_a_head_drafts_and_asks_the_stairwell(browser_page, stairwell):
    page = browser_page(stairwell.head, PHONE)
    page.goto(base(stairwell))
    assert_accessible(page)
    page.get_by_role("link", name="起草公约").click()
    page.get_by_label("公约名称").fill("和睦楼道公约")
    assert_accessible(page)
    page.get_by_role("button", name="开始写条款").click()
    page.get_by_role("button", name="加上：楼道整洁").click()
    page.get_by_label("条款内容").fill("每周六一起打扫。")
    page.get_by_role("button", name="加上这一条").click()
    page.get_by_role("button", name="第二条上移").click()
    assert page.locator(".charter-words").first.inner_text() == "每周六一起打扫。"
    assert_accessible(page)
    page.get_by_role("link", name="写好了，回到公约").click()
    page.get_by_role("button", name="请全楼道商议").click()
    page.get_by_role("button", name="通知住户").click()
    expect(page.get_by_text("全楼道正在商议")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_resident_reads_and_signs_on_a_phone(browser_page, stairwell, javascript):
    covenant_id = stairwell.in_signing()
    stairwell.sign(covenant_id, 1)
    page = browser_page(stairwell.owners[0], PHONE, javascript=javascript)
    page.goto(base(stairwell))
    if javascript:
        assert_accessible(page)
    page.get_by_role("link", name="签署", exact=True).click()
    if javascript:
        assert_accessible(page)
    page.get_by_label("我读过全文，愿意遵守").check()
    page.get_by_role("button", name="确认签署").click()
    expect(page.get_by_text("已经由您签署")).to_be_visible()
    expect(page.get_by_text("还差 1 户", exact=False).first).to_be_visible()
    assert stairwell.version(covenant_id).signed_count == 2


def test_the_office_files_and_everybody_reads_the_seal(browser_page, stairwell):
    covenant_id = stairwell.published()
    stairwell.let_publication_pass(covenant_id)
    page = browser_page(stairwell.officer, DESK)
    page.goto(f"{base(stairwell)}all")
    assert_accessible(page)
    page.get_by_role("link", name="1单元").first.click()
    page.get_by_role("link", name="登记备案").click()
    page.get_by_label("备案编号或者说明").fill("街道备案 2026-018 号")
    assert_accessible(page)
    page.get_by_role("button", name="登记备案，公约生效").click()
    page.get_by_text("备案已经登记").wait_for()
    in_force = page.get_by_text("公约已生效，文本已封存")
    until_shown(page, in_force)
    assert_accessible(page)
