"""A final election: the committee stands in the registry and is filed at two offices."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import elections, voting
from sqlalchemy import select

from app.communities.actions import change_settings
from app.communities.rules import Settings
from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.organizations.models import Organization, OrganizationMember
from app.organizations.rules import last_day_of_term

NAMES = ("王秀英", "张建国", "李红", "赵敏", "陈强", "周候补", "吴落选")


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def people(world, community, compound):
    made = [world.member(community, Role.RESIDENT, f"业主{n}") for n in range(3)]
    for person in made:
        world.home(community, compound, owner=person, area_centi=10000)
    return made


@pytest.fixture
def staff(world, community):
    return world.client(world.member(community, Role.COMMUNITY_STAFF))


def held(world, community, compound, people, votes, *, seats=5, names=NAMES):
    """An election of which the publication has run out; `votes` names what each owner chose."""
    made, ids = elections.with_election(world, community, compound, seats=seats, names=names)
    for person, chosen in zip(people, votes, strict=True):
        elections.choose(world, community, made, person, [ids[place] for place in chosen])
    voting.closed(world, community, made)
    voting.made_final(world, community, made)
    return made


def registry(world, community):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        rows = [
            db.session.scalars(
                select(table).where(table.community_id == community.id).order_by(table.id)
            ).all()
            for table in (Organization, OrganizationMember)
        ]
        db.session.expunge_all()
    return rows


def at(community, made, path):
    return f"/c/{community.code}/assemblies/{made.id}{path}"


FIVE = [0, 1, 2, 3, 4]
TWO_EACH = [[0, 1], [1, 2], [0, 2]]
"""Each candidate is chosen by two of three voters."""


def test_those_elected_and_the_alternates_are_in_the_registry_with_their_term(
    world, community, compound, people
):
    # the sixth candidate is chosen by one of three: not more than half
    held(world, community, compound, people, [FIVE, FIVE, [0, 1, 2, 3, 5]])
    (committee,), members = registry(world, community)
    assert committee.kind == "owners_committee"
    assert committee.term_starts == civil_date(now())
    assert committee.term_ends == last_day_of_term(committee.term_starts, 5)
    assert [(row.name, row.alternate) for row in members] == [(name, False) for name in NAMES[:5]]


def test_one_hundredth_of_a_square_metre_decides_who_is_elected_and_who_is_an_alternate(
    world, community, compound
):
    people = []
    for area in (10000, 10001, 10002):
        people.append(world.member(community, Role.RESIDENT, f"业主{area}"))
        world.home(community, compound, owner=people[-1], area_centi=area)
    held(world, community, compound, people, TWO_EACH, seats=2, names=NAMES[:3])
    _, members = registry(world, community)
    assert [(row.name, row.alternate) for row in members] == [
        ("李红", False),
        ("王秀英", False),
        ("张建国", True),
    ]


def test_a_tie_across_the_last_seat_leaves_it_open_and_the_desk_is_told(
    world, community, compound, people, staff
):
    made = held(world, community, compound, people, TWO_EACH, seats=2, names=NAMES[:3])
    assert registry(world, community) == [[], []]
    page = staff.get(at(community, made, "/filing")).text
    assert "得票的人数和面积都相同" in page
    assert "到街道办事处备案" not in page
    for name in NAMES[:3]:
        assert name in page


def test_where_nobody_was_elected_no_committee_is_written(world, community, compound, people):
    held(world, community, compound, people, [[0], [1], [2]])
    assert registry(world, community) == [[], []]


def test_the_term_is_what_the_community_decided(world, community, compound, people):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        change_settings(community.id, Settings(committee_term_years=3), 0)
    held(world, community, compound, people, [FIVE, FIVE, FIVE])
    (committee,), _ = registry(world, community)
    assert committee.term_ends == last_day_of_term(committee.term_starts, 3)


def test_a_committee_is_filed_in_the_registry_when_both_offices_have_it(
    world, community, compound, people, staff
):
    made = held(world, community, compound, people, [FIVE, FIVE, FIVE])
    today = civil_date(now()).isoformat()
    page = staff.get(at(community, made, "/filing")).text
    for line in ("到区房产主管部门备案", "到街道办事处备案", "推选主任、副主任"):
        assert line in page
    for line in ("street", "district_office"):
        assert registry(world, community)[0][0].filed_on is None
        answer = staff.post(
            at(community, made, f"/filing/{line}"), data={"done_on": today, "receipt": "17"}
        )
        assert answer.status_code == 303, answer.text
    assert registry(world, community)[0][0].filed_on == civil_date(now())


def test_filing_without_the_number_of_the_receipt_is_refused(
    world, community, compound, people, staff
):
    made = held(world, community, compound, people, [FIVE, FIVE, FIVE])
    answer = staff.post(
        at(community, made, "/filing/street"), data={"done_on": civil_date(now()).isoformat()}
    )
    assert answer.status_code == 422
    assert "备案回执上的编号" in answer.text


@pytest.mark.parametrize("sheet", ["report", "minutes"])
def test_an_election_has_a_report_with_every_candidate(
    world, community, compound, people, staff, sheet
):
    made = held(world, community, compound, people, [FIVE, FIVE, FIVE])
    answer = staff.get(at(community, made, f"/sheets/{sheet}"))
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")


def test_a_committee_elected_again_goes_into_its_next_term(world, community, compound, people):
    held(world, community, compound, people, [FIVE, FIVE, FIVE])
    held(world, community, compound, people, [FIVE, FIVE, FIVE])
    committees, members = registry(world, community)
    assert len(committees) == 1
    assert sum(row.relieved_at is None for row in members) == 5
    assert len(members) == 10
    assert now() - timedelta(days=2) < members[0].relieved_at <= now()
