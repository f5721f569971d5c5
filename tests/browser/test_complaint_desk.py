"""The desk at work: a disputed dispatch, a call back by somebody else, silence and its dispute."""

from __future__ import annotations

from datetime import timedelta

from factories import complaints as made
from factories.windows import DESK, PHONE, assert_accessible
from playwright.sync_api import expect

from app.complaints.jobs import sweep_waking
from app.complaints.rules.states import Action
from app.kit.clock import now


def ticket(street, key):
    return f"/c/{street.community.code}/tickets/{key}"


def test_a_disputed_dispatch_is_settled_once(live_world, browser_page):
    street = made.street(live_world)
    key = made.report(live_world, street)
    staff, office = browser_page(street.staff, DESK), browser_page(street.office, DESK)
    staff.goto(ticket(street, key))
    staff.get_by_text("不属于我们，退回社区").click()
    staff.get_by_label("为什么不属于你们？").fill("这盏灯是路灯所的")
    staff.get_by_role("button", name="退回社区").click()
    expect(staff.get_by_text("已退回社区，由社区决定交给谁")).to_be_visible()

    office.goto(ticket(street, key))
    expect(office.get_by_text("分派有争议，请裁定或改派")).to_be_visible()
    expect(office.get_by_text("这盏灯是路灯所的")).to_be_visible()
    assert_accessible(office)
    office.get_by_label("为什么仍由原单位办理？").fill("合同附件写明院内灯归物业")
    office.get_by_role("button", name="裁定仍由原单位办理").click()
    expect(office.get_by_text("已裁定，对方会收到理由，不能再退回")).to_be_visible()

    staff.goto(ticket(street, key))
    expect(staff.get_by_text("合同附件写明院内灯归物业")).to_be_visible()
    expect(staff.get_by_text("不属于我们，退回社区")).to_have_count(0)
    staff.get_by_role("button", name="签收").click()
    expect(staff.get_by_text("已签收，居民会收到消息")).to_be_visible()


def test_a_call_back_finds_it_unsolved_and_the_case_goes_back(live_world, browser_page):
    street = made.street(live_world)
    key = made.done(live_world, street)
    office = browser_page(street.office, DESK)
    office.goto(ticket(street, key))
    assert_accessible(office)
    office.get_by_text("接通了：没有解决").click()
    office.get_by_label("哪里没有解决？").fill("只换了二楼的，三楼还是黑的")
    office.get_by_role("button", name="回访：没有解决").click()
    expect(office.get_by_text("已退回重办，办理的人会收到理由")).to_be_visible()
    staff = browser_page(street.staff, PHONE)
    staff.goto(ticket(street, key))
    expect(staff.get_by_text("只换了二楼的，三楼还是黑的")).to_be_visible()
    expect(staff.get_by_text("第 1 次退回重办")).to_be_visible()
    assert_accessible(staff)


def test_a_closing_by_silence_is_marked_and_disputed(live_world, live_app, browser_page):
    street = made.street(live_world)
    key = made.done(live_world, street)
    made.changed(live_world, street, key, unreached_days=3, wake_at=now() - timedelta(minutes=1))
    with live_app.app_context():
        sweep_waking()
    live_world.work_off(street.community)
    phone = browser_page(street.resident, PHONE)
    phone.goto(f"/c/{street.community.code}/complaints/{key}")
    expect(phone.get_by_text("多次联系不上，到期自动办结")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_label("哪里没有解决？").fill("我出差了，灯还是不亮")
    phone.get_by_role("button", name="没有解决，退回重办").click()
    expect(phone.get_by_text("已退回重办，期限重新计算")).to_be_visible()
    assert made.look(live_world, street, key).state == "reopened"


def test_several_cases_are_signed_for_at_once(live_world, browser_page):
    street = made.street(live_world)
    keys = [made.report(live_world, street, text=f"第 {number} 件") for number in (1, 2, 3)]
    staff = browser_page(street.staff, DESK)
    staff.goto(f"/c/{street.community.code}/tickets/")
    staff.get_by_label("选中本页全部").check()
    assert_accessible(staff)
    staff.get_by_role("button", name="签收").click()
    expect(staff.get_by_text("3 件已签收")).to_be_visible()
    assert {made.look(live_world, street, key).state for key in keys} == {"accepted"}


def test_a_report_is_entered_for_somebody_at_the_counter(live_world, browser_page):
    street = made.street(live_world)
    office = browser_page(street.office, DESK)
    office.goto(f"/c/{street.community.code}/tickets/enter")
    assert_accessible(office)
    office.get_by_text("来社区当面反映").click()
    office.get_by_label("居民姓名").fill("王大爷")
    office.get_by_label("什么事？").select_option(label="小区里的事：路灯不亮")
    office.get_by_label("什么地方？").select_option(index=1)
    office.get_by_label("居民怎么说").fill("院里三盏灯都不亮")
    office.get_by_role("button", name="提交").click()
    expect(office.get_by_text("已代居民提交，请把编号告诉居民")).to_be_visible()
    expect(office.get_by_text("代居民反映了情况")).to_be_visible()
    made.step(
        live_world,
        street,
        office.url.rsplit("/", 1)[1],
        "staff",
        Action.ACCEPT,
    )


def test_photos_of_before_and_after_go_ahead_of_the_report(live_world, browser_page, tmp_path):
    street = made.street(live_world)
    key = made.report(live_world, street)
    made.step(live_world, street, key, "staff", Action.ACCEPT)
    photos = [tmp_path / f"{number}.jpg" for number in range(2)]
    for number, path in enumerate(photos):
        path.write_bytes(made.photo(size=(640 + number, 480)))
    staff = browser_page(street.staff, PHONE)
    staff.goto(ticket(street, key))
    staff.get_by_text("办好了，报告结果").click()
    staff.get_by_label("处理前照片").set_input_files(photos[0])
    expect(staff.get_by_role("button", name="移除")).to_have_count(1)
    staff.get_by_label("处理后照片").set_input_files(photos[1])
    expect(staff.get_by_role("button", name="移除")).to_have_count(2)
    assert_accessible(staff)
    staff.get_by_label("办理结果").fill("换了新的声控开关")
    staff.get_by_role("button", name="报告办好").click()
    expect(staff.get_by_text("已报告办好，等居民确认")).to_be_visible()
    expect(staff.get_by_text("处理前", exact=True)).to_be_visible()
    expect(staff.get_by_text("处理后", exact=True)).to_be_visible()
