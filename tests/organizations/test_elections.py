"""What an election leaves in the registry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from factories.organizations import committee, today
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.ids import new_id
from app.kit.refusal import Conflict
from app.organizations.actions import (
    ElectedCommittee,
    ElectedMember,
    file_elected,
    seat_elected,
)
from app.organizations.models import Organization, OrganizationMember

NAMES = ("王秀英", "张建国", "李红", "赵敏", "陈强")


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community, f"檀溪花园{new_id().hex[:6]}")


def outcome(compound, **changes):
    members = [ElectedMember(name, None) for name in NAMES]
    return replace(
        ElectedCommittee(
            election_id=new_id(),
            compound_id=compound,
            compound_name="檀溪花园",
            starts=today(),
            years=5,
            members=[*members, ElectedMember("周候补", None, alternate=True)],
        ),
        **changes,
    )


def seat(world, community, elected):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return seat_elected(community.id, elected)


def rows(world, community, table):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        found = db.session.scalars(
            select(table).where(table.community_id == community.id).order_by(table.id)
        ).all()
        db.session.expunge_all()
        return list(found)


def page(community, path):
    return f"/c/{community.code}/organizations/{path}"


def test_the_first_committee_of_a_compound_is_founded_with_its_term(world, community, compound):
    known = seat(world, community, outcome(compound, starts=date(2026, 3, 8)))
    (founded,) = rows(world, community, Organization)
    assert (founded.id, founded.kind) == (known, "owners_committee")
    assert (founded.compound_id, founded.name) == (compound, "檀溪花园业主委员会")
    assert (founded.term_starts, founded.term_ends) == (date(2026, 3, 8), date(2031, 3, 7))
    members = rows(world, community, OrganizationMember)
    assert [(member.name, member.post, member.alternate) for member in members] == [
        *((name, "委员", False) for name in NAMES),
        ("周候补", "候补委员", True),
    ]


def test_writing_the_same_election_twice_changes_nothing(world, community, compound):
    elected = outcome(compound)
    assert seat(world, community, elected) == seat(world, community, elected)
    assert len(rows(world, community, OrganizationMember)) == 6


def test_a_new_term_relieves_those_of_the_old_one_and_keeps_their_rows(world, community, compound):
    known = committee(world, community, compound, members=5)
    assert seat(world, community, outcome(compound)) == known
    members = rows(world, community, OrganizationMember)
    assert [member.relieved_at is not None for member in members] == [True] * 5 + [False] * 6
    (renewed,) = rows(world, community, Organization)
    assert renewed.filed_on is None
    assert renewed.term_starts == today()


def test_an_alternate_takes_no_seat_until_one_is_free(world, community, compound):
    seat(
        world,
        community,
        outcome(
            compound,
            members=[ElectedMember(f"委员{n}", None) for n in range(11)]
            + [ElectedMember("周候补", None, alternate=True)],
        ),
    )
    client = world.client(world.member(community, Role.COMMUNITY_STAFF))
    members = rows(world, community, OrganizationMember)
    known, alternate = members[0].organization_id, members[-1]
    shown = client.get(page(community, known)).text
    assert "在任成员（11）" in shown
    assert "候补第 1 位" in shown
    seating = page(community, f"{known}/members/{alternate.id}/seat")
    assert client.post(seating).status_code == 409
    client.post(
        page(community, f"{known}/members/{members[0].id}/relieve"),
        data={"on": today().isoformat(), "version": "1"},
    )
    assert client.post(seating).status_code == 302
    assert rows(world, community, OrganizationMember)[-1].post == "委员"


def test_the_committee_names_one_chair_among_its_members(world, community, compound):
    seat(world, community, outcome(compound))
    client = world.client(world.member(community, Role.PARTY_SECRETARY))
    first, second, *_, alternate = rows(world, community, OrganizationMember)
    posts = page(community, f"{first.organization_id}/members")
    chair = {"post": "主任", "version": "1"}
    assert "主任、副主任由委员" in client.get(f"{posts}/{first.id}/post").text
    assert client.post(f"{posts}/{first.id}/post", data=chair).status_code == 302
    refused = client.post(f"{posts}/{second.id}/post", data=chair)
    assert (refused.status_code, "已经有一位主任" in refused.text) == (409, True)
    assert client.post(f"{posts}/{alternate.id}/post", data=chair).status_code == 409
    assert client.post(f"{posts}/{second.id}/post", data={"post": "皇帝"}).status_code == 422
    assert [member.post for member in rows(world, community, OrganizationMember)][:2] == [
        "主任",
        "委员",
    ]


@pytest.mark.parametrize("members", [4, 5])
def test_an_elected_committee_is_filed_only_with_a_lawful_number_of_members(
    world, community, compound, members
):
    elected = outcome(compound, members=[ElectedMember(name, None) for name in NAMES[:members]])
    seat(world, community, elected)

    def file():
        with world.app.app_context(), transaction(Scope(community_id=community.id)):
            file_elected(community.id, elected.election_id, today())

    if members == 4:
        with pytest.raises(Conflict, match="现有委员 4 人"):
            file()
        return
    file()
    assert rows(world, community, Organization)[0].filed_on == today()


def test_an_elected_committee_and_each_seat_are_in_the_audit_trail(world, community, compound):
    seat(world, community, outcome(compound))
    events = [entry.event for entry in rows(world, community, AuditEntry)]
    assert events.count("organizations.committee_seated") == 1
    assert events.count("organizations.member_seated") == 6


def test_a_term_longer_than_five_years_cannot_be_written(world, community, compound):
    with pytest.raises(ValueError, match="one to five years"):
        seat(world, community, outcome(compound, years=6))
    assert rows(world, community, Organization) == []
    seat(world, community, outcome(compound, starts=today() + timedelta(days=1)))
