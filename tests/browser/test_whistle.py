"""吹哨报到: the office whistles, the department signs and arrives with a photo, both sides score."""

from __future__ import annotations

import re
from pathlib import Path

from factories import complaints as made
from factories import whistles as blown
from factories.windows import DESK, PHONE, assert_accessible
from playwright.sync_api import expect


def test_a_whistle_with_an_arrival(live_world, browser_page, tmp_path: Path):
    street = made.street(live_world)
    crew = blown.crew(live_world, person="韩队长")
    key = made.report(live_world, street, photos=[made.picture()])
    photo = tmp_path / "here.jpg"
    photo.write_bytes(made.photo())
    base = f"/c/{street.community.code}"

    office = browser_page(street.office, DESK)
    office.goto(f"{base}/tickets/{key}")
    office.get_by_role("link", name="吹哨：请部门到场").click()
    assert_accessible(office)
    (name,) = [
        label
        for label in office.locator("label.choice").all_inner_texts()
        if label == _name(live_world, crew)
    ]
    office.get_by_label(name, exact=True).check()
    office.get_by_label("为什么请他们，要他们做什么？").fill("楼道线路老化，请到场检查")
    office.get_by_role("button", name="吹哨").click()
    expect(office.get_by_text("已吹哨，他们会马上收到消息")).to_be_visible()
    assert_accessible(office)

    phone = browser_page(crew.person, PHONE)
    phone.goto("/")
    expect(phone).to_have_url(re.compile(r"/r/420602001/whistles/$"))
    expect(phone.get_by_text("签收：")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("link", name="楼道").first.click()
    expect(phone.get_by_text("楼道线路老化，请到场检查").first).to_be_visible()
    assert street.resident.name not in phone.content()
    assert_accessible(phone)
    phone.get_by_role("button", name="签收").click()
    expect(phone.get_by_text("已签收，请按时到场")).to_be_visible()
    phone.get_by_label("现场照片").set_input_files(photo)
    phone.get_by_role("button", name="到场签到").click()
    expect(phone.get_by_text("已签到，到场时间已记下")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_text("处理完了", exact=True).first.click()
    phone.get_by_label("处理结果").fill("换了两处接头，灯亮了")
    phone.get_by_role("button", name="处理完了").click()
    expect(phone.get_by_text("请给这次吹哨打分")).to_be_visible()
    phone.get_by_text("5 分：该请我们，情况说得清楚").click()
    phone.get_by_role("button", name="打分").click()
    expect(phone.get_by_text("已打分，对方能看到")).to_be_visible()

    office.reload()
    expect(office.get_by_text("换了两处接头，灯亮了")).to_be_visible()
    office.get_by_text("4 分：好").click()
    office.get_by_role("button", name="打分").click()
    expect(office.get_by_text("已打分，对方能看到")).to_be_visible()
    expect(office.get_by_text("5 分：该请我们，情况说得清楚")).to_be_visible()
    assert_accessible(office)

    resident = browser_page(street.resident, PHONE)
    resident.goto(f"{base}/complaints/{key}")
    expect(resident.get_by_text(f"社区已请{name}到场")).to_be_visible()
    expect(resident.get_by_text(re.compile(rf"{name}已到场 \d\d:\d\d"))).to_be_visible()
    expect(resident.get_by_text(f"{name}已在现场处理完")).to_be_visible()
    assert "楼道线路老化" not in resident.content()
    assert_accessible(resident)


def test_a_refusal_is_answered_without_script(live_world, browser_page):
    street = made.street(live_world)
    crew = blown.crew(live_world)
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


def _name(world, crew) -> str:
    found = re.search(
        r"<h1>(.*)</h1>",
        world.client(world.reviewer("street_reviewer", crew.code, crew.path))
        .get(f"/r/{crew.code}/departments/{crew.department_id}")
        .text,
    )
    assert found is not None
    return found[1]
