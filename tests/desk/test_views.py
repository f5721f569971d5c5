from __future__ import annotations

import pytest
from factories.complaints import report, step, street
from factories.covenants import stairs
from sqlalchemy import create_engine, text

from app.complaints.rules.states import Action
from app.core.access.roles import Role
from app.core.db import sqlalchemy_url
from app.core.tenancy import CommunityRef
from app.desk.cards import Card, gather
from app.desk.views import greeting
from app.kit.ids import new_id


@pytest.mark.parametrize(
    ("hour", "word"),
    [(5, "早上好"), (10, "早上好"), (11, "中午好"), (13, "下午好"), (18, "晚上好"), (2, "晚上好")],
)
def test_the_greeting_follows_the_clock(hour, word):
    assert greeting(hour) == word


def test_the_most_pressing_card_comes_first():
    def source(order):
        return lambda *_: [Card(title=str(order), url="/", action="去", order=order)]

    place = CommunityRef(1, "", "", "")
    found = gather([source(order) for order in (9, 1, 5, 7, 3, 8, 2)], place, None)
    assert [card.order for card in found] == [1, 2, 3, 5, 7, 8]


def test_a_resident_without_home_is_led_to_claim_one(world):
    community = world.community()
    page = world.client(world.member(community, Role.RESIDENT)).get(f"/c/{community.code}/").text
    assert "还没有认领房屋" in page


def test_a_resident_sees_their_homes(world):
    community = world.community()
    person = world.member(community, Role.RESIDENT)
    world.home(community, world.compound(community, "檀溪花园"), room="0301", owner=person)
    client = world.client(person)
    for path in ("", "me"):
        page = client.get(f"/c/{community.code}/{path}").text
        assert "檀溪花园" in page
        assert "0301" in page
        assert "还没有认领房屋" not in page


def test_the_residents_bar_ends_with_what_is_mine(world):
    community = world.community()
    page = world.client(world.member(community, Role.RESIDENT)).get(f"/c/{community.code}/").text
    bar = page.split('aria-label="主要功能"')[1].split("</nav>")[0]
    assert bar.index(f"/c/{community.code}/") < bar.index(f"/c/{community.code}/me")


@pytest.fixture
def operator(world):
    return world.client(world.operator())


def dead_letter(world):
    engine = create_engine(sqlalchemy_url(world.config.database_sweep_url))
    message_id = new_id()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox_message (community_id, id, kind, payload, attempts,"
                " last_error, dead_at) VALUES (0, :id, 'test.kind', '{}', 6, 'OSError', now())"
            ),
            {"id": message_id},
        )
    engine.dispose()
    return message_id


def test_a_dead_letter_is_shown_and_lives_again(world, operator):
    message_id = dead_letter(world)
    path = f"/platform/dead-letters/0/{message_id}/revive"
    assert str(message_id) in operator.get("/platform/dead-letters").text
    assert operator.post(path).status_code == 302
    assert str(message_id) not in operator.get("/platform/dead-letters").text
    assert operator.post(path).status_code == 404


def test_operators_find_communities_and_enter_none(world, operator):
    community = world.community("檀溪社区")
    page = operator.get(f"/platform/communities?q={community.code}").text
    assert community.code in page
    assert operator.get(f"/c/{community.code}/desk").status_code == 404


@pytest.mark.parametrize("role", [Role.PARTY_SECRETARY, Role.RESIDENT])
def test_nobody_else_sees_the_platforms_pages(world, role):
    client = world.client(world.member(world.community(), role))
    for path in ("communities", "dead-letters"):
        assert client.get(f"/platform/{path}").status_code == 404


def home_page(world, community, person):
    return world.client(person).get(f"/c/{community.code}/").text


def test_a_complaint_reported_done_waits_for_the_residents_word(world):
    place = street(world)
    complaint_id = report(world, place)
    step(world, place, complaint_id, "staff", Action.ACCEPT)
    assert "办好了吗" not in home_page(world, place.community, place.resident)
    step(world, place, complaint_id, "staff", Action.COMPLETE, text="灯已换好")
    assert "办好了吗" in home_page(world, place.community, place.resident)
    assert "办好了吗" not in home_page(world, place.community, place.neighbour)


def test_the_company_sees_what_waits_for_its_signature(world):
    place = street(world)
    desk = world.client(place.staff)
    assert "等签收" not in desk.get(f"/c/{place.community.code}/desk").text
    report(world, place)
    assert "1 件诉求等签收或分派" in desk.get(f"/c/{place.community.code}/desk").text


def test_a_covenant_waits_until_the_household_has_signed(world):
    place = stairs(world)
    covenant_id = place.in_signing()
    owner, neighbour = place.owners[:2]
    assert "去签署" in home_page(world, place.community, owner)
    place.sign(covenant_id, 0)
    assert "去签署" not in home_page(world, place.community, owner)
    assert "去签署" in home_page(world, place.community, neighbour)
