from __future__ import annotations

from datetime import timedelta

import pytest
from factories import complaints as made
from sqlalchemy import select

from app.complaints.jobs import sweep_waking
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now


def base(street):
    return f"/c/{street.community.code}"


def board(street, key=""):
    return f"{base(street)}/board/{key}"


def words(street):
    return (
        f"{base(street)}/complaints/new?category=property.lighting"
        f"&place=stairwell:{street.home.stairwell_id}"
    )


def told(world, street, person):
    wanted = select(Notification.title, Notification.url).where(
        Notification.community_id == street.community.id, Notification.account_id == person.id
    )
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return [tuple(row) for row in db.session.execute(wanted.order_by(Notification.id))]


def solved(world, street, key):
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="换好了", photos=[made.picture()])


def test_a_similar_open_report_nearby_is_offered_before_writing(world, street):
    key = made.report(world, street)
    page = world.client(street.neighbour).get(words(street)).text
    assert "是同一件事吗" in page
    assert f"{key}/join" in page
    assert "楼道灯不亮三天了" not in page


@pytest.mark.parametrize(
    "values",
    [
        {"category": "property.drains"},
        {"place": "own"},
        {"place": "other_building"},
    ],
)
def test_other_matters_other_buildings_and_homes_are_not_offered(world, street, values):
    if values.get("place") == "own":
        values = {"place": PlaceChoice(PlaceKind.UNIT, street.home.unit_id)}
    if values.get("place") == "other_building":
        other = world.home(street.community, street.compound_id)
        values = {"place": PlaceChoice(PlaceKind.STAIRWELL, other.stairwell_id)}
    made.report(world, street, **values)
    assert "是同一件事吗" not in world.client(street.neighbour).get(words(street)).text


def test_a_matter_that_has_ended_is_not_offered(world, street):
    key = made.report(world, street)
    solved(world, street, key)
    made.step(world, street, key, "resident", Action.CONFIRM, rating=Rating.SATISFIED)
    assert "是同一件事吗" not in world.client(street.neighbour).get(words(street)).text


def test_the_own_open_report_leads_to_itself(world, street):
    key = made.report(world, street)
    page = world.client(street.resident).get(words(street)).text
    assert "我反映过" in page
    assert f"{key}/join" not in page


def test_the_nearest_is_offered_first_and_never_more_than_three(world, street):
    compound = PlaceChoice(PlaceKind.COMPOUND, street.compound_id)
    far = [made.report(world, street, place=compound) for _ in range(3)]
    near = made.report(world, street)
    page = world.client(street.neighbour).get(words(street)).text
    offered = [part[-36:] for part in page.split("/join")[:-1]]
    assert offered[0] == str(near)
    assert len(offered) == 3
    assert set(offered[1:]) < {str(key) for key in far}


def test_who_joins_is_told_of_each_step_and_reads_the_answer(world, street):
    key = made.report(world, street)
    client = world.client(street.neighbour)
    answer = client.post(board(street, f"{key}/join"))
    assert answer.location.endswith(board(street, key))
    solved(world, street, key)
    made.step(world, street, key, "resident", Action.REOPEN, text="还是不亮，住 402")
    world.work_off(street.community)
    titles = [title for title, _ in told(world, street, street.neighbour)]
    assert titles == [
        "您也遇到的事已签收，正在处理",
        "您也遇到的事办好了，请您看看是不是真的好了",
        "您也遇到的事没有解决，已退回重办",
    ]
    assert {url for _, url in told(world, street, street.neighbour)} == {board(street, key)}
    page = client.get(board(street, key)).text
    assert "换好了" in page
    assert "住 402" not in page
    assert "楼道灯不亮三天了" not in page
    assert street.resident.name not in page
    assert "我也遇到的事" in client.get(f"{base(street)}/complaints/").text


def test_joining_twice_is_once_and_leaving_ends_it(world, street):
    key = made.report(world, street)
    client = world.client(street.neighbour)
    for _ in range(2):
        assert client.post(board(street, f"{key}/join")).status_code == 302
    mine = world.client(street.resident).get(f"{base(street)}/complaints/{key}").text
    assert "1 人也遇到" in mine
    client.post(board(street, f"{key}/leave"))
    made.step(world, street, key, "staff", Action.ACCEPT)
    world.work_off(street.community)
    assert told(world, street, street.neighbour) == []


