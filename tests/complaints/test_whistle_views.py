"""The pages of a whistle: the office's, the department's, the street's; and what they never say."""

from __future__ import annotations

import json
import re

import pytest
from factories import complaints as made
from factories import whistles as blown

from app.complaints.rules.answers import Channel
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.complaints.rules.whistles import CallAction, Stars
from app.core.access.roles import PROPERTY_ROLES, Role


@pytest.fixture
def crew(world):
    return blown.crew(world, person="韩队长")


def called_url(crew, call_id=None, action=None):
    parts = [f"/r/{crew.code}/whistles/", str(call_id or ""), f"/{action}" if action else ""]
    return "".join(parts)


def field(action, call, name):
    return f"{action.value}-{call.id}-{name}"


def post(client, url, action, call, **values):
    data = {field(action, call, name): value for name, value in values.items()}
    data.setdefault(field(action, call, "version"), str(call.version))
    return client.post(url, data=data, content_type="multipart/form-data")


# The office


def test_the_office_blows_from_the_ticket_and_the_ticket_shows_it(world, street, crew):
    key = made.report(world, street, photos=[made.picture()])
    world.work_off(street.community)
    client = world.client(street.office)
    base = f"/c/{street.community.code}"
    assert f"{base}/tickets/{key}/whistle" in client.get(f"{base}/tickets/{key}").text
    page = client.get(f"{base}/tickets/{key}/whistle").text
    assert "楼道灯不亮三天了" in page
    photo = re.search(r'name="photos" value="([^"]+)" checked', page)[1]
    answer = client.post(
        f"{base}/tickets/{key}/whistle",
        data={
            "called": [crew.key],
            "reason": "请来看看",
            "text": "楼道灯不亮三天了",
            "photos": [photo],
            "arrive_by": "",
        },
    )
    assert answer.status_code == 302
    shown = client.get(answer.location).text
    assert "请来看看" in shown
    name = blown.calls(world, street, answer.location.rsplit("/", 1)[1])[0].party_name
    ticket = client.get(f"{base}/tickets/{key}").text
    assert f"社区已请{name}到场" in ticket
    assert answer.location in ticket
    assert name in client.get(f"{base}/whistles/").text


def test_what_was_typed_stays_when_something_is_missing(world, street, crew):
    key = made.report(world, street)
    url = f"/c/{street.community.code}/tickets/{key}/whistle"
    answer = world.client(street.office).post(
        url,
        data={
            "called": [crew.key],
            "reason": "",
            "text": "灯不亮",
            "arrive_by": "2020-01-01T08:00",
        },
    )
    assert answer.status_code == 422
    assert "请写一下为什么请他们到场" in answer.text
    assert "灯不亮" in answer.text
    answer = world.client(street.office).post(
        url,
        data={"called": [crew.key], "reason": "来", "text": "灯", "arrive_by": "2020-01-01T08:00"},
    )
    assert answer.status_code == 422
    assert "到场时间已经过了" in answer.text
    assert "2020-01-01T08:00" in answer.text


def test_the_case_others_are_merged_into_shows_their_calls(world, street, crew):
    key, lead = made.report(world, street), made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew)
    (call,) = blown.calls(world, street, whistle_id)
    blown.finish(world, crew, call.id)
    case = made.look(world, street, key).short_code
    code = made.look(world, street, lead).short_code
    client, base = world.client(street.office), f"/c/{street.community.code}"
    assert f"{base}/whistles/{whistle_id}" not in client.get(f"{base}/tickets/{lead}").text
    made.step(world, street, key, "office", Action.MERGE, lead=code)
    ticket = client.get(f"{base}/tickets/{lead}").text
    assert f"{base}/whistles/{whistle_id}" in ticket
    assert f"为并入的 {case[:4]}-{case[4:]} 请的" in ticket


def test_while_somebody_is_called_the_ticket_says_why_it_is_not_merged(world, street, crew):
    key = made.report(world, street)
    blown.whistle(world, street, key, crew)
    client, url = world.client(street.office), f"/c/{street.community.code}/tickets/{key}"
    ticket = client.get(url).text
    assert "这件事才能并入别的诉求" in ticket
    assert f"{url}/merge" not in ticket
    answer = client.post(f"{url}/merge", data={"merge-version": "1", "merge-lead": "ABCD2345"})
    assert answer.status_code == 409
    assert "请先撤回吹哨，或者等他们办完" in answer.text


def test_a_case_that_is_done_has_no_whistle_to_blow(world, street, crew):
    key = made.done(world, street)
    client, base = world.client(street.office), f"/c/{street.community.code}/tickets/{key}"
    assert f"{base}/whistle" not in client.get(base).text
    assert "不用再请人到场" in client.get(f"{base}/whistle").text


