from __future__ import annotations

import io
import re
import uuid

import pytest
from factories import complaints as made

from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.access.roles import Role


def base(street):
    return f"/c/{street.community.code}"


def own(street, key):
    return f"{base(street)}/complaints/{key}"


def ticket(street, key):
    return f"{base(street)}/tickets/{key}"


def typed(street, **values):
    return {
        "once_key": str(uuid.uuid4()),
        "category": "property.lighting",
        "place": f"stairwell:{street.home.stairwell_id}",
        "text": "楼道灯不亮三天了",
        **values,
    }


def sent(client, street, **values):
    return client.post(
        f"{base(street)}/complaints/new",
        data=typed(street, **values),
        content_type="multipart/form-data",
    )


def test_three_taps_lead_to_the_words(world, street):
    client = world.client(street.resident)
    first = client.get(f"{base(street)}/complaints/new").text
    assert "category=property.burst_pipe" in first
    second = client.get(f"{base(street)}/complaints/new?category=property.lighting").text
    assert f"place=stairwell:{street.home.stairwell_id}" in second
    assert "我家里" in second
    third = client.get(
        f"{base(street)}/complaints/new?category=property.lighting"
        f"&place=stairwell:{street.home.stairwell_id}"
    ).text
    assert 'name="once_key"' in third
    assert "5 个工作日" in third


def test_a_report_is_filed_and_shown_with_its_promise(world, street):
    client = world.client(street.resident)
    answer = sent(client, street, photos=(io.BytesIO(made.photo()), "a.jpg"))
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "已经收到您反映的事" in page
    assert "楼道灯不亮三天了" in page
    assert "下一步" in page
    assert "/thumbnail" in page
    assert "路灯不亮" in client.get(f"{base(street)}/complaints/").text


def test_the_second_post_of_a_form_leads_to_the_same_complaint(world, street):
    client = world.client(street.resident)
    key = str(uuid.uuid4())
    first, second = (sent(client, street, once_key=key).location for _ in range(2))
    assert first == second


@pytest.mark.parametrize("kind", ["svg", "exe", "broken", "heic"])
def test_a_hostile_upload_is_refused_and_the_words_are_kept(world, street, kind):
    data = {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "exe": b"MZ" + bytes(300),
        "broken": made.photo()[:200],
        "heic": b"\x00\x00\x00\x18ftypheic" + bytes(300),
    }[kind]
    client = world.client(street.resident)
    answer = sent(
        client,
        street,
        text="灯坏了，摔了一跤",
        anonymous="y",
        photos=(io.BytesIO(data), "../../photo.jpg"),
    )
    assert answer.status_code == 422
    assert "灯坏了，摔了一跤" in answer.text
    assert "checked" in answer.text
    assert "error-summary" in answer.text
    assert "还没有反映过事情" in client.get(f"{base(street)}/complaints/").text


def test_missing_words_are_asked_for(world, street):
    answer = sent(world.client(street.resident), street, text="  ")
    assert answer.status_code == 422
    assert "请写一下发生了什么" in answer.text


@pytest.mark.parametrize(("place", "optional"), [("elsewhere", False), ("compound", True)])
def test_where_it_is_may_be_left_out_only_where_the_place_says_it(world, street, place, optional):
    chosen = f"compound:{street.compound_id}" if place == "compound" else place
    at = f"/c/{street.community.code}/complaints/new?category=parts.traffic&place={chosen}"
    label = re.search(
        r'<label for="place_note">(.*?)</label>', world.client(street.resident).get(at).text
    )
    assert ("选填" in label[1]) is optional


def test_the_example_for_a_place_outside_lies_outside(world, street):
    at = f"/c/{street.community.code}/complaints/new?category=parts.traffic&place=elsewhere"
    page = world.client(street.resident).get(at).text
    assert "例如：小区北门外的人行道" in page
    assert "4 楼电梯口" not in page


def test_a_place_outside_needs_words_of_its_own(world, street):
    client = world.client(street.resident)
    answer = sent(client, street, place="elsewhere", category="parts.traffic")
    assert answer.status_code == 422
    assert "在什么地方" in answer.text
    filed = sent(client, street, place="elsewhere", category="parts.traffic", place_note="小学东门")
    assert filed.status_code == 302


