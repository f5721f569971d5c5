"""A recount: watched by a named person of the street, both counts kept, the difference said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import elections, voting
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Refusal
from app.voting.actions.objecting import answer_objection, raise_objection
from app.voting.models import Assembly, AssemblyResult, AssemblySeal, Recount
from app.voting.queries import assemblies
from app.voting.rules import Choice, ObjectionSubject, State

WATCHED = {"supervisor": "孙主任", "office": "真武山街道办事处", "reason": "两位业主要求复核"}


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
def published(world, community, compound, people):
    """Three took part, two agreed: adopted."""
    made = voting.opened(world, community, compound)
    for person, choice in zip(people, (Choice.FOR, Choice.FOR, Choice.AGAINST), strict=True):
        voting.vote(world, community, made, person, choice)
    voting.closed(world, community, made)
    return made


@pytest.fixture
def staff(world, community):
    return world.client(world.member(community, Role.COMMUNITY_STAFF))


def at(community, made, path=""):
    return f"/c/{community.code}/assemblies/{made.id}{path}"


def read(world, community, made):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assembly = assemblies.assembly(community.id, made.id)
        found = [
            db.session.scalars(
                select(table)
                .where(table.community_id == community.id, table.assembly_id == made.id)
                .order_by(table.counting)
            ).all()
            for table in (AssemblyResult, AssemblySeal, Recount)
        ]
        db.session.expunge_all()
    return assembly, *found


def spoil(world, community, made):
    """A ballot is found void: it stays on record and is not counted."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            text(
                "INSERT INTO ballot_retirement"
                " (community_id, id, matter_id, voter_id, turn, kind, reason)"
                " SELECT ballot.community_id, :id, ballot.matter_id, ballot.voter_id, ballot.turn,"
                "  'spoiled', '票面不清'"
                " FROM ballot JOIN closed_ballot USING (community_id, id)"
                " WHERE ballot.community_id = :c AND ballot.assembly_id = :a"
                "  AND closed_ballot.choice = 'for' LIMIT 1"
            ),
            {"c": community.id, "a": made.id, "id": new_id()},
        )


def test_a_recount_that_agrees_keeps_both_counts_and_the_date(world, community, published, staff):
    before, *_ = read(world, community, published)
    answer = staff.post(at(community, published, "/recount"), data=WATCHED)
    assert answer.status_code == 303, answer.text
    after, results, seals, (held,) = read(world, community, published)
    assert [row.counting for row in results] == [row.counting for row in seals] == [1, 2]
    assert (results[0].for_heads, results[1].for_heads) == (2, 2)
    assert (held.supervisor, held.office, held.differs) == ("孙主任", "真武山街道办事处", False)
    assert after.due_at == before.due_at
    assert after.state == State.PUBLISHED
    page = staff.get(answer.location).text
    assert "真武山街道办事处孙主任到场监督" in page
    assert "每一个数字都和前一次一致" in page


def test_a_recount_that_differs_says_where_and_is_published_anew(
    world, community, published, staff
):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            db.update(Assembly)
            .where(Assembly.id == published.id)
            .values(published_at=now() - timedelta(days=6))
        )
    spoil(world, community, published)
    answer = staff.post(at(community, published, "/recount"), data=WATCHED)
    assembly, results, _, (held,) = read(world, community, published)
    assert held.differs
    assert [row.outcome for row in results] == ["adopted", "rejected"]
    assert assembly.due_at > now() + timedelta(days=6)
    page = staff.get(answer.location).text
    for cell in ("前一次", "2 人", "1 人", "100.00 ㎡", "未通过"):
        assert cell in page
    voting.clock_strikes(world, community, published)
    assert read(world, community, published)[0].state == State.PUBLISHED


def test_a_recount_finds_the_same_candidates_elected(world, community, compound, people, staff):
    made, (first, second) = elections.with_election(
        world, community, compound, seats=1, names=("王秀英", "张建国")
    )
    for person, chosen in zip(people, ([first], [first], [second]), strict=True):
        elections.choose(world, community, made, person, chosen)
    voting.closed(world, community, made)
    staff.post(at(community, made, "/recount"), data=WATCHED)
    *_, (held,) = read(world, community, made)
    assert not held.differs


@pytest.mark.parametrize("missing", WATCHED)
def test_a_recount_without_a_named_supervisor_is_refused_with_what_was_typed(
    world, community, published, staff, missing
):
    answer = staff.post(at(community, published, "/recount"), data=WATCHED | {missing: " "})
    assert answer.status_code == 422
    for name, value in WATCHED.items():
        assert (value in answer.text) is (name != missing)
    assert read(world, community, published)[3] == []


def test_only_a_published_result_is_recounted(world, community, published, staff):
    voting.made_final(world, community, published)
    assert "公示期间才能复核" in staff.get(at(community, published, "/recount")).text
    assert staff.post(at(community, published, "/recount"), data=WATCHED).status_code == 409


def test_the_committee_does_not_order_a_recount_of_its_own_vote(
    world, community, compound, published
):
    member = world.member(community, Role.COMMITTEE_MEMBER, compound_id=compound)
    client = world.client(member)
    assert client.post(at(community, published, "/recount"), data=WATCHED).status_code == 404


def test_nobody_changes_what_a_recount_said(world, community, published, staff):
    staff.post(at(community, published, "/recount"), data=WATCHED)
    with (
        world.app.app_context(),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(text("UPDATE assembly_recount SET differs = NOT differs"))


def test_owners_are_told_of_a_recount(world, community, published, staff, people):
    staff.post(at(community, published, "/recount"), data=WATCHED)
    world.work_off(community)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        told = db.session.scalars(
            select(Notification.account_id).where(
                Notification.community_id == community.id,
                Notification.title.like("已复核计票%"),
            )
        ).all()
    assert set(told) == {person.id for person in people}


def test_an_unanswered_objection_keeps_the_decision_from_standing(
    world, community, published, people, staff
):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        objection = raise_objection(
            community.id,
            published.id,
            ObjectionSubject.RESULT,
            account_id=people[0].id,
            words="请复核计票",
        )
    voting.made_final(world, community, published)
    waiting = read(world, community, published)[0]
    assert waiting.state == State.PUBLISHED
    assert waiting.due_at > now()
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        answer_objection(
            community.id,
            published.id,
            objection,
            upheld=False,
            words="已复核，一致。",
            answered_by=people[1].id,
        )
    voting.made_final(world, community, published)
    assert read(world, community, published)[0].state == State.FINAL


def test_after_the_end_nobody_objects_any_more(world, community, published, people):
    voting.made_final(world, community, published)
    with (
        world.app.app_context(),
        pytest.raises(Refusal) as refused,
        transaction(Scope(community_id=community.id)),
    ):
        raise_objection(
            community.id,
            published.id,
            ObjectionSubject.RESULT,
            account_id=people[0].id,
            words="太晚了",
        )
    assert refused.value.code == "objection_not_now"
