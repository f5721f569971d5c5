from __future__ import annotations

import re
from datetime import timedelta

import pytest
from factories.organizations import committee, company, contract, today
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.identity import credit_check
from app.kit.refusal import Conflict, Invalid
from app.organizations.actions import (
    OrganizationDraft,
    change_organization,
    relieve_member,
)
from app.organizations.models import Organization, OrganizationMember, ServiceContract
from app.organizations.rules import OrganizationKind


@pytest.fixture
def staff(world):
    community = world.community()
    return community, world.client(world.member(community, Role.COMMUNITY_STAFF))


def stored(world, community, table, **equal):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return db.session.scalars(
            select(table).where(table.community_id == community.id).filter_by(**equal)
        ).all()


def page(community, path=""):
    return f"/c/{community.code}/organizations/{path}"


def test_staff_enter_a_property_company(world, staff):
    community, client = staff
    code = "91420600MA4DEM001"
    answer = client.post(
        page(community, "new?kind=property_company"),
        data={
            "name": "汉江物业",
            "credit_code": f" {code.lower()}{credit_check(code)} ",
            "party_work": "joint",
            "party_member_count": "4",
        },
    )
    assert answer.status_code == 302
    row = stored(world, community, Organization)[0]
    assert (row.kind, row.party_work, row.party_member_count) == ("property_company", "joint", 4)
    assert row.credit_code == code + credit_check(code)


def test_a_wrong_credit_code_is_refused_and_what_was_typed_stays(world, staff):
    community, client = staff
    answer = client.post(
        page(community, "new?kind=property_company"),
        data={
            "name": "江汉物业",
            "credit_code": "91420600MA4DEMO010",
            "party_work": "none",
            "party_member_count": "0",
        },
    )
    assert answer.status_code == 422
    assert "统一社会信用代码不正确" in answer.text
    assert "江汉物业" in answer.text
    assert stored(world, community, Organization) == []


def test_the_same_name_of_the_same_kind_is_refused_at_the_name(world, staff):
    community, client = staff
    company(world, community, "汉江物业")
    answer = client.post(
        page(community, "new?kind=property_company"),
        data={"name": "汉江物业", "party_work": "none", "party_member_count": "0"},
    )
    assert answer.status_code == 422
    assert "同类组织里已经有这个名称" in answer.text


def test_the_second_of_two_editors_sees_what_the_first_saved(world, staff):
    community, client = staff
    known = company(world, community, "汉江物业")
    fields = {"party_work": "none", "party_member_count": "0"}
    first = client.post(
        page(community, f"{known}/edit"), data={"name": "汉江新物业", "version": "1", **fields}
    )
    second = client.post(
        page(community, f"{known}/edit"), data={"name": "我的改名", "version": "1", **fields}
    )
    assert first.status_code == 302
    assert second.status_code == 409
    assert "汉江新物业" in second.text
    assert "我的改名" in second.text
    assert stored(world, community, Organization)[0].name == "汉江新物业"


def test_a_committee_is_not_filed_without_enough_members(world, staff, context):
    community, _ = staff
    known = committee(world, community, world.compound(community), members=4)
    filed = OrganizationDraft(
        name="业主委员会",
        compound_id=stored(world, community, Organization)[0].compound_id,
        filed_on=today(),
    )
    with pytest.raises(Conflict, match="现有委员 4 人"), transaction(Scope(community.id)):
        change_organization(community.id, known, 1, filed)


def test_a_committee_of_five_is_filed(world, staff, context):
    community, _ = staff
    known = committee(world, community, world.compound(community), members=5)
    compound_id = stored(world, community, Organization)[0].compound_id
    filed = OrganizationDraft(name="业主委员会", compound_id=compound_id, filed_on=today())
    with transaction(Scope(community.id)):
        change_organization(community.id, known, 1, filed)
    assert stored(world, community, Organization)[0].filed_on == today()


def test_the_twelfth_member_is_refused_in_the_form(world, staff):
    community, client = staff
    known = committee(world, community, world.compound(community), members=11)
    answer = client.post(
        page(community, f"{known}/members/new"), data={"name": "多余", "post": "委员"}
    )
    assert answer.status_code == 409
    assert "已经满员" in answer.text
    assert len(stored(world, community, OrganizationMember)) == 11


def test_a_relieved_member_stays_among_the_former(world, staff):
    community, client = staff
    known = committee(world, community, world.compound(community), members=1)
    member = stored(world, community, OrganizationMember)[0]
    answer = client.post(
        page(community, f"{known}/members/{member.id}/relieve"),
        data={"on": today().isoformat(), "version": "1"},
    )
    assert answer.status_code == 302
    assert "历届成员（1）" in client.get(page(community, str(known))).text


def test_nobody_is_relieved_in_the_future(world, staff, context):
    community, _ = staff
    committee(world, community, world.compound(community), members=1)
    member = stored(world, community, OrganizationMember)[0]
    with pytest.raises(Invalid), transaction(Scope(community.id)):
        relieve_member(community.id, member.id, 1, today() + timedelta(days=1))


def test_a_contract_is_entered_filed_and_ended(world, staff):
    community, client = staff
    compound, serving = world.compound(community), company(world, community)
    days = {name: today().isoformat() for name in ("signed_on", "starts_on")}
    answer = client.post(
        page(community, "contracts/new"),
        data={
            "compound_id": str(compound),
            "company_id": str(serving),
            "mode": "professional",
            **days,
        },
    )
    assert answer.status_code == 302
    where = answer.location
    assert "未备案" in client.get(where).text
    client.post(f"{where}/file", data={"on": today().isoformat(), "version": "1"})
    assert "已备案" in client.get(where).text
    client.post(f"{where}/end", data={"on": today().isoformat(), "version": "2"})
    row = stored(world, community, ServiceContract)[0]
    assert (row.filed_on, row.ended_on) == (today(), today())
    assert client.post(f"{where}/edit", data={}).status_code == 422


def test_a_contract_of_another_community_is_not_found(world, staff):
    community, client = staff
    other = world.community("凤雏社区")
    foreign = contract(world, other, world.compound(other), company(world, other), 3)
    assert client.get(page(community, f"contracts/{foreign}")).status_code == 404
    assert client.get(page(community, str(company(world, other, "别家")))).status_code == 404


def test_residents_do_not_enter(world):
    community = world.community()
    client = world.client(world.member(community, Role.RESIDENT))
    assert client.get(page(community)).status_code == 404


@pytest.mark.parametrize("kind", list(OrganizationKind))
def test_the_list_and_the_form_of_every_kind_open(staff, kind):
    community, client = staff
    assert client.get(page(community, f"?kind={kind}")).status_code == 200
    form = client.get(page(community, f"new?kind={kind}"))
    assert form.status_code == 200
    assert bool(re.search('name="compound_id"', form.text)) == (
        "committee" in kind and not kind.startswith("environment")
    )
