"""The covenants' pages as each role sees them."""

from __future__ import annotations

import hashlib
import re

import pytest
from factories.covenants import CLAUSES, stairs
from sqlalchemy import event

from app.core.access.roles import Role
from app.core.db import db
from app.covenants.actions import objections, steps
from app.covenants.rules import State

XSS = "<script>alert(1)</script>"


@pytest.fixture
def house(world):
    return stairs(world, 3)


def url(house, covenant_id=None, rest=""):
    middle = f"{covenant_id}" if covenant_id else ""
    return f"/c/{house.community.code}/covenants/{middle}{rest}"


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def test_a_resident_finds_the_own_covenant_first(house, world):
    covenant_id = house.in_signing()
    shown = page(world.client(house.owners[0]), url(house))
    assert all(wording in shown for wording in CLAUSES)
    assert "还差 2 户" in shown
    assert url(house, covenant_id, "/sign") in shown


def test_signing_takes_reading_a_tick_and_one_button(house, world):
    covenant_id = house.in_signing()
    client = world.client(house.owners[0])
    form = page(client, url(house, covenant_id, "/sign"))
    digest = re.search(r'name="digest" id="digest" value="(\w+)"', form)[1]
    data = {"digest": digest, "unit_id": str(house.homes[0].unit_id)}
    unticked = client.post(url(house, covenant_id, "/sign"), data=data)
    assert unticked.status_code == 422
    assert "请先读完全文" in unticked.text
    signed = client.post(url(house, covenant_id, "/sign"), data={**data, "agreed": "y"})
    assert signed.status_code == 302
    assert "已经由您签署" in page(client, url(house, covenant_id))
    assert client.get(url(house, covenant_id, "/sign")).status_code == 302
    again = client.post(url(house, covenant_id, "/sign"), data={**data, "agreed": "y"})
    assert again.status_code == 409
    assert "签过了" in again.text


def test_a_text_that_changed_meanwhile_is_read_again(house, world):
    covenant_id = house.in_signing()
    answer = world.client(house.owners[0]).post(
        url(house, covenant_id, "/sign"),
        data={"digest": "0" * 64, "unit_id": str(house.homes[0].unit_id), "agreed": "y"},
    )
    assert answer.status_code == 409
    assert "重新读一遍" in answer.text
    assert house.version(covenant_id).signed_count == 0


def test_a_home_of_somebody_else_is_not_signed_for(house, world):
    covenant_id = house.in_signing()
    answer = world.client(house.owners[0]).post(
        url(house, covenant_id, "/sign"),
        data={
            "digest": house.version(covenant_id).digest,
            "unit_id": str(house.homes[1].unit_id),
            "agreed": "y",
        },
    )
    assert answer.status_code == 409
    assert house.version(covenant_id).signed_count == 0


@pytest.mark.parametrize("role", [Role.PROPERTY_STAFF, Role.GRID_MEMBER, Role.RESIDENT])
def test_others_of_the_community_read_what_is_in_force_only(house, world, role):
    person = world.client(world.member(house.community, role))
    covenant_id = house.in_signing()
    assert person.get(url(house, covenant_id)).status_code == 404
    house.sign(covenant_id, 0)
    house.sign(covenant_id, 1)
    assert person.get(url(house, covenant_id)).status_code == 404
    house.let_publication_pass(covenant_id)
    house.work(lambda: steps.file(house.community.id, covenant_id, house.by_office, "1 号"))
    world.work_off(house.community)
    shown = page(person, url(house, covenant_id))
    assert CLAUSES[0] in shown
    assert "building-grid" not in shown
    assert "和睦楼道公约" in page(person, url(house, rest="all"))


def test_property_staff_may_not_sign(house, world):
    covenant_id = house.in_signing()
    staff = world.client(world.member(house.community, Role.PROPERTY_STAFF))
    assert staff.get(url(house, covenant_id, "/sign")).status_code == 404
    assert staff.post(url(house, covenant_id, "/sign")).status_code == 404


def test_people_of_another_community_find_nothing(house, world):
    covenant_id = house.in_force()
    elsewhere = world.community("邻近社区")
    stranger = world.client(world.member(elsewhere, Role.COMMUNITY_STAFF))
    assert stranger.get(url(house, covenant_id)).status_code == 404
    own = f"/c/{elsewhere.code}/covenants/{covenant_id}"
    for rest in ("", "/print", "/text.json", "/edit", "/check", "/filing", "/withdraw"):
        assert stranger.get(own + rest).status_code == 404


def test_a_head_of_another_stairwell_does_not_lead_this_one(house, world):
    covenant_id = house.draft()
    other = stairs(world, 1, community=house.community)
    client = world.client(other.head)
    assert client.get(url(house, covenant_id, "/edit")).status_code == 404
    assert (
        client.post(url(house, covenant_id, "/clauses"), data={"wording": "x"}).status_code == 404
    )


def test_an_officer_without_a_second_factor_leads_nothing(house, world):
    covenant_id = house.in_check()
    world.grant(house.community, house.officer, Role.RESIDENT)
    client = world.client(house.officer, second_factor=False)
    assert client.get(url(house, covenant_id)).status_code == 404