def test_a_category_or_place_that_is_none_leads_back_to_the_start(world, street):
    client = world.client(street.resident)
    for values in ({"category": "nope"}, {"place": "moon:1"}):
        assert sent(client, street, **values).location.endswith("/complaints/new")


def test_somebody_elses_unit_is_refused(world, street):
    other = world.home(street.community, street.compound_id, owner=street.neighbour)
    answer = sent(world.client(street.resident), street, place=f"unit:{other.unit_id}")
    assert answer.status_code == 422


def test_text_is_shown_as_text(world, street):
    nasty = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    key = made.report(world, street, text=nasty, place_note="<b>3 栋</b>")
    pages = [
        world.client(street.resident).get(own(street, key)).text,
        world.client(street.resident).get(f"{base(street)}/complaints/").text,
        world.client(street.staff).get(ticket(street, key)).text,
        world.client(street.staff).get(f"{base(street)}/tickets/").text,
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>3 栋" not in page
    assert "&lt;script&gt;" in pages[0]


def test_only_those_concerned_see_a_case(world, street):
    key = made.report(world, street)
    other_company = made.company(world, street.community, "别家物业")
    others = world.member(
        street.community, Role.PROPERTY_STAFF, "别家员工", organization_id=other_company
    )
    unbound = world.member(street.community, Role.PROPERTY_STAFF, "没有单位")
    grid = world.member(street.community, Role.GRID_MEMBER, "网格员")
    stranger = made.street(world)
    allowed = {
        (street.resident, own(street, key)),
        (street.staff, ticket(street, key)),
        (street.manager, ticket(street, key)),
        (street.office, ticket(street, key)),
    }
    everybody = [
        *(street.resident, street.neighbour, street.staff, street.manager, street.office),
        *(others, unbound, grid, stranger.office, stranger.staff, stranger.resident),
    ]
    for person in everybody:
        client = world.client(person)
        for address in (own(street, key), ticket(street, key)):
            expected = 200 if (person, address) in allowed else 404
            assert client.get(address).status_code == expected, (person.name, address)


def test_photos_follow_the_case(world, street):
    key = made.report(world, street, photos=[made.picture()])
    world.work_off(street.community)
    page = world.client(street.resident).get(own(street, key)).text
    address = page.split('<img src="')[1].split('"')[0]
    for person in (street.resident, street.staff, street.office):
        assert world.client(person).get(address).status_code == 200, person.name
    assert world.client(street.neighbour).get(address).status_code == 404
    other = made.company(world, street.community, "别家物业")
    stranger = world.member(street.community, Role.PROPERTY_STAFF, organization_id=other)
    assert world.client(stranger).get(address).status_code == 404


def test_the_company_knows_who_reported_openly(world, street):
    key = made.report(world, street)
    page = world.client(street.staff).get(ticket(street, key)).text
    assert street.resident.name in page
    assert street.resident.phone.removeprefix("+86") in page


def test_an_anonymous_reporter_is_nowhere_in_what_the_company_gets(world, street):
    place = PlaceChoice(PlaceKind.UNIT, street.home.unit_id)
    key = made.report(world, street, anonymous=True, place=place, photos=[made.picture()])
    unit = made.look(world, street, key).unit_label
    client = world.client(street.staff)
    pages = [
        client.get(f"{base(street)}/tickets/").text,
        client.get(ticket(street, key)).text,
        client.post(f"{ticket(street, key)}/accept", data={"accept-version": "99"}).text,
    ]
    secrets = [
        street.resident.name,
        street.resident.phone,
        street.resident.phone.removeprefix("+86"),
        str(street.resident.id),
        unit,
    ]
    for page in pages:
        assert not [secret for secret in secrets if secret in page]
    office = world.client(street.office).get(ticket(street, key)).text
    assert street.resident.name in office


def test_the_loop_over_http(world, street):
    key = made.report(world, street)
    staff, resident = world.client(street.staff), world.client(street.resident)

    def post(client, address, action, version, **values):
        data = {f"{action}-{name}": value for name, value in values.items()}
        data[f"{action}-version"] = version
        return client.post(f"{address}/{action}", data=data, content_type="multipart/form-data")

    desk, mine = ticket(street, key), own(street, key)
    assert post(staff, desk, "accept", 1).status_code == 302
    assert post(staff, desk, "reply", 2, text="明天来换").status_code == 302
    done = post(
        staff, desk, "complete", 3, text="换好了",
        before_photos=(io.BytesIO(made.photo()), "b.jpg"),
        photos=(io.BytesIO(made.photo()), "a.jpg"),
    )  # fmt: skip
    assert done.status_code == 302
    page = resident.get(mine).text
    assert "真的解决了吗？" in page
    assert "处理前" in page
    assert "处理后" in page
    assert post(resident, mine, "reopen", 4).status_code == 422
    assert post(resident, mine, "reopen", 4, text="还是不亮").status_code == 302
    assert "退回重办" in staff.get(desk).text
    assert post(staff, desk, "complete", 5, text="线路也换了").status_code == 302
    assert post(resident, mine, "confirm", 6, rating="satisfied").status_code == 302
    assert "已办结" in resident.get(mine).text
    assert made.look(world, street, key).state == "closed"


def test_a_step_without_its_words_keeps_the_page_and_says_what_is_missing(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    answer = world.client(street.staff).post(
        f"{ticket(street, key)}/complete", data={"complete-version": "2"}
    )
    assert answer.status_code == 422
    assert "请写一下是怎么解决的" in answer.text
    assert made.look(world, street, key).state == "accepted"


def test_a_refused_photo_keeps_the_words_of_a_step(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    answer = world.client(street.staff).post(
        f"{ticket(street, key)}/reply",
        data={
            "reply-version": "2",
            "reply-text": "明早来修",
            "reply-photos": (io.BytesIO(b"no"), "a"),
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "明早来修" in answer.text
    assert made.look(world, street, key).version == 2


def test_a_step_on_an_old_page_is_refused_with_the_words_kept(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    answer = world.client(street.staff).post(
        f"{ticket(street, key)}/reply", data={"reply-version": "1", "reply-text": "明早来修"}
    )
    assert answer.status_code == 409
    assert "明早来修" in answer.text
    assert "刚刚有了新进展" in answer.text


def test_a_step_that_is_not_possible_any_more_is_refused_with_the_reason_in_sight(world, street):
    key = made.report(world, street)
    client, page = world.client(street.resident), own(street, key)
    early = client.post(
        f"{page}/confirm", data={"confirm-version": "1", "confirm-rating": "fairly"}
    )
    assert early.status_code == 409
    assert "不能再做这一步。请刷新页面看看最新进展。" in early.text
    made.step(world, street, key, "staff", Action.ACCEPT)
    again = world.client(street.staff).post(
        f"{ticket(street, key)}/accept", data={"accept-version": "1"}
    )
    assert again.status_code == 409
    assert "这件诉求现在是“处理中”" in again.text


@pytest.mark.parametrize("action", ["confirm", "reopen", "add", "nonsense"])
def test_the_desk_cannot_take_the_reporters_steps(world, street, action):
    key = made.report(world, street)
    answer = world.client(street.office).post(f"{ticket(street, key)}/{action}")
    assert answer.status_code == 404


@pytest.mark.parametrize("action", ["accept", "complete", "dispatch", "nonsense"])
def test_the_reporter_cannot_take_the_desks_steps(world, street, action):
    key = made.report(world, street)
    answer = world.client(street.resident).post(f"{own(street, key)}/{action}")
    assert answer.status_code == 404


def test_a_staff_member_does_not_work_on_the_own_report(world, street):
    world.grant(
        street.community, street.resident, Role.PROPERTY_STAFF, organization_id=street.company_id
    )
    key = made.report(world, street)
    client = world.client(street.resident)
    assert "签收</button>" not in client.get(ticket(street, key)).text
    answer = client.post(f"{ticket(street, key)}/accept", data={"accept-version": "1"})
    assert answer.status_code == 404


def test_handing_back_leads_to_the_queue_and_the_case_is_gone_from_it(world, street):
    key = made.report(world, street)
    client = world.client(street.staff)
    answer = client.post(
        f"{ticket(street, key)}/hand_back",
        data={"hand_back-version": "1", "hand_back-text": "不在合同范围"},
    )
    assert answer.location.endswith("/tickets/")
    assert client.get(ticket(street, key)).status_code == 404
    assert "待改派" in world.client(street.office).get(ticket(street, key)).text


def test_the_queue_shows_each_case_in_its_tab(world, street):
    key = made.report(world, street, text="第一件")
    client = world.client(street.staff)
    assert "第一件" in client.get(f"{base(street)}/tickets/").text
    made.step(world, street, key, "staff", Action.ACCEPT)
    assert "第一件" not in client.get(f"{base(street)}/tickets/").text
    assert "第一件" in client.get(f"{base(street)}/tickets/?tab=working").text


def test_the_queue_is_searched_by_code_text_and_place_and_filtered_by_compound(world, street):
    key = made.report(world, street, text="百分之100%亮不了")
    code = made.look(world, street, key).short_code
    made.report(world, street, text="另外一件")
    client = world.client(street.office)
    for query in (code, f"{code[:4]}-{code[4:]}".lower(), "100%", "檀溪花园"):
        page = client.get(f"{base(street)}/tickets/", query_string={"q": query}).text
        assert "百分之100%亮不了" in page, query
    assert "另外一件" not in client.get(f"{base(street)}/tickets/?q=100%25").text
    assert "没有符合条件" in client.get(f"{base(street)}/tickets/?q=zzzz").text
    other = world.compound(street.community)
    assert "没有符合条件" in client.get(f"{base(street)}/tickets/?compound={other}").text
    kept = client.get(f"{base(street)}/tickets/?q=100%25&compound={street.compound_id}").text
    assert f"compound={street.compound_id}" in kept
    assert "tab=overdue" in kept


def test_the_queue_pages_by_key_without_losing_or_repeating(world, street, monkeypatch):
    monkeypatch.setattr("app.complaints.queries.lists.PAGE", 3)
    keys = {str(made.report(world, street)) for _ in range(8)}
    client = world.client(street.staff)
    seen, address = [], f"{base(street)}/tickets/"
    while address:
        page = client.get(address).text
        seen += [part.split('"')[0] for part in page.split(f"{base(street)}/tickets/")[1:]
                 if part[:8].count("-") == 0 and len(part.split('"')[0]) == 36]  # fmt: skip
        following = page.split('rel="next"')
        address = (
            following[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
            if len(following) > 1
            else None
        )
    assert sorted(seen) == sorted(keys)


@pytest.mark.parametrize("after", ["x", "1.x", "99999999999999.", "..", "-1"])
def test_a_key_that_is_none_starts_from_the_top(world, street, after):
    made.report(world, street, text="第一件")
    client = world.client(street.staff)
    for tab in ("to_sign", "ended", "nonsense"):
        answer = client.get(f"{base(street)}/tickets/?tab={tab}&after={after}")
        assert answer.status_code == 200


@pytest.mark.parametrize("page", ["complaints/", "tickets/"])
def test_the_number_of_statements_does_not_grow_with_the_rows(world, street, statements, page):
    person = street.resident if page == "complaints/" else street.office
    client = world.client(person)
    made.report(world, street)
    client.get(f"{base(street)}/{page}")

    def counted():
        with statements() as seen:
            assert client.get(f"{base(street)}/{page}").status_code == 200
        return len(seen)

    few = counted()
    for _ in range(12):
        made.report(world, street)
    assert counted() == few


def test_the_statements_of_a_case_do_not_grow_with_its_events(world, street, statements):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    client = world.client(street.staff)

    def counted():
        with statements() as seen:
            assert client.get(ticket(street, key)).status_code == 200
        return len(seen)

    counted()
    few = counted()
    for _ in range(6):
        made.step(world, street, key, "staff", Action.REPLY, text="又一条", photos=[made.picture()])
    assert counted() == few


def test_filing_over_http_stays_within_six_statements(world, street, statements):
    client = world.client(street.resident)
    sent(client, street)
    with statements() as seen:
        assert sent(client, street).status_code == 302
    assert len(seen) <= 6, seen
