"""业主提议: signatures by voter, both shares towards a fifth, and the assembly that follows."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.kit.refusal import Conflict, NotFound, Refusal
from app.registry.models import PropertyUnit
from app.voting.actions import proposing
from app.voting.actions.proposing import ProposalDraft
from app.voting.models import Proposal, ProposalSignature
from app.voting.queries import proposals
from app.voting.rules import (
    ProposalState,
    SignatureKind,
    Weight,
    missing_support,
    next_turn,
    proposal_supported,
    support_least,
)


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def street(world, community, compound):
    """Ten owners with equal homes: two of them are a fifth."""
    owners = [world.member(community, Role.RESIDENT, f"业主{number}") for number in range(10)]
    for person in owners:
        world.home(community, compound, owner=person, area_centi=10000)
    return owners


def within(world, community, work):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return work()


def propose(world, community, compound, person):
    draft = ProposalDraft(compound_id=compound, statute=5, title="换水泵", body="预算 6.2 万元")
    return within(
        world,
        community,
        lambda: proposing.propose(community.id, draft, proposed_by=person.id),
    )


def sign(world, community, made, person):
    within(world, community, lambda: proposing.sign(community.id, made, account_id=person.id))


def withdraw(world, community, made, person):
    within(
        world,
        community,
        lambda: proposing.withdraw_signature(community.id, made, account_id=person.id),
    )


def standing(world, community, made):
    def read():
        found = db.session.get(Proposal, (community.id, made))
        return (found.state, found.heads, found.area_centi)

    return within(world, community, read)


def told(world, person):
    with world.app.app_context(), transaction(Scope(account_id=person.id)):
        return [
            row.title
            for row in db.session.scalars(
                select(Notification).where(Notification.account_id == person.id)
            )
        ]


# ── the rule ──


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_proposal_is_supported_exactly_when_nothing_is_missing(area, roll_area, heads, roll):
    support, total = Weight(area, heads), Weight(roll_area, roll)
    assert proposal_supported(support, total) == (missing_support(support, total) == Weight(0, 0))


@pytest.mark.parametrize(("total", "least"), [(10, 2), (11, 3), (1, 1), (30001, 6001)])
def test_a_fifth_is_rounded_up(total, least):
    assert support_least(total) == least
    assert 5 * least >= total > 5 * (least - 1)


def test_signatures_and_withdrawals_alternate():
    assert next_turn(None, SignatureKind.SIGN) == 0
    assert next_turn(0, SignatureKind.WITHDRAW) == 1
    assert next_turn(1, SignatureKind.SIGN) == 2
    for turn, kind in ((0, SignatureKind.SIGN), (1, SignatureKind.WITHDRAW)):
        with pytest.raises(Conflict):
            next_turn(turn, kind)
    with pytest.raises(Conflict):
        next_turn(None, SignatureKind.WITHDRAW)


# ── signing ──


def test_the_author_signs_first_and_a_fifth_hands_it_to_the_community(
    world, community, compound, street
):
    staff = world.member(community, Role.COMMUNITY_STAFF)
    made = propose(world, community, compound, street[0])
    assert standing(world, community, made) == (ProposalState.COLLECTING, 1, 10000)
    sign(world, community, made, street[1])
    assert standing(world, community, made) == (ProposalState.REACHED, 2, 20000)
    world.work_off(community)
    assert any("业主提议达到五分之一" in title for title in told(world, staff))
    assert any("已达五分之一" in title for title in told(world, street[0]))


def test_a_fifth_of_the_heads_is_not_enough_without_a_fifth_of_the_area(
    world, community, compound, street
):
    world.home(community, compound, owner=world.person("大户"), area_centi=100_000)
    made = propose(world, community, compound, street[0])
    for person in street[1:3]:
        sign(world, community, made, person)
    assert standing(world, community, made) == (ProposalState.COLLECTING, 3, 30000)
    sign(world, community, made, street[3])
    assert standing(world, community, made)[0] == ProposalState.REACHED


def test_one_voter_signs_once_whichever_co_owner_signs(world, community, compound, street):
    wife = world.member(community, Role.RESIDENT, "妻")
    husband = world.member(community, Role.RESIDENT, "夫")
    home = world.home(community, compound, owner=husband)
    world.co_owner(community, home, wife)
    made = propose(world, community, compound, husband)
    with pytest.raises(Conflict, match="一户只签一次"):
        sign(world, community, made, wife)


def test_several_homes_of_one_owner_are_one_signature_with_all_their_area(
    world, community, compound, street
):
    world.home(community, compound, owner=street[0], area_centi=500)
    made = propose(world, community, compound, street[0])
    assert standing(world, community, made)[1:] == (1, 10500)


def test_a_signature_is_taken_back_by_a_further_row_and_can_be_given_again(
    world, community, compound, street
):
    made = propose(world, community, compound, street[0])
    withdraw(world, community, made, street[0])
    assert standing(world, community, made)[1:] == (0, 0)
    with pytest.raises(Conflict, match="还没有联署"):
        withdraw(world, community, made, street[0])
    sign(world, community, made, street[0])
    kinds = within(
        world,
        community,
        lambda: db.session.scalars(
            select(ProposalSignature.kind)
            .where(ProposalSignature.proposal_id == made)
            .order_by(ProposalSignature.turn)
        ).all(),
    )
    assert kinds == ["sign", "withdraw", "sign"]
    assert standing(world, community, made)[1:] == (1, 10000)


def test_what_was_handed_in_is_not_signed_or_taken_back_any_more(
    world, community, compound, street
):
    made = propose(world, community, compound, street[0])
    sign(world, community, made, street[1])
    with pytest.raises(Refusal, match="已经达到五分之一"):
        sign(world, community, made, street[2])
    with pytest.raises(Refusal, match="已经达到五分之一"):
        withdraw(world, community, made, street[0])


def test_before_it_is_handed_in_it_is_counted_by_the_register_of_that_moment(
    world, community, compound, street
):
    made = propose(world, community, compound, street[0])
    for number in range(5):
        world.home(community, compound, owner=world.person(f"新业主{number}"), area_centi=10000)
    sign(world, community, made, street[1])
    assert standing(world, community, made) == (ProposalState.COLLECTING, 2, 20000)
    sign(world, community, made, street[2])
    assert standing(world, community, made) == (ProposalState.REACHED, 3, 30000)


def test_who_owns_nothing_in_the_compound_neither_proposes_nor_signs(
    world, community, compound, street
):
    tenant = world.member(community, Role.RESIDENT)
    made = propose(world, community, compound, street[0])
    with pytest.raises(NotFound):
        sign(world, community, made, tenant)
    with pytest.raises(NotFound):
        propose(world, community, compound, tenant)


def test_a_changed_register_does_not_make_the_count_negative(world, community, compound, street):
    made = propose(world, community, compound, street[0])
    within(
        world,
        community,
        lambda: db.session.execute(
            update(PropertyUnit)
            .where(PropertyUnit.community_id == community.id)
            .values(area_centi=100)
        ),
    )
    withdraw(world, community, made, street[0])
    assert standing(world, community, made)[1:] == (0, 0)


def test_co_owners_signing_at_the_same_moment_leave_one_signature(
    world, community, compound, street
):
    people = [world.member(community, Role.RESIDENT, f"共有人{number}") for number in range(4)]
    home = world.home(community, compound, owner=people[0])
    for person in people[1:]:
        world.co_owner(community, home, person)
    made = propose(world, community, compound, street[0])
    start, outcomes = threading.Barrier(12), []

    def go(number):
        start.wait()
        try:
            sign(world, community, made, people[number % 4])
            outcomes.append("signed")
        except Refusal:
            outcomes.append("refused")

    threads = [threading.Thread(target=go, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 11 + ["signed"]
    assert standing(world, community, made)[1] == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM proposal_signature",
        "UPDATE proposal_signature SET kind = 'sign'",
        "UPDATE proposal SET body = 'x'",
        "DELETE FROM proposal",
    ],
)
def test_signatures_and_what_was_signed_cannot_be_changed(world, community, context, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(text(statement))


# ── pages ──


def test_an_owner_proposes_a_neighbour_signs_and_the_desk_drafts_the_assembly(
    world, community, compound, street
):
    base = f"/c/{community.code}"
    author, neighbour = world.client(street[0]), world.client(street[1])
    sent = author.post(
        f"{base}/votes/proposals/new",
        data={"compound_id": str(compound), "statute": "5", "title": "换水泵", "body": "水压不足"},
    )
    assert sent.status_code == 303
    page = neighbour.get(sent.location).text
    assert "离 1/5 还差" in page
    assert "1 人" in page
    assert "我也联署" in page
    assert neighbour.post(f"{sent.location}/sign").status_code == 303
    assert "联署已达五分之一" in neighbour.get(sent.location).text
    staff = world.client(world.member(community, Role.COMMUNITY_STAFF))
    assert "1 件已达五分之一" in staff.get(f"{base}/assemblies/").text
    proposal_id = sent.location.rsplit("/", 1)[1]
    desk = staff.get(f"{base}/assemblies/proposals/{proposal_id}").text
    assert desk.split('id="signatures"')[1].count("栋1单元") == 2
    draft = f"{base}/assemblies/new?proposal={proposal_id}"
    assert 'value="换水泵"' in staff.get(draft).text
    today = civil_date(now())
    made = staff.post(
        draft,
        data={
            "compound_id": str(compound),
            "title": "临时会议",
            "convener": "业主委员会",
            "opens_on": (today + timedelta(days=40)).isoformat(),
            "closes_on": (today + timedelta(days=50)).isoformat(),
            "statute": "5",
            "matter_title": "换水泵",
            "body": "水压不足",
        },
    )
    assert made.status_code == 303
    assert "五分之一以上业主提议" in staff.get(made.location).text
    assert standing(world, community, proposal_id)[0] == ProposalState.DRAFTED
    assert staff.post(draft, data={}).status_code == 422


def test_only_the_author_takes_a_proposal_back(world, community, compound, street):
    made = propose(world, community, compound, street[0])
    address = f"/c/{community.code}/votes/proposals/{made}"
    assert world.client(street[1]).post(f"{address}/close").status_code == 404
    assert world.client(street[0]).post(f"{address}/close").status_code == 303
    assert "已撤回" in world.client(street[1]).get(address).text
    assert world.client(street[1]).post(f"{address}/sign").status_code == 409


def test_a_tenant_reads_a_proposal_and_is_not_offered_to_sign(world, community, compound, street):
    made = propose(world, community, compound, street[0])
    tenant = world.client(world.member(community, Role.RESIDENT))
    page = tenant.get(f"/c/{community.code}/votes/proposals/{made}").text
    assert "我也联署" not in page
    assert tenant.get(f"/c/{community.code}/votes/proposals/new").status_code == 200


def test_another_committee_does_not_see_who_signed(world, community, compound, street):
    made = propose(world, community, compound, street[0])
    other = world.client(
        world.member(community, Role.COMMITTEE_MEMBER, compound_id=world.compound(community))
    )
    assert other.get(f"/c/{community.code}/assemblies/proposals/{made}").status_code == 404


def test_the_list_asks_no_more_of_the_database_when_there_is_more(
    world, community, compound, street, counting
):
    client = world.client(street[0])
    propose(world, community, compound, street[0])
    address = f"/c/{community.code}/votes/proposals/"
    client.get(address)
    with counting() as few:
        client.get(address)
    for person in street[1:5]:
        propose(world, community, compound, person)
    with counting() as many:
        client.get(address)
    assert len(many) == len(few)


def test_every_signature_page_is_reached(world, community, compound, street, monkeypatch):
    monkeypatch.setattr(proposals, "SIGNATURES_PAGE", 2)
    made = propose(world, community, compound, street[0])
    for _ in range(2):
        withdraw(world, community, made, street[0])
        sign(world, community, made, street[0])

    def ids(after):
        return [row.id for row in proposals.signatures_of(community.id, made, after)]

    first = within(world, community, lambda: ids(None))
    assert len(first) == 3
    rest = within(world, community, lambda: ids(first[1]))
    assert rest[0] == first[2]