def test_the_photos_of_an_answer_are_for_those_who_joined_and_those_of_the_report_are_not(
    world, street
):
    key = made.report(world, street, photos=[made.picture()])
    made.join(world, street, street.neighbour, key)
    solved(world, street, key)
    world.work_off(street.community)
    own = world.client(street.resident).get(f"{base(street)}/complaints/{key}").text
    reported, answered = (part.split('"')[0] for part in own.split('<img src="')[1:])
    joined = world.client(street.neighbour)
    assert joined.get(answered).status_code == 200
    assert joined.get(reported).status_code == 404
    outsider = world.client(world.member(street.community, Role.RESIDENT))
    assert outsider.get(answered).status_code == 404


@pytest.mark.parametrize("kind", ["own", "home", "closed"])
def test_what_cannot_be_joined_says_why(world, street, kind):
    place = PlaceChoice(PlaceKind.UNIT, street.home.unit_id) if kind == "home" else None
    key = made.report(world, street, **({"place": place} if place else {}))
    if kind == "closed":
        solved(world, street, key)
        made.step(world, street, key, "resident", Action.CONFIRM, rating=Rating.FAIRLY)
    person = street.resident if kind == "own" else street.neighbour
    assert world.client(person).post(board(street, f"{key}/join")).status_code == 409


def test_a_case_of_another_community_cannot_be_joined(world, street):
    other = made.street(world)
    key = made.report(world, other)
    assert world.client(street.resident).post(board(street, f"{key}/join")).status_code == 404


def test_the_board_tells_what_is_open_how_long_and_whose_turn_it_is(world, street):
    made.report(world, street)
    page = world.client(street.neighbour).get(board(street)).text
    assert "路灯不亮" in page
    assert "今天反映" in page
    assert "襄悦物业" in page
    assert "正在办的 1 件" in page


def test_the_board_never_says_who_reported_what_in_which_words_or_in_whose_home(world, street):
    home = PlaceChoice(PlaceKind.UNIT, street.home.unit_id)
    key = made.report(world, street, text="主卧漏水", place=home, place_note="402 主卧")
    unit = made.look(world, street, key)
    made.report(world, street, category="neighbours.noise", text="楼上吵")
    made.step(world, street, key, "staff", Action.ACCEPT)
    for person in (street.neighbour, street.staff, street.resident):
        client = world.client(person)
        page = client.get(board(street)).text + client.get(board(street, key)).text
        for secret in (
            *(street.resident.phone, str(street.resident.id), unit.unit_label, unit.place_name),
            *("主卧漏水", "402 主卧", "楼上吵", f"{street.staff.name}</span>"),
        ):
            assert secret not in page, (person.name, secret)
        assert "居民家里" in page
    assert street.resident.name not in world.client(street.neighbour).get(board(street)).text


def test_what_was_not_accepted_is_not_on_the_board(world, street):
    key = made.report(world, street, category="neighbours.consult")
    made.step(world, street, key, "office", Action.REFUSE, ground=Ground.IN_COURT, text="在法院")
    client = world.client(street.neighbour)
    assert client.get(board(street, key)).status_code == 404
    assert "现在没有正在办的事" in client.get(board(street)).text