@pytest.mark.parametrize("role", sorted(PROPERTY_ROLES))
def test_the_company_reads_the_line_and_has_no_door_to_the_whistle(world, street, crew, role):
    key = made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew, reason="只给部门看的理由")
    person = world.member(street.community, role, organization_id=street.company_id)
    client, base = world.client(person), f"/c/{street.community.code}"
    ticket = client.get(f"{base}/tickets/{key}").text
    assert "到场" in ticket
    assert "只给部门看的理由" not in ticket
    assert client.get(f"{base}/whistles/{whistle_id}").status_code == 404
    assert client.get(f"{base}/tickets/{key}/whistle").status_code == 404


def test_a_call_of_another_whistle_is_not_found_under_this_one(world, street, crew):
    first = blown.whistle(world, street, made.report(world, street), crew)
    (other,) = blown.whistled(world, street, crew)
    call = blown.look(world, street, other)
    client = world.client(street.office)
    url = f"/c/{street.community.code}/whistles/{first}/calls/{other}/note"
    assert post(client, url, CallAction.NOTE, call, text="x").status_code == 404


def test_all_who_have_not_arrived_are_withdrawn_together(world, street, crew):
    other = blown.crew(world)
    there, waiting = blown.whistled(world, street, crew, other)
    blown.arrive(world, crew, there)
    whistle_id = blown.look(world, street, there).whistle_id
    url = f"/c/{street.community.code}/whistles/{whistle_id}/withdraw"
    client = world.client(street.office)
    assert client.post(url, data={"all-text": ""}).status_code == 422
    assert client.post(url, data={"all-text": "已经解决"}).status_code == 302
    assert blown.look(world, street, waiting).state == "withdrawn"
    assert blown.look(world, street, there).state == "arrived"
    late = client.post(url, data={"all-text": "再撤"})
    assert late.status_code == 409
    assert "已经没有可以撤回的了" in late.text


# The department


