from __future__ import annotations

import pytest
from factories.people import new_phone
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.ids import new_id
from app.organizations.models import Organization
from app.people.models import Account, Membership


@pytest.fixture
def office(world):
    community = world.community()
    return community, world.client(world.member(community, Role.PARTY_SECRETARY, "高书记"))


def add(client, community, role, **typed):
    data = {"phone": new_phone(), "name": "新来的"} | typed
    return client.post(f"/c/{community.code}/people/new/{role}", data=data)


def holders(world, community, role):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return [
            tuple(row)
            for row in db.session.execute(
                select(Account.phone, Membership.id)
                .join(Account, Account.id == Membership.account_id)
                .where(
                    Membership.community_id == community.id,
                    Membership.role == role,
                    Membership.ended_at.is_(None),
                )
            )
        ]


def company(world, community, name="天天物业"):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        row = Organization(
            community_id=community.id,
            id=new_id(),
            kind="property_company",
            name=name,
            pinyin=name,
        )
        db.session.add(row)
        return row.id


def test_a_role_goes_to_a_new_number_with_an_account_of_its_own(world, office):
    community, client = office
    phone = new_phone()
    assert add(client, community, "grid_member", phone=phone).status_code == 302
    assert [one for one, _ in holders(world, community, "grid_member")] == [f"+86{phone}"]
    assert "新来的" in client.get(f"/c/{community.code}/people").text
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        events = db.session.scalars(
            select(AuditEntry.event).where(AuditEntry.community_id == community.id)
        ).all()
    assert "people.membership_granted" in events


def test_a_known_number_keeps_its_name(world, office):
    community, client = office
    known = world.person("老住户")
    add(client, community, "grid_member", phone=known.phone, name="别的名字")
    page = client.get(f"/c/{community.code}/people").text
    assert "老住户" in page
    assert "别的名字" not in page


def test_the_same_role_twice_is_refused_and_what_was_typed_stays(world, office):
    community, client = office
    phone = new_phone()
    add(client, community, "grid_member", phone=phone)
    again = add(client, community, "grid_member", phone=phone, name="又一次")
    assert again.status_code == 409
    assert "又一次" in again.text
    assert len(holders(world, community, "grid_member")) == 1


def test_a_number_that_is_none_is_refused_beside_its_field(office):
    community, client = office
    answer = add(client, community, "grid_member", phone="12345")
    assert answer.status_code == 422
    assert "11 位的手机号" in answer.text
    assert "12345" in answer.text


def test_a_stairwell_head_needs_a_stairwell_of_this_community(world, office):
    community, client = office
    other = world.community()
    outside = world.home(other, world.compound(other)).stairwell_id
    inside = world.home(community, world.compound(community)).stairwell_id
    assert add(client, community, "stairwell_head").status_code == 422
    assert add(client, community, "stairwell_head", place=str(outside)).status_code == 422
    assert add(client, community, "stairwell_head", place=str(inside)).status_code == 302


def test_an_ended_role_works_no_more(world, office):
    community, client = office
    person = world.member(community, Role.COMMUNITY_STAFF, "要走的人")
    theirs = world.client(person)
    assert theirs.get(f"/c/{community.code}/desk").status_code == 200
    [membership] = [
        one for phone, one in holders(world, community, "community_staff") if phone == person.phone
    ]
    assert client.post(f"/c/{community.code}/people/{membership}/end").status_code == 302
    assert theirs.get(f"/c/{community.code}/desk").status_code == 404


@pytest.mark.parametrize("role", ["party_secretary", "street_reviewer", "platform_operator", "x"])
def test_a_role_from_above_cannot_be_granted_here(world, office, role):
    community, client = office
    assert add(client, community, role).status_code == 404
    assert len(holders(world, community, role)) == (1 if role == "party_secretary" else 0)


def test_staff_cannot_end_the_secretary(world):
    community = world.community()
    world.member(community, Role.PARTY_SECRETARY)
    client = world.client(world.member(community, Role.COMMUNITY_STAFF))
    [(_, secretary)] = holders(world, community, "party_secretary")
    assert client.post(f"/c/{community.code}/people/{secretary}/end").status_code == 404


def test_nobody_ends_a_role_in_another_community(world, office):
    _, client = office
    own, other = office[0], world.community()
    world.member(other, Role.GRID_MEMBER)
    [(_, membership)] = holders(world, other, "grid_member")
    assert client.post(f"/c/{own.code}/people/{membership}/end").status_code == 404
    assert len(holders(world, other, "grid_member")) == 1


def test_a_property_manager_sees_and_adds_only_their_own_people(world):
    community = world.community()
    own, other = company(world, community), company(world, community, "别家物业")
    world.member(community, Role.PROPERTY_STAFF, "自家员工", organization_id=own)
    world.member(community, Role.PROPERTY_STAFF, "别家员工", organization_id=other)
    world.member(community, Role.RESIDENT, "住户")
    client = world.client(
        world.member(community, Role.PROPERTY_MANAGER, "经理", organization_id=own)
    )
    page = client.get(f"/c/{community.code}/people").text
    assert "自家员工" in page
    assert "别家员工" not in page
    assert "住户" not in page
    assert add(client, community, "property_staff", place=str(own)).status_code == 302
    assert add(client, community, "property_staff", place=str(other)).status_code == 422
    assert add(client, community, "grid_member").status_code == 404


def test_the_list_masks_numbers_and_is_searched_by_name_or_last_digits(world, office):
    community, client = office
    person = world.member(community, Role.GRID_MEMBER, "何晓燕")
    for wanted in ("何晓", person.phone[-4:]):
        page = client.get(f"/c/{community.code}/people", query_string={"q": wanted}).text
        assert "何晓燕" in page
        assert person.phone[3:] not in page
    assert "何晓燕" not in client.get(f"/c/{community.code}/people?q=没有这人").text


def test_a_long_list_is_read_page_by_page(world, office):
    community, client = office
    for number in range(52):
        world.member(community, Role.RESIDENT, f"住户{number:02d}号")
    first = client.get(f"/c/{community.code}/people?role=resident").text
    assert "住户51号" in first
    assert "住户00号" not in first
    last_shown = holders_sorted(world, community)[-50]
    second = client.get(f"/c/{community.code}/people?role=resident&before={last_shown}").text
    assert "住户00号" in second
    assert "住户51号" not in second


def holders_sorted(world, community):
    return sorted(one for _, one in holders(world, community, "resident"))
