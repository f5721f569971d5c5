from __future__ import annotations

import re
import uuid

import pytest
from factories import complaints as made
from sqlalchemy import select

from app.complaints.models import Complaint, ReplyTemplate
from app.complaints.rules.answers import Rating
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.access.roles import Role
from app.core.db import db
from app.core.files.models import StoredFile
from app.core.files.storage import storage
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction

NOBODYS = str(uuid.UUID(int=7))


def desk(street, path=""):
    return f"/c/{street.community.code}/tickets/{path}"


def rows(world, street, statement):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.execute(statement).all()


def picked(world, street, *keys):
    return [f"{key}.{made.look(world, street, key).version}" for key in keys]


def in_time(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# The queue


def test_mine_and_what_nobody_has_yet_have_tabs_of_their_own(world, street):
    mine, nobodys = (made.report(world, street, text=text) for text in ("我这件", "没人这件"))
    made.step(world, street, mine, "staff", Action.ACCEPT)
    client = world.client(street.staff)
    page = client.get(desk(street, "?tab=mine")).text
    assert "我这件" in page
    assert "没人这件" not in page
    page = client.get(desk(street, "?tab=unassigned")).text
    assert "没人这件" in page
    assert "我这件" not in page
    assert "我这件" not in world.client(street.manager).get(desk(street, "?tab=mine")).text
    made.step(world, street, nobodys, "staff", Action.ASSIGN, assignee_id=street.manager.id)
    assert "没人这件" in world.client(street.manager).get(desk(street, "?tab=mine")).text


def test_a_case_that_waits_for_the_resident_is_not_lost_from_the_queue(world, street):
    key = made.done(world, street, text="等确认的")
    assert "等确认的" in world.client(street.staff).get(desk(street, "?tab=verifying")).text
    assert made.look(world, street, key).due_at is None


@pytest.mark.parametrize("mark", ["safety", "extension", "disputed", "reopened", "handed_in"])
def test_a_mark_filters_the_queue(world, street, mark):
    made.report(world, street, text="普通一件")
    key = made.report(world, street, text="特别一件")
    values = {
        "safety": {"public_safety": True},
        "extension": {"extension_days": 2},
        "disputed": {"state": "returned"},
        "reopened": {"reopened_count": 1},
        "handed_in": {"entered_by_id": street.office.id},
    }[mark]
    made.changed(world, street, key, **values)
    page = world.client(street.office).get(desk(street, f"?mark={mark}")).text
    assert "特别一件" in page
    assert "普通一件" not in page


def test_a_filter_is_kept_under_a_name_for_one_person(world, street):
    client = world.client(street.staff)
    form = {"name": "三号楼", "query": "tab=working&q=3栋"}
    assert client.post(desk(street, "filters"), data=form).status_code == 302
    page = client.get(desk(street)).text
    assert "三号楼" in page
    assert "tab=working" in page
    assert "三号楼" not in world.client(street.manager).get(desk(street)).text
    shown = client.get(desk(street, "filters")).text
    address = re.search(r'action="([^"]+/filters/[^"]+/remove)"', shown)[1]
    assert world.client(street.manager).post(address).status_code == 404
    assert client.post(address).status_code == 302
    assert "三号楼" not in client.get(desk(street)).text


def test_a_filter_without_a_name_is_asked_for_one(world, street):
    answer = world.client(street.staff).post(desk(street, "filters"), data={"query": "tab=mine"})
    assert answer.status_code == 422
    assert "请给这个视图起个名字" in answer.text


# Batches


def test_a_batch_signs_for_what_it_can_and_says_why_not_for_the_rest(world, street):
    fresh, signed = made.report(world, street), made.report(world, street)
    tickets = picked(world, street, fresh, signed)
    made.step(world, street, signed, "staff", Action.ACCEPT)
    client = world.client(street.staff)
    answer = client.post(
        desk(street, "batch"),
        data={"action": "accept", "ticket": tickets, "query": "tab=to_sign"},
        follow_redirects=True,
    )
    assert "1 件已签收" in answer.text
    assert "1 件没有做成" in answer.text
    assert "不能再做这一步" in answer.text
    assert made.look(world, street, fresh).state == "accepted"
    assert made.look(world, street, signed).version == 2


def test_a_batch_is_assigned_and_each_case_notes_it(world, street):
    keys = [made.report(world, street) for _ in range(3)]
    world.client(street.staff).post(
        desk(street, "batch"),
        data={
            "action": "assign",
            "ticket": picked(world, street, *keys),
            "assignee": str(street.manager.id),
        },
    )
    assert {made.look(world, street, key).assignee_id for key in keys} == {street.manager.id}


def test_a_batch_that_chose_nobody_changes_nothing_and_says_what_is_missing(world, street):
    key = made.report(world, street)
    answer = world.client(street.staff).post(
        desk(street, "batch"),
        data={"action": "assign", "ticket": picked(world, street, key)},
        follow_redirects=True,
    )
    assert "请选择交给哪位同事" in answer.text
    assert made.look(world, street, key).version == 1


def test_a_batch_leaves_the_cases_of_others_alone_and_does_not_name_them(world, street):
    other = made.company(world, street.community, "别家物业")
    key = made.report(world, street, category="neighbours.noise")
    made.step(world, street, key, "office", Action.DISPATCH, organization_id=other)
    row = made.look(world, street, key)
    answer = world.client(street.staff).post(
        desk(street, "batch"),
        data={"action": "accept", "ticket": picked(world, street, key)},
        follow_redirects=True,
    )
    assert made.look(world, street, key).state == "dispatched"
    assert row.short_code[:4] not in in_time(answer.text)


@pytest.mark.parametrize("ticket", ["", "x.1", NOBODYS, f"{NOBODYS}.x"])
def test_boxes_that_carry_no_case_are_left_out(world, street, ticket):
    answer = world.client(street.staff).post(
        desk(street, "batch"),
        data={"action": "accept", "ticket": ticket},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    assert "请先在左边选中" in answer.text


@pytest.mark.parametrize("action", ["complete", "confirm", "close_silent", ""])
def test_only_some_steps_are_taken_in_a_batch(world, street, action):
    key = made.report(world, street)
    answer = world.client(street.staff).post(
        desk(street, "batch"), data={"action": action, "ticket": picked(world, street, key)}
    )
    assert answer.status_code == 404


# Templates of replies


def test_a_template_fills_an_empty_reply_of_the_own_company(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    client = world.client(street.staff)
    data = {"title": "已派人", "text": "师傅已经出发，半小时内到。"}
    assert client.post(desk(street, "templates"), data=data).status_code == 302
    ((template,),) = rows(world, street, select(ReplyTemplate))
    page = client.get(desk(street, f"{key}?template={template.id}")).text
    assert "师傅已经出发，半小时内到。</textarea>" in page
    assert "已派人" in world.client(street.manager).get(desk(street, str(key))).text


def test_the_templates_of_a_company_are_not_those_of_another(world, street):
    world.client(street.staff).post(
        desk(street, "templates"), data={"title": "已派人", "text": "马上到"}
    )
    ((template,),) = rows(world, street, select(ReplyTemplate))
    other = made.company(world, street.community, "别家物业")
    stranger = world.client(
        world.member(street.community, Role.PROPERTY_STAFF, organization_id=other)
    )
    assert "已派人" not in stranger.get(desk(street, "templates")).text
    address = desk(street, f"templates/{template.id}/remove")
    assert stranger.post(address).status_code == 404
    assert world.client(street.staff).post(address).status_code == 302


def test_a_template_without_words_is_asked_for_them(world, street):
    answer = world.client(street.staff).post(desk(street, "templates"), data={"title": "空的"})
    assert answer.status_code == 422
    assert "请写一下答复的内容" in answer.text


# A case


def test_the_work_order_prints_without_what_the_company_must_not_know(world, street):
    place = PlaceChoice(PlaceKind.UNIT, street.home.unit_id)
    key = made.report(world, street, anonymous=True, place=place)
    unit = made.look(world, street, key).unit_label
    sheet = world.client(street.staff).get(desk(street, f"{key}/print")).text
    assert "楼道灯不亮三天了" in sheet
    for secret in (street.resident.name, street.resident.phone.removeprefix("+86"), unit):
        assert secret not in sheet
    assert (
        street.resident.name in world.client(street.office).get(desk(street, f"{key}/print")).text
    )


def test_the_work_order_comes_as_pdf_with_its_photos_to_those_who_hold_the_case(world, street):
    plain = made.report(world, street)
    pictured = made.report(world, street, photos=[made.picture(), made.picture()])
    world.work_off(street.community)
    client = world.client(street.staff)
    answers = [client.get(desk(street, f"{key}/print.pdf")) for key in (plain, pictured)]
    assert all(one.mimetype == "application/pdf" for one in answers)
    without, with_photos = (one.data for one in answers)
    assert b"/Subtype /Image" in with_photos
    assert len(with_photos) > len(without)
    assert world.client(street.resident).get(desk(street, f"{plain}/print.pdf")).status_code == 404


def test_the_work_order_is_printed_without_a_photo_whose_bytes_are_gone(world, street):
    key = made.report(world, street, photos=[made.picture()])
    world.work_off(street.community)
    (file_id,) = rows(world, street, select(StoredFile.id).where(StoredFile.mime == "image/jpeg"))
    with world.app.app_context():
        storage().remove(street.community.id, file_id.id)
    assert world.client(street.staff).get(desk(street, f"{key}/print.pdf")).status_code == 200


def test_a_note_of_the_office_is_on_no_page_of_the_company_or_the_resident(world, street):
    key = made.report(world, street)
    client = world.client(street.office)
    made.step(world, street, key, "office", Action.NOTE, text="反映人是周老师")
    assert "反映人是周老师" in client.get(desk(street, str(key))).text
    assert "反映人是周老师" not in world.client(street.staff).get(desk(street, str(key))).text
    own = f"/c/{street.community.code}/complaints/{key}"
    assert "反映人是周老师" not in world.client(street.resident).get(own).text


def test_a_dispute_is_settled_on_the_page(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.HAND_BACK, text="不在合同里")
    client = world.client(street.office)
    page = client.get(desk(street, str(key))).text
    assert "分派有争议" in page
    assert "不在合同里" in page
    data = {"settle-version": "2", "settle-text": "合同附件二有"}
    assert client.post(desk(street, f"{key}/settle"), data=data).status_code == 302
    page = world.client(street.staff).get(desk(street, str(key))).text
    assert "合同附件二有" in page
    assert "退回社区</button>" not in page


def test_call_backs_are_recorded_on_the_page_and_say_when_silence_ends(world, street):
    key = made.done(world, street)
    client = world.client(street.office)
    assert "还没有打过" in client.get(desk(street, str(key))).text
    data = {"call_unreached-version": "3", "call_unreached-text": "关机"}
    assert client.post(desk(street, f"{key}/call_unreached"), data=data).status_code == 302
    assert "已在 1 天里打过" in client.get(desk(street, str(key))).text
    data = {"verify-version": "4", "verify-rating": "satisfied"}
    assert client.post(desk(street, f"{key}/verify"), data=data).status_code == 302
    assert "电话回访确认已解决" in client.get(desk(street, str(key))).text


def test_the_company_has_no_call_backs_to_record(world, street):
    key = made.done(world, street)
    client = world.client(street.staff)
    assert "电话回访" not in client.get(desk(street, str(key))).text
    for action in ("verify", "call_unreached", "find_unsolved", "close_silent"):
        answer = client.post(desk(street, f"{key}/{action}"), data={f"{action}-version": "3"})
        assert answer.status_code in {404, 422}, action
    assert made.look(world, street, key).state == "done"


def test_an_extension_is_asked_and_granted_on_the_pages(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    staff, office = world.client(street.staff), world.client(street.office)
    bad = {
        "ask_extension-version": "2",
        "ask_extension-days": "很多",
        "ask_extension-text": "等配件",
    }
    answer = staff.post(desk(street, f"{key}/ask_extension"), data=bad)
    assert answer.status_code == 422
    assert "请填一个整数" in answer.text
    assert "等配件" in answer.text
    good = bad | {"ask_extension-days": "2"}
    assert staff.post(desk(street, f"{key}/ask_extension"), data=good).status_code == 302
    assert "申请延期 2 天" in office.get(desk(street, str(key))).text
    answer = office.post(desk(street, f"{key}/extend"), data={"extend-version": "3"})
    assert answer.status_code == 302
    own = f"/c/{street.community.code}/complaints/{key}"
    page = world.client(street.resident).get(own).text
    assert "同意延期" in page
    assert "等配件" in page


def test_a_case_with_everything_in_it_can_be_looked_at_by_everybody_concerned(world, street):
    """Each kind of line of the time line is drawn at least once."""
    key = made.report(world, street)
    steps = [
        ("staff", Action.HAND_BACK, {"text": "不是我们"}),
        ("office", Action.SETTLE, {"text": "是你们"}),
        ("staff", Action.ACCEPT, {}),
        ("staff", Action.ASSIGN, {"assignee_id": street.manager.id}),
        ("staff", Action.ASK_EXTENSION, {"text": "等配件", "days": 1}),
        ("office", Action.DENY_EXTENSION, {"text": "不行"}),
        ("staff", Action.ASK_EXTENSION, {"text": "真的等", "days": 1}),
        ("office", Action.EXTEND, {}),
        ("office", Action.RECLASSIFY, {"category": "property.clutter"}),
        ("office", Action.FLAG, {"text": "危险"}),
        ("office", Action.UNFLAG, {"text": "好了"}),
        ("office", Action.SPLIT_OFF, {"text": "还有一件", "category": "property.lift"}),
        ("staff", Action.NOTE, {"text": "备注"}),
        ("staff", Action.COMPLETE, {"text": "好了"}),
        ("office", Action.CALL_UNREACHED, {}),
        ("office", Action.FIND_UNSOLVED, {"text": "没好"}),
        ("staff", Action.COMPLETE, {"text": "又好了"}),
        ("office", Action.VERIFY, {"rating": Rating.SATISFIED}),
    ]
    for who, action, values in steps:
        made.step(world, street, key, who, action, **values)
    own = f"/c/{street.community.code}/complaints/{key}"
    assert world.client(street.resident).get(own).status_code == 200
    for person in (street.staff, street.office):
        assert world.client(person).get(desk(street, str(key))).status_code == 200


def test_merged_cases_lead_to_each_other(world, street):
    lead, other = made.report(world, street), made.report_by(world, street, street.neighbour)
    code = made.look(world, street, lead).short_code
    client = world.client(street.office)
    data = {"merge-version": "1", "merge-lead": code}
    assert client.post(desk(street, f"{other}/merge"), data=data).status_code == 302
    assert desk(street, str(lead)) in client.get(desk(street, str(other))).text
    assert desk(street, str(other)) in client.get(desk(street, str(lead))).text
    own = f"/c/{street.community.code}/complaints/{other}"
    assert "合在一起办" in world.client(street.neighbour).get(own).text


# Entering for somebody


def entered(street, **values):
    return {
        "once_key": str(uuid.uuid4()),
        "channel": "counter",
        "name": "王大爷",
        "phone": "",
        "category": "property.lighting",
        "place": f"compound:{street.compound_id}",
        "text": "院里路灯不亮",
        **values,
    }


def test_staff_enter_for_somebody_without_an_account(world, street):
    client = world.client(street.office)
    answer = client.post(desk(street, "enter"), data=entered(street, phone="13900001111"))
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "王大爷" in page
    assert "13900001111" in page
    assert "代居民反映了情况" in page
    ((row,),) = rows(world, street, select(Complaint))
    assert (row.reporter_id, row.channel, row.entered_by_id) == (None, "counter", street.office.id)
    assert row.organization_id == street.company_id
    for action in (Action.ACCEPT, Action.COMPLETE):
        made.step(world, street, row.id, "staff", action, text="好了")
    world.work_off(street.community)
    colleague = made.office_colleague(world, street)
    made.step(world, street, row.id, colleague, Action.VERIFY, rating=Rating.SATISFIED)
    assert made.look(world, street, row.id).state == "closed"


def test_a_number_known_here_leads_to_the_persons_own_complaint(world, street):
    client = world.client(street.office)
    data = entered(street, channel="phone", phone=street.resident.phone.removeprefix("+86"))
    assert client.post(desk(street, "enter"), data=data).status_code == 302
    own = f"/c/{street.community.code}/complaints/"
    assert "路灯不亮" in world.client(street.resident).get(own).text
    made.step(
        world, street, rows(world, street, select(Complaint.id))[0].id, "staff", Action.ACCEPT
    )
    world.work_off(street.community)
    wanted = select(Notification.title).where(Notification.account_id == street.resident.id)
    assert "您反映的事已签收，正在处理" in [row.title for row in rows(world, street, wanted)]


def test_a_number_known_elsewhere_only_leads_nowhere(world, street):
    stranger = made.street(world).resident
    client = world.client(street.office)
    data = entered(street, phone=stranger.phone.removeprefix("+86"))
    assert client.post(desk(street, "enter"), data=data).status_code == 302
    assert rows(world, street, select(Complaint.reporter_id)) == [(None,)]


def test_entering_twice_is_one_complaint(world, street):
    client, data = world.client(street.office), entered(street)
    first, second = (client.post(desk(street, "enter"), data=data).location for _ in range(2))
    assert first == second


def test_an_anonymous_entry_hides_the_name_from_the_company(world, street):
    client = world.client(street.office)
    data = entered(street, anonymous="y", phone="13900001111")
    address = client.post(desk(street, "enter"), data=data).location
    page = world.client(street.staff).get(address).text
    assert "院里路灯不亮" in page
    assert "王大爷" not in page
    assert "13900001111" not in page
    assert "王大爷" in client.get(address).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "请写居民的姓名或称呼"),
        ({"phone": "12345"}, "11 位的手机号"),
        ({"text": " "}, "请写一下发生了什么"),
        ({"place": "elsewhere"}, "请写一下在什么地方"),
        ({"category": "moon"}, "请从列出的里面选一个"),
    ],
)
def test_an_entry_that_lacks_something_keeps_what_was_typed(world, street, wrong, said):
    answer = world.client(street.office).post(desk(street, "enter"), data=entered(street) | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert rows(world, street, select(Complaint.id)) == []


# Rules of dispatch


def ruled(**values):
    return {"matter": "", "place": "", "days": "any", "party": "office", **values}


def test_a_rule_decides_where_the_next_report_goes(world, street):
    other = made.company(world, street.community, "电工班")
    client = world.client(street.office)
    data = ruled(matter="property.lighting", party=str(other))
    assert client.post(desk(street, "rules"), data=data).status_code == 302
    assert made.look(world, street, made.report(world, street)).organization_id == other
    lift = made.report(world, street, category="property.lift")
    assert made.look(world, street, lift).organization_id == street.company_id


def test_the_order_of_rules_counts_and_can_be_changed(world, street):
    other = made.company(world, street.community, "电工班")
    client = world.client(street.office)
    client.post(desk(street, "rules"), data=ruled())
    client.post(desk(street, "rules"), data=ruled(matter="group:小区里的事", party=str(other)))
    first = made.look(world, street, made.report(world, street))
    assert (first.state, first.organization_id) == ("filed", None)
    page = client.get(desk(street, "rules")).text
    client.post(re.search(r'action="([^"]+/raise)"', page)[1])
    assert made.look(world, street, made.report(world, street)).organization_id == other
    for address in re.findall(r'action="([^"]+/rules/[^"]+/remove)"', page):
        assert client.post(address).status_code == 302
    again = made.look(world, street, made.report(world, street))
    assert again.organization_id == street.company_id


def test_the_box_says_where_a_report_would_go_and_why(world, street):
    other = made.company(world, street.community, "夜班")
    client = world.client(street.office)
    night = ruled(from_time="22:00", to_time="06:00", party=str(other))
    assert client.post(desk(street, "rules"), data=night).status_code == 302
    asked = {"category": "property.lighting", "place": f"compound:{street.compound_id}"}
    late = client.get(desk(street, "rules"), query_string=asked | {"at": "2026-03-06T23:30"}).text
    assert "会交给夜班" in late
    assert "第 1 条规则" in late
    noon = client.get(desk(street, "rules"), query_string=asked | {"at": "2026-03-06T12:00"}).text
    assert "会交给襄悦物业" in noon
    assert "服务合同" in noon


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from_time": "22:00"}, "都填，或者都不填"),
        ({"from_time": "25:99", "to_time": "06:00"}, "时间看不懂"),
        ({"party": ""}, "请选择交给谁"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(world, street, wrong, said):
    answer = world.client(street.office).post(desk(street, "rules"), data=ruled(**wrong))
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("path", ["rules", "enter"])
def test_companies_neither_make_rules_nor_enter_for_residents(world, street, path):
    for person in (street.staff, street.manager, street.resident):
        assert world.client(person).get(desk(street, path)).status_code == 404


def test_the_pages_of_the_desk_do_not_ask_more_the_more_there_is(world, street, statements):
    client = world.client(street.office)

    def counted():
        with statements() as seen:
            for path in ("rules", "templates", "filters", "?tab=mine"):
                assert client.get(desk(street, path)).status_code == 200
        return len(seen)

    def more():
        client.post(desk(street, "rules"), data=ruled())
        client.post(desk(street, "templates"), data={"title": "甲", "text": "乙"})
        name = uuid.uuid4().hex[:8]
        client.post(desk(street, "filters"), data={"name": name, "query": "tab=mine"})

    more()
    few = counted()
    for _ in range(5):
        more()
    assert counted() == few
