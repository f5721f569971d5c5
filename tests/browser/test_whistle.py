"""吹哨报到: the office whistles, the department signs, arrives with a photo, both sides score."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from factories import complaints as made
from factories import whistles as blown
from factories.windows import DESK, PHONE, assert_accessible
from playwright.sync_api import expect


@pytest.fixture
def name():
    """A department of one's own in the street all these tests share."""
    return f"执法中队{uuid.uuid4().hex[:6]}"


def blow(office, ticket, name):
    """The office calls the department from the ticket."""
    office.goto(ticket)
    office.get_by_role("link", name="吹哨：请部门到场").click()
    assert_accessible(office)
    office.get_by_label(name, exact=True).check()
    office.get_by_label("为什么请他们，要他们做什么？").fill("楼道线路老化，请到场检查")
    office.get_by_role("button", name="吹哨").click()
    expect(office.get_by_text("已吹哨，他们会马上收到消息")).to_be_visible()
    assert_accessible(office)


def come(phone, photo):
    """The department signs and arrives."""
    phone.goto("/")
    expect(phone).to_have_url(re.compile(r"/r/420602001/whistles/$"))
    assert_accessible(phone)
    phone.locator("a.row-title").first.click()
    expect(phone.get_by_text("楼道线路老化，请到场检查").first).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="签收").click()
    expect(phone.get_by_text("已签收，请按时到场")).to_be_visible()
    phone.get_by_label("现场照片").set_input_files(photo)
    phone.get_by_role("button", name="到场签到").click()
    expect(phone.get_by_text("已签到，到场时间已记下")).to_be_visible()
    assert_accessible(phone)


def finish_and_score(phone):
    phone.get_by_label("处理结果").fill("换了两处接头，灯亮了")
    phone.get_by_role("button", name="处理完了").click()
    expect(phone.get_by_text("已记下处理完了")).to_be_visible()
    phone.get_by_text("5 分：该请我们，情况说得清楚").click()
    phone.get_by_role("button", name="打分").click()
    expect(phone.get_by_text("已打分，对方能看到")).to_be_visible()


def test_a_whistle_with_an_arrival(live_world, browser_page, tmp_path: Path, name):
    street = made.street(live_world)
    crew = blown.crew(live_world, name)
    key = made.report(live_world, street, photos=[made.picture()])
    live_world.work_off(street.community)
    photo = tmp_path / "here.jpg"
    photo.write_bytes(made.photo())
    base = f"/c/{street.community.code}"
    office, phone = browser_page(street.office, DESK), browser_page(crew.person, PHONE)
    blow(office, f"{base}/tickets/{key}", name)
    come(phone, photo)
    assert street.resident.name not in phone.content()
    finish_and_score(phone)

    office.reload()
    expect(office.get_by_text("换了两处接头，灯亮了")).to_be_visible()
    office.get_by_text("4 分：好").click()
    office.get_by_role("button", name="打分").click()
    expect(office.get_by_text("已打分，对方能看到")).to_be_visible()
    expect(office.get_by_text("5 分：该请我们，情况说得清楚")).to_be_visible()
    assert_accessible(office)

    live_world.work_off(street.community)
    resident = browser_page(street.resident, PHONE)
    resident.goto(f"{base}/complaints/{key}")
    expect(resident.get_by_text(f"社区已请{name}到场")).to_be_visible()
    expect(resident.get_by_text(re.compile(rf"{name}已到场 \d\d:\d\d"))).to_be_visible()
    expect(resident.get_by_text(f"{name}已在现场处理完")).to_be_visible()
    assert "楼道线路老化" not in resident.content()
    assert_accessible(resident)


def test_a_refusal_is_answered_without_script(live_world, browser_page, name):
    street = made.street(live_world)
    crew = blown.crew(live_world, name)
    (call_id,) = blown.whistled(live_world, street, crew)
    phone = browser_page(crew.person, PHONE, javascript=False)
    phone.goto(f"/r/{crew.code}/whistles/{call_id}")
    phone.get_by_text("不归我们管，退回").click()
    phone.get_by_label("为什么不归你们管？该找谁？").fill("路灯归市政管")
    phone.get_by_role("button", name="不归我们管").click()
    expect(phone.get_by_text("已退回，等吹哨方答复")).to_be_visible()
    whistle_id = blown.look(live_world, street, call_id).whistle_id
    office = browser_page(street.office, DESK, javascript=False)
    office.goto(f"/c/{street.community.code}/whistles/{whistle_id}")
    expect(office.get_by_text("路灯归市政管")).to_be_visible()
    office.get_by_text("仍请他们到场", exact=True).first.click()
    office.get_by_label("为什么仍请他们到场？").fill("楼道里的灯归你们")
    office.get_by_role("button", name="仍请他们到场").click()
    expect(office.get_by_text("已告诉他们仍请到场")).to_be_visible()
    phone.goto(f"/r/{crew.code}/whistles/{call_id}")
    expect(phone.get_by_text("这一次不能再退回")).to_be_visible()
    expect(phone.get_by_text("不归我们管，退回")).to_have_count(0)


def test_two_departments_act_jointly(live_world, browser_page, name):
    street = made.street(live_world)
    crew, other = blown.crew(live_world, name), blown.crew(live_world, f"消防{name}", "江站长")
    mine, theirs = blown.whistled(live_world, street, crew, other)
    blown.arrive(live_world, crew, mine)
    blown.arrive(live_world, other, theirs)
    phone, desk = browser_page(crew.person, PHONE), browser_page(other.person, DESK)
    phone.goto(f"/r/{crew.code}/whistles/{mine}")
    phone.get_by_text("记一步共同处置").first.click()
    phone.get_by_label(f"消防{name}", exact=True).check()
    phone.get_by_label("一起做了什么？").fill("一起清走堵住通道的车")
    assert_accessible(phone)
    phone.get_by_role("button", name="记一步共同处置").click()
    expect(phone.get_by_text("已记下，等对方确认")).to_be_visible()
    desk.goto(f"/r/{other.code}/whistles/{theirs}")
    assert_accessible(desk)
    desk.get_by_role("button", name="确认一起做了").click()
    expect(desk.get_by_text("已确认。")).to_be_visible()
    expect(desk.get_by_role("button", name="确认一起做了")).to_have_count(0)