def test_the_board_pages_by_key_without_losing_or_repeating(world, street, monkeypatch):
    monkeypatch.setattr("app.complaints.queries.board.PAGE", 3)
    keys = [str(made.report(world, street)) for _ in range(7)]
    client, seen, address = world.client(street.neighbour), [], board(street)
    while address:
        page = client.get(address).text
        rows = page.split(f'href="{base(street)}/board/')
        seen += [row[:36] for row in rows if row[36:37] == '"']
        following = page.split('rel="next"')
        address = (
            following[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
            if len(following) > 1
            else None
        )
    assert seen == keys


@pytest.mark.parametrize("path", ["board/", "board/rates"])
def test_the_statements_of_the_board_do_not_grow_with_its_rows(world, street, statements, path):
    client = world.client(street.neighbour)
    made.report(world, street)
    client.get(f"{base(street)}/{path}")

    def counted():
        with statements() as seen:
            assert client.get(f"{base(street)}/{path}").status_code == 200
        return len(seen)

    few = counted()
    for _ in range(8):
        made.join(world, street, street.neighbour, made.report(world, street))
    assert counted() == few


def test_the_rates_of_the_board_count_what_happened(world, street):
    first, second = made.report(world, street), made.report(world, street)
    made.report(world, street, category="property.lift")
    for key in (first, second):
        solved(world, street, key)
    made.step(world, street, first, "resident", Action.REOPEN, text="没好")
    made.step(world, street, first, "staff", Action.COMPLETE, text="好了")
    made.step(world, street, first, "resident", Action.CONFIRM, rating=Rating.UNSATISFIED)
    client = world.client(street.neighbour)

    def share(rate, group=""):
        return client.get(f"{board(street, 'rates')}?rate={rate}&group={group}").text

    assert ">2 / 2<" in share("response")
    assert ">1 / 2<" in share("resolved")
    assert ">0 / 2<" in share("satisfied")
    waiting = share("resolved", "waiting")
    assert "已报告办好，等居民确认" in waiting
    code = made.look(world, street, second).short_code
    assert f"{code[:4]}-{code[4:]}" in waiting
    assert "电梯故障" in share("response", "not_due")
    front = client.get(board(street)).text
    for numbers in ("2 / 2", "1 / 2", "0 / 2"):
        assert numbers in front


@pytest.mark.parametrize("query", ["?rate=x", "?group=x", "?compound=x", "?after=x", "?compound="])
def test_nonsense_in_the_address_of_the_board_shows_the_board(world, street, query):
    client = world.client(street.neighbour)
    for path in ("board/", "board/rates"):
        assert client.get(f"{base(street)}/{path}{query}").status_code == 200


def test_reports_outside_the_compounds_have_a_board_of_their_own(world, street):
    made.report(
        world,
        street,
        category="parts.traffic",
        place=PlaceChoice(PlaceKind.ELSEWHERE),
        place_note="小学东门，我家楼下",
    )
    page = world.client(street.neighbour).get(f"{board(street)}?compound=outside").text
    assert "道路护栏损坏" in page
    assert "我家楼下" not in page


@pytest.mark.parametrize(
    ("text", "found"),
    [("我是周文静，灯不亮", "周文静"), ("请打 {phone}", "{phone}"), ("{door}漏水", "{door}")],
)
def test_somebody_anonymous_is_warned_of_the_own_name_phone_or_door(world, street, text, found):
    home = PlaceChoice(PlaceKind.UNIT, street.home.unit_id)
    known = {
        "phone": street.resident.phone.removeprefix("+86"),
        "door": made.look(world, street, made.report(world, street, place=home)).unit_label,
    }
    client = world.client(street.resident)
    answer = client.post(
        f"{base(street)}/complaints/new",
        data={
            "once_key": "5f0c7b59-3f14-4f66-8d5e-0d6b7e1f2a11",
            "category": "property.drains",
            "place": str(home),
            "text": text.format(**known),
            "anonymous": "y",
        },
    )
    assert answer.status_code == 422
    assert f"您选了对物业匿名，可是写的内容里有“{found.format(**known)}”" in answer.text


def test_who_joined_a_report_that_was_merged_hears_of_the_one_it_went_into(world, street):
    lead, key = made.report(world, street), made.report(world, street)
    made.join(world, street, street.neighbour, key)
    code = made.look(world, street, lead).short_code
    made.step(world, street, key, "office", Action.MERGE, lead=code)
    made.step(world, street, lead, "staff", Action.ACCEPT)
    world.work_off(street.community)
    news = told(world, street, street.neighbour)
    assert ("您也遇到的事已签收，正在处理", board(street, key)) in news
    client = world.client(street.neighbour)
    assert client.get(board(street, key)).status_code == 200
    assert client.post(board(street, f"{key}/join")).status_code == 409


def test_a_call_to_the_reporter_is_not_told_to_those_who_joined(world, street):
    key = made.done(world, street)
    made.join(world, street, street.neighbour, key)
    made.step(world, street, key, "office", Action.CALL_UNREACHED, text="打了 138 的号码")
    world.work_off(street.community)
    assert told(world, street, street.neighbour) == []
    assert "138 的号码" not in world.client(street.neighbour).get(board(street, key)).text


def test_call_backs_and_silence_count_in_the_rates_as_what_they_are(world, street):
    called, silent = made.done(world, street), made.done(world, street)
    made.step(world, street, called, "office", Action.VERIFY, rating=Rating.FAIRLY)
    past = now() - timedelta(minutes=1)
    made.changed(world, street, silent, unreached_days=3, wake_at=past)
    with world.app.app_context():
        sweep_waking()
    world.work_off(street.community)
    client = world.client(street.neighbour)
    page = client.get(f"{board(street, 'rates')}?rate=satisfied&group=not_reached").text
    assert ">1 / 1<" in page
    code = made.look(world, street, silent).short_code
    assert f"{code[:4]}-{code[4:]}" in page
    made.step(world, street, silent, "resident", Action.DISPUTE, text="没修")
    assert ">1 / 2<" in client.get(f"{board(street, 'rates')}?rate=resolved").text
