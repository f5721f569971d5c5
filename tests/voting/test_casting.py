"""Casting: one ballot a voter, by the database's clock, and nobody learns how."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from factories import voting
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.outbox.models import OutboxMessage
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.voting.actions.casting import cast_ballot
from app.voting.models import Assembly, AssemblyParticipation, BallotCast
from app.voting.queries import assemblies
from app.voting.rules import Choice


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def voter(world, community, compound):
    person = world.person("张建国")
    world.home(community, compound, owner=person, area_centi=8950)
    return person


def took_part(world, community, made):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        row = db.session.execute(
            select(
                db.func.sum(AssemblyParticipation.heads),
                db.func.sum(AssemblyParticipation.area_centi),
            ).where(
                AssemblyParticipation.community_id == community.id,
                AssemblyParticipation.assembly_id == made.id,
            )
        ).one()
        return int(row[0]), int(row[1])


def casts(world, community, made):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return db.session.scalars(
            select(BallotCast.id).where(
                BallotCast.community_id == community.id, BallotCast.assembly_id == made.id
            )
        ).all()


def test_one_request_casts_every_matter_and_counts_as_taking_part_once(
    world, community, compound, voter
):
    made = voting.opened(world, community, compound, statutes=(4, 6, 9))
    receipt = voting.vote(world, community, made, voter)
    assert len(receipt.code) == 10
    assert took_part(world, community, made) == (1, 8950)


def test_a_second_ballot_is_refused_and_changes_nothing(world, community, compound, voter):
    made = voting.opened(world, community, compound)
    receipt = voting.vote(world, community, made, voter)
    with pytest.raises(Conflict, match=rf"已经投过这一票.*{receipt.code}"):
        voting.vote(world, community, made, voter, Choice.AGAINST)
    assert took_part(world, community, made) == (1, 8950)
    assert len(casts(world, community, made)) == 1


def test_the_first_valid_ballot_of_co_owners_counts_and_the_others_are_told(
    world, community, compound
):
    husband, wife = world.person("张建国"), world.person("王秀英")
    home = world.home(community, compound, owner=husband)
    world.co_owner(community, home, wife)
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, husband)
    with pytest.raises(Conflict, match=r"这一票已经由共有人张\*\*在 .* 投出"):
        voting.vote(world, community, made, wife, Choice.AGAINST)
    world.work_off(community)
    with world.app.app_context(), transaction(Scope(account_id=wife.id)):
        told = db.session.scalars(
            select(Notification).where(Notification.account_id == wife.id)
        ).all()
        texts = " ".join(item.title + item.body for item in told)
    assert "的一票已经投出" in texts
    assert "张**" in texts
    for choice in Choice:
        assert choice.label not in texts


def test_a_late_ballot_is_refused_by_the_databases_clock(world, community, compound, voter):
    made = voting.opened(world, community, compound)
    voter_id = voting.voter_of(world, community, made, voter)
    voting.run_out(world, community, made)
    with pytest.raises(Refusal, match="投票已经截止"):
        voting.vote(world, community, made, voter, voter_id=voter_id)
    assert casts(world, community, made) == []


def test_nobody_votes_before_the_opening(world, community, compound, voter):
    made = voting.opened(world, community, compound)
    voter_id = voting.voter_of(world, community, made, voter)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            update(Assembly)
            .where(Assembly.community_id == community.id, Assembly.id == made.id)
            .values(opens_at=assemblies.database_now() + timedelta(hours=1))
        )
    with pytest.raises(Refusal, match="投票还没有开始") as refused:
        voting.vote(world, community, made, voter, voter_id=voter_id)
    assert refused.value.possible_from is not None


def test_a_ballot_that_leaves_a_matter_out_is_refused_whole(world, community, compound, voter):
    made = voting.opened(world, community, compound, statutes=(4, 9))
    voter_id = voting.voter_of(world, community, made, voter)
    with (
        pytest.raises(Invalid, match="每一件事都要选一项"),
        world.app.app_context(),
        transaction(Scope(community_id=community.id)),
    ):
        cast_ballot(community.id, made.id, voter_id, voter.id, {made.matters[0]: Choice.FOR})
    assert casts(world, community, made) == []
    assert took_part(world, community, made) == (0, 0)


def test_who_is_not_on_the_roll_cannot_vote_for_a_voter_who_is(world, community, compound, voter):
    made = voting.opened(world, community, compound)
    voter_id = voting.voter_of(world, community, made, voter)
    with pytest.raises(NotFound):
        voting.vote(world, community, made, world.person("外人"), voter_id=voter_id)
    assert casts(world, community, made) == []


def test_fifty_simultaneous_casts_for_one_voter_leave_exactly_one(world, community, compound):
    people = [world.person(f"共有人{number}") for number in range(5)]
    home = world.home(community, compound, owner=people[0])
    for person in people[1:]:
        world.co_owner(community, home, person)
    made = voting.opened(world, community, compound, statutes=(4, 7))
    voter_id = voting.voter_of(world, community, made, people[0])
    start, outcomes = threading.Barrier(50), []

    def go(number):
        start.wait()
        try:
            choice = list(Choice)[number % 3]
            voting.vote(world, community, made, people[number % 5], choice, voter_id=voter_id)
            outcomes.append("cast")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=go, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["cast"] + ["refused"] * 49
    assert len(casts(world, community, made)) == 1
    assert took_part(world, community, made)[0] == 1


def test_a_further_turn_needs_the_one_before_to_be_retired(
    world, community, compound, voter, context
):
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, voter)
    again = text("""
        INSERT INTO ballot (community_id, id, assembly_id, matter_id, voter_id, cast_id, turn,
            turn_before, choice, nonce)
        SELECT community_id, gen_random_uuid(), assembly_id, matter_id, voter_id, cast_id, 1, 0,
            'for', 'x'
        FROM ballot WHERE assembly_id = :assembly_id
    """)
    with (
        pytest.raises(IntegrityError, match="fk_ballot_turn_before"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(again, {"assembly_id": made.id})


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT choice FROM ballot",
        "SELECT nonce FROM ballot",
        "SELECT * FROM ballot",
        "UPDATE ballot SET choice = 'for'",
        "DELETE FROM ballot",
        "UPDATE ballot_cast SET code = 'x'",
        "DELETE FROM ballot_cast",
        "DELETE FROM ballot_retirement",
        "UPDATE assembly_result SET for_heads = 1",
        "DELETE FROM assembly_result",
    ],
)
def test_the_runtime_role_neither_reads_choices_nor_changes_records(
    world, community, context, statement
):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(text(statement))


def test_the_view_of_choices_is_empty_until_the_close_and_never_shows_another_community(
    world, community, compound, voter
):
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, voter)

    def seen(place):
        with world.app.app_context(), transaction(Scope(community_id=place.id)):
            return db.session.execute(
                text("SELECT choice FROM closed_ballot WHERE assembly_id = :id"), {"id": made.id}
            ).all()

    assert seen(community) == []
    voting.run_out(world, community, made)
    assert seen(community) == []
    voting.clock_strikes(world, community, made)
    assert [row.choice for row in seen(community)] == ["for"]
    assert seen(world.community()) == []


def test_the_choice_stands_in_no_audit_entry_and_no_message(world, community, compound):
    husband, wife = world.person("张建国"), world.person("王秀英")
    home = world.home(community, compound, owner=husband)
    world.co_owner(community, home, wife)
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, husband, Choice.AGAINST)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        entries = db.session.execute(
            select(AuditEntry.event, AuditEntry.details).where(
                AuditEntry.community_id == community.id
            )
        ).all()
        messages = db.session.scalars(
            select(OutboxMessage.payload).where(OutboxMessage.community_id == community.id)
        ).all()
    written = f"{entries} {messages}"
    assert "voting.ballot_cast" in written
    for choice in Choice:
        assert f"'{choice.value}'" not in written