def test_a_head_drafts_from_an_example_to_the_deliberation(house, world):
    client = world.client(house.head)
    begun = client.post(
        url(house, rest="new"),
        data={"stairwell_id": str(house.stairwell_id), "title": "和睦楼道公约"},
    )
    assert begun.status_code == 302
    workbench = page(client, begun.location)
    assert "别的楼道常写的" in workbench
    covenant_id = begun.location.split("/")[-2]
    added = client.post(url(house, covenant_id, "/clauses"), data={"wording": "不堆杂物。"})
    assert added.status_code == 302
    client.post(url(house, covenant_id, "/steps"), data={"step": "deliberate"})
    world.work_off(house.community)
    assert "对这一条提意见" in page(world.client(house.owners[0]), url(house))


def test_an_empty_clause_is_refused_in_words(house, world):
    covenant_id = house.draft()
    answer = world.client(house.head).post(
        url(house, covenant_id, "/clauses"), data={"wording": "  "}
    )
    assert answer.status_code == 422
    assert "请写下这一条的内容" in answer.text


def test_two_editors_see_both_wordings(house, world):
    covenant_id = house.draft()
    client = world.client(house.head)
    address = re.search(
        rf'{url(house, covenant_id, "/clauses/")}[\w-]{{36}}(?=")',
        page(client, url(house, covenant_id, "/edit")),
    )[0]
    first = client.post(address, data={"wording": "甲的写法。", "version": "1"})
    assert first.status_code == 302
    second = client.post(address, data={"wording": "乙的写法。", "version": "1"})
    assert second.status_code == 409
    assert "甲的写法。" in second.text
    assert "乙的写法。" in second.text


def test_the_office_checks_and_files(house, world):
    covenant_id = house.in_check(("不交物业费的停水停电。",))
    client = world.client(house.officer)
    marked = page(client, url(house, covenant_id, "/check"))
    assert "第九百四十四条" in marked
    hasty = client.post(url(house, covenant_id, "/check"), data={"decision": "pass", "reason": ""})
    assert hasty.status_code == 409
    assert "请写明为什么可以保留" in hasty.text
    sent = client.post(
        url(house, covenant_id, "/check"), data={"decision": "return", "reason": "违反民法典"}
    )
    assert sent.status_code == 302
    assert house.version(covenant_id).state == State.DELIBERATING


def test_the_office_files_after_the_publication(house, world):
    covenant_id = house.published()
    client = world.client(house.officer)
    early = client.post(url(house, covenant_id, "/filing"), data={"filed_under": "1 号"})
    assert early.status_code == 409
    assert "公示要满" in early.text
    house.let_publication_pass(covenant_id)
    filed = client.post(url(house, covenant_id, "/filing"), data={"filed_under": "1 号"})
    assert filed.status_code == 302
    world.work_off(house.community)
    assert "已生效" in page(client, url(house, covenant_id))


def test_the_list_of_the_office_says_where_each_covenant_stands(house, world):
    house.in_signing()
    client = world.client(house.officer)
    assert "签约中" in page(client, url(house, rest="all"))
    assert "和睦楼道公约" not in page(client, url(house, rest="all?state=in_force"))


def test_the_sealed_text_gives_the_digest_of_the_seal(house, world):
    covenant_id = house.in_force()
    body = world.client(house.owners[0]).get(url(house, covenant_id, "/text.json")).data
    assert hashlib.sha256(body).hexdigest() == house.version(covenant_id).digest


def test_the_sheet_for_the_notice_board_has_a_square_code(house, world):
    covenant_id = house.in_force()
    shown = page(world.client(house.owners[0]), url(house, covenant_id, "/print"))
    assert "<svg" in shown
    assert CLAUSES[0] in shown


def test_what_people_type_is_shown_as_text(house, world):
    covenant_id = house.draft((XSS,))
    house.work(lambda: steps.deliberate(house.community.id, covenant_id, house.by_head))
    house.work(
        lambda: objections.give_opinion(
            house.community.id,
            covenant_id,
            account_id=house.owners[0].id,
            clause_id=None,
            reason=XSS,
        )
    )
    for person, rest in (
        (house.owners[0], ""),
        (house.head, "/edit"),
        (house.owners[1], "/objections"),
        (house.officer, "/print"),
    ):
        assert XSS not in page(world.client(person), url(house, covenant_id, rest))


def test_a_name_is_never_shown_with_a_signature(house, world):
    covenant_id = house.in_signing()
    house.sign(covenant_id, 1)
    assert house.owners[1].name not in page(world.client(house.owners[0]), url(house, covenant_id))


def statements(app, client, address):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_the_number_of_statements_does_not_grow_with_the_stairwell(app, world):
    counts = []
    for households in (2, 8):
        house = stairs(world, households)
        covenant_id = house.in_signing(CLAUSES * (households // 2))
        house.sign(covenant_id, 0)
        clients = (world.client(house.owners[0]), world.client(house.officer))
        counts.append(
            [
                statements(app, client, address)
                for client in clients
                for address in (url(house, covenant_id), url(house, rest="all"))
            ]
        )
    assert counts[0] == counts[1]
