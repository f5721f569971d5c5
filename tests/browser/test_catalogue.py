"""A community sends its own catalogue, corrects a fault, publishes it; a resident uses it."""

from __future__ import annotations

import pytest
from factories import catalogue as own
from factories import complaints as made
from factories.windows import DESK, PHONE, assert_accessible
from playwright.sync_api import expect

WALL = own.line("墙皮掉了", code="wall", hint="外墙、楼道", limit="48小时", basis="合同第五条")


@pytest.fixture
def street(live_world):
    return made.street(live_world)


def send(live_world, street, page, path):
    """Upload, and have it checked whatever else the worker has to do."""
    page.get_by_label("目录文件").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name=path.name)).to_be_visible()
    live_world.work_off(street.community)


def test_a_catalogue_is_sent_corrected_published_and_used(
    live_world, browser_page, street, tmp_path
):
    faulty, sound = tmp_path / "目录.csv", tmp_path / "目录改好.csv"
    faulty.write_bytes(own.changed(limit="尽快", new=[WALL]))
    sound.write_bytes(own.changed(limit="2个工作日", without={"property.lift"}, new=[WALL]))
    office = browser_page(street.office, DESK)
    office.goto(f"/c/{street.community.code}/tickets/")
    office.get_by_role("link", name="事项目录").click()
    expect(office.get_by_text("现在用的是系统自带")).to_be_visible()
    assert_accessible(office)
    send(live_world, street, office, faulty)
    expect(office.get_by_text("有 1 处要改，目录没有变化")).to_be_visible()
    expect(office.get_by_role("row", name="第 7 行")).to_contain_text("办理时限")
    assert_accessible(office)

    office.get_by_role("link", name="事项目录").first.click()
    send(live_world, street, office, sound)
    expect(office.get_by_text("检查通过，还没有生效")).to_be_visible()
    expect(office.get_by_role("row", name="路灯不亮")).to_contain_text("2 个工作日")
    expect(office.get_by_role("row", name="墙皮掉了")).to_contain_text("合同第五条")
    assert_accessible(office)
    office.get_by_label("为什么改").fill("按新的物业合同")
    office.get_by_role("button", name="发布").click()
    expect(office.get_by_text("第 1 版已发布，从下一件诉求起生效")).to_be_visible()
    office.get_by_role("link", name="第 1 版").click()
    expect(office.get_by_text("新增 1，改动 1，停用 1")).to_be_visible()
    assert_accessible(office)

    phone = browser_page(street.resident, PHONE)
    phone.goto(f"/c/{street.community.code}/complaints/new")
    expect(phone.get_by_role("link", name="电梯故障")).to_have_count(0)
    phone.get_by_role("link", name="墙皮掉了").click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(phone)