def test_a_department_signs_arrives_and_finishes_on_its_own_pages(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    client, url = world.client(crew.person), called_url(crew, call_id)
    assert "楼道灯不亮" in client.get(url).text
    call = blown.look(world, street, call_id)
    assert post(client, f"{url}/sign", CallAction.SIGN, call).status_code == 302
    call = blown.look(world, street, call_id)
    missing = post(client, f"{url}/arrive", CallAction.ARRIVE, call)
    assert missing.status_code == 422
    assert "请拍一张现场照片" in missing.text
    photo = (made.stream(made.photo()), "x.jpg")
    assert post(client, f"{url}/arrive", CallAction.ARRIVE, call, photos=photo).status_code == 302
    call = blown.look(world, street, call_id)
    assert post(client, f"{url}/finish", CallAction.FINISH, call, text="换了灯").status_code == 302
    call = blown.look(world, street, call_id)
    low = post(client, f"{url}/score", CallAction.SCORE, call, stars="1")
    assert low.status_code == 422
    assert "请写一句为什么" in low.text
    assert post(client, f"{url}/score", CallAction.SCORE, call, stars="5").status_code == 302
    assert "该请我们" in client.get(url).text
    world.work_off(street.community)
    resident = world.client(street.resident)
    key = resident.get(f"/c/{street.community.code}/complaints/").text
    case = re.search(rf"/c/{street.community.code}/complaints/([0-9a-f-]{{36}})", key)[1]
    page = resident.get(f"/c/{street.community.code}/complaints/{case}").text
    assert re.search(rf"{call.party_name}已到场 \d\d:\d\d", page)


def test_a_late_call_says_how_late_in_the_list(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.late(world, street, call_id, blown.timedelta(hours=3))
    assert "已超 3 小时" in world.client(crew.person).get(called_url(crew)).text


def test_the_tabs_count_what_waits(world, street, crew):
    first, second = (
        blown.whistled(world, street, crew)[0],
        blown.whistled(world, street, crew)[0],
    )
    blown.act(world, crew, first, CallAction.SIGN)
    page = world.client(crew.person).get(called_url(crew)).text
    assert str(second) in page
    assert str(first) not in page
    later = world.client(crew.person).get(called_url(crew) + "?tab=to_arrive").text
    assert str(first) in later


def test_the_list_is_paged_by_key_and_costs_the_same(world, street, crew, statements, monkeypatch):
    monkeypatch.setattr("app.complaints.queries.whistles.PAGE", 2)
    client = world.client(crew.person)
    blown.whistled(world, street, crew)
    with statements() as few:
        client.get(called_url(crew))
    made_calls = [blown.whistled(world, street, crew)[0] for _ in range(4)]
    client.get(called_url(crew))  # the regions of the process may just have been forgotten
    with statements() as many:
        page = client.get(called_url(crew)).text
    assert len(few) == len(many)
    seen = set()
    for _ in range(5):
        seen |= set(re.findall(rf"/r/{crew.code}/whistles/([0-9a-f-]{{36}})", page))
        following = re.search(r'href="([^"]+after=[^"]+)"', page)
        if following is None:
            break
        page = client.get(following[1].replace("&amp;", "&")).text
    assert {str(one) for one in made_calls} <= seen
    assert len(seen) == 5


def test_a_call_costs_the_same_however_long_its_record(world, street, crew, statements):
    (call_id,) = blown.whistled(world, street, crew)
    blown.act(world, crew, call_id, CallAction.SIGN)
    client = world.client(crew.person)
    client.get(called_url(crew, call_id))
    with statements() as few:
        client.get(called_url(crew, call_id))
    for _ in range(4):
        blown.act(world, crew, call_id, CallAction.NOTE, text="在路上")
    with statements() as many:
        client.get(called_url(crew, call_id))
    assert len(few) == len(many)


def test_what_others_are_called_for_is_not_found(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    call = blown.look(world, street, call_id)
    strangers = [blown.crew(world).person, blown.street_office(world).person]
    for stranger in strangers:
        client = world.client(stranger)
        assert client.get(called_url(crew, call_id)).status_code == 404
        url = called_url(crew, call_id, "sign")
        assert post(client, url, CallAction.SIGN, call).status_code == 404
        assert str(call_id) not in client.get(called_url(crew)).text


def test_a_department_has_no_other_door(world, street, crew):
    key = made.report(world, street)
    client = world.client(crew.person)
    base = f"/c/{street.community.code}"
    for path in ("", "desk", f"tickets/{key}", f"board/{key}", "board/", f"complaints/{key}"):
        assert client.get(f"{base}/{path}").status_code == 404
    for path in ("", "departments/", "indicators/party_leadership"):
        assert client.get(f"/r/{crew.code}/{path}").status_code == 404
    assert client.get("/r/420602/whistles/").status_code == 404


def test_a_department_starts_at_its_calls(world, street, crew):
    assert world.client(crew.person).get("/").location.endswith(called_url(crew))


def test_a_department_finds_its_street_among_the_places_to_go(world, crew):
    page = world.client(crew.person).get("/memberships").text
    assert called_url(crew) in page
    assert "部门工作人员" in page


def test_a_photo_is_shown_to_the_called_only(world, street, crew):
    key = made.report(world, street, photos=[made.picture()])
    world.work_off(street.community)
    client, office = world.client(crew.person), world.client(street.office)
    page = office.get(f"/c/{street.community.code}/tickets/{key}/whistle").text
    original = re.search(r'name="photos" value="([^"]+)"', page)[1]
    whistle_id = blown.whistle(world, street, key, crew, photos=[blown.UUID(original)])
    (call,) = blown.calls(world, street, whistle_id)
    shown = client.get(called_url(crew, call.id)).text
    copy = re.search(rf"{call.id}/photos/([0-9a-f-]{{36}})", shown)[1]
    assert copy != original
    address = f"{called_url(crew, call.id)}/photos/{copy}"
    for path in (address, f"{address}/thumbnail"):
        assert client.get(path).status_code == 200
    assert client.get(f"{called_url(crew, call.id)}/photos/{original}").status_code == 404
    stranger = world.client(blown.crew(world).person)
    assert stranger.get(address).status_code == 404
    files = f"/c/{street.community.code}/files"
    assert office.get(f"{files}/{copy}").status_code == 200
    for person in (street.resident, street.staff, crew.person):
        assert world.client(person).get(f"{files}/{copy}").status_code == 404
    blown.answer(world, street, call.id, CallAction.WITHDRAW, text="不用了")
    assert client.get(address).status_code == 404


# The street


def test_a_street_calls_further_from_its_page(world, street, crew):
    above = blown.street_office(world)
    (call_id,) = blown.whistled(world, street, above)
    client = world.client(above.person)
    url = called_url(above, call_id)
    assert client.get(f"{url}/call").status_code == 404
    blown.act(world, above, call_id, CallAction.SIGN)
    assert f"{url}/call" in client.get(url).text
    answer = client.post(
        f"{url}/call", data={"called": [crew.key], "reason": "请配合", "arrive_by": ""}
    )
    assert answer.status_code == 302
    listed = client.get(called_url(above) + "?tab=made").text
    (further,) = [
        call
        for call in blown.calls(world, street, blown.look(world, street, call_id).whistle_id)
        if call.by_call_id
    ]
    assert str(further.id) in listed
    assert "请配合" in world.client(crew.person).get(called_url(crew, further.id)).text


# What the called never get


def secrets_of(world, street, complaint_id):
    row = made.look(world, street, complaint_id)
    phone = street.resident.phone.removeprefix("+86")
    found = {street.resident.name, phone, str(street.resident.id), str(complaint_id)}
    return found | ({row.unit_label} if row.unit_label else set())


def everything(client, start):
    """Every page and file a department can reach from its list, by address."""
    seen, waiting = {}, [start, f"{start}?tab=to_arrive", f"{start}?tab=acting", "/notifications"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        for kind in ("text/html", "application/json"):
            answer = client.get(address, headers={"Accept": kind})
            seen[address] = (
                seen.get(address, b"")
                + answer.data
                + json.dumps(list(answer.headers.items())).encode()
            )
            if answer.mimetype == "text/html":
                waiting += [
                    link.replace("&amp;", "&")
                    for link in re.findall(r'(?:href|src)="([^"]+)"', answer.text)
                    if link.startswith(start)
                ]
    return seen


@pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous", "named"])
def test_nothing_the_called_can_reach_tells_who_reported(world, street, crew, anonymous):
    key = made.report(
        world,
        street,
        anonymous=anonymous,
        category="property.drains",
        place=PlaceChoice(PlaceKind.UNIT, street.home.unit_id),
        text="卫生间返水，一直流到客厅",
        photos=[made.picture()],
    )
    made.step(world, street, key, "resident", Action.ADD, text="楼下也漏了")
    world.work_off(street.community)
    hidden = secrets_of(world, street, key)
    words = f"反映人{street.resident.name}，电话{street.resident.phone[3:]}，卫生间返水"
    row = made.look(world, street, key)
    page = world.client(street.office).get(f"/c/{street.community.code}/tickets/{key}/whistle").text
    photos = [blown.UUID(one) for one in re.findall(r'name="photos" value="([^"]+)"', page)]
    whistle_id = blown.whistle(
        world,
        street,
        key,
        crew,
        text=f"{words}（{row.unit_label}）",
        contact=f"{street.resident.name} {street.resident.phone[3:7]} {street.resident.phone[7:]}",
        reason=f"{street.resident.name}家返水，请来看",
        photos=photos,
    )
    (call,) = blown.calls(world, street, whistle_id)
    blown.arrive(world, crew, call.id)
    world.work_off(street.community)
    seen = everything(world.client(crew.person), called_url(crew))
    assert called_url(crew, call.id) in seen
    assert any("/photos/" in address for address in seen)
    for address, body in seen.items():
        plain = body.decode("utf-8", "replace").replace(" ", "")
        assert not [secret for secret in hidden if secret in plain], address
    assert "卫生间返水" in seen[called_url(crew, call.id)].decode()


def test_a_caller_without_an_account_is_not_named_either(world, street, crew):
    key = made.report(world, street)
    made.changed(
        world,
        street,
        key,
        reporter_id=None,
        channel=Channel.PHONE.value,
        contact_name="欧阳大爷",
        contact_phone="+8613912345678",
    )
    whistle_id = blown.whistle(
        world, street, key, crew, text="欧阳大爷说灯不亮，打 139 1234 5678 找他"
    )
    (call,) = blown.calls(world, street, whistle_id)
    page = world.client(crew.person).get(called_url(crew, call.id)).text
    assert "欧阳" not in page
    assert "5678" not in page
    assert "灯不亮" in page


def test_scores_are_shown_to_both_sides(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.finish(world, crew, call_id)
    blown.act(world, crew, call_id, CallAction.SCORE, stars=Stars.GOOD, text="情况清楚")
    blown.answer(world, street, call_id, CallAction.SCORE, stars=Stars.BAD, text="来晚了")
    whistle_id = blown.look(world, street, call_id).whistle_id
    office = world.client(street.office)
    pages = (
        office.get(f"/c/{street.community.code}/whistles/{whistle_id}").text,
        world.client(crew.person).get(called_url(crew, call_id)).text,
    )
    for page in pages:
        assert "情况清楚" in page
        assert "来晚了" in page


def test_words_that_look_like_markup_stay_words(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew, text="<script>alert(1)</script>")
    page = world.client(crew.person).get(called_url(crew, call_id)).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_the_board_tells_who_was_called_and_no_reason(world, street, crew):
    key = made.report(world, street)
    blown.whistle(world, street, key, crew, reason="只给部门看的理由")
    page = world.client(street.neighbour).get(f"/c/{street.community.code}/board/{key}").text
    assert "到场" in page
    assert "只给部门看的理由" not in page


def test_reviewers_of_a_street_see_only_what_is_whistled_to_them(world, street, crew):
    blown.whistled(world, street, crew)
    client = world.client(world.reviewer(Role.STREET_REVIEWER, crew.code, crew.path))
    assert "没有要签收的" in client.get(called_url(crew)).text
