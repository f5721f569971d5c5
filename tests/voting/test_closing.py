"""Closing: once, by the clock, counted by 民法典 278 and sealed."""

from __future__ import annotations

import random

import pytest
from factories import voting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.db import db
from app.core.sweep import sweeping
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Refusal
from app.voting.actions.closing import close_voting
from app.voting.jobs import sweep_due_assemblies
from app.voting.models import Assembly
from app.voting.queries import assemblies, results
from app.voting.rules import (
    Actor,
    Choice,
    Matter,
    Outcome,
    State,
    Tally,
    Weight,
    ballots_digest,
    decide,
    leaf_digest,
)


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


def owners(world, community, compound, areas):
    people = []
    for area in areas:
        person = world.person(f"业主{len(people)}")
        world.home(community, compound, owner=person, area_centi=area)
        people.append(person)
    return people


def read(world, community, made):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        rows = [row.AssemblyResult for row in results.results_of(community.id, made.id)]
        state = assemblies.assembly(community.id, made.id).state
        db.session.expunge_all()
    return state, rows


@pytest.mark.parametrize(
    ("voted", "outcome"),
    [
        ((Choice.FOR, Choice.FOR, None), Outcome.ADOPTED),
        ((Choice.FOR, Choice.AGAINST, None), Outcome.REJECTED),
        ((Choice.FOR, Choice.ABSTAIN, None), Outcome.REJECTED),
        ((Choice.FOR, None, None), Outcome.QUORUM_NOT_MET),
        ((None, None, None), Outcome.QUORUM_NOT_MET),
    ],
)
def test_silence_takes_no_part_and_an_abstention_is_not_in_favour(
    world, community, compound, voted, outcome
):
    people = owners(world, community, compound, [10000, 10000, 10000])
    made = voting.opened(world, community, compound)
    for person, choice in zip(people, voted, strict=True):
        if choice:
            voting.vote(world, community, made, person, choice)
    voting.closed(world, community, made)
    state, (row,) = read(world, community, made)
    assert state == State.PUBLISHED
    assert row.outcome == outcome
    assert row.took_heads == sum(1 for choice in voted if choice)


def test_nobody_closes_a_vote_before_its_deadline(world, community, compound):
    owners(world, community, compound, [10000])
    made = voting.opened(world, community, compound)
    with (
        pytest.raises(Refusal, match="投票还没有截止") as refused,
        world.app.app_context(),
        transaction(Scope(community_id=community.id)),
    ):
        close_voting(assemblies.assembly_locked(community.id, made.id), Actor.COMMUNITY)
    assert refused.value.possible_from is not None


def test_the_clock_closes_once_however_often_it_strikes(world, community, compound):
    people = owners(world, community, compound, [10000])
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, people[0])
    voting.run_out(world, community, made)
    with world.app.app_context():
        assert sweep_due_assemblies() >= 1
        assert sweep_due_assemblies() >= 1
    world.work_off(community)
    state, rows = read(world, community, made)
    assert (state, len(rows)) == (State.PUBLISHED, 1)


def test_the_sweep_role_sees_nothing_but_times(world, community, compound, context):
    owners(world, community, compound, [10000])
    voting.opened(world, community, compound)
    with sweeping() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text("SELECT title FROM assembly"))


def test_the_digest_of_the_ballots_can_be_recomputed_by_anybody(world, community, compound):
    people = owners(world, community, compound, [10000, 20000, 30000])
    made = voting.opened(world, community, compound)
    for person in people:
        voting.vote(world, community, made, person, random.choice(list(Choice)))
    voting.closed(world, community, made)
    _, (row,) = read(world, community, made)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        ballots = results.closed_ballots(community.id, made.id)
    leaves = [
        leaf_digest(
            ballot_id=str(ballot.id),
            voter_id=str(ballot.voter_id),
            matter_id=str(ballot.matter_id),
            choice=ballot.choice,
            channel=ballot.channel,
            nonce=ballot.nonce,
        )
        for ballot in ballots
    ]
    assert row.ballots_digest == ballots_digest(leaves)


VOTES = st.lists(
    st.tuples(st.integers(1, 30000), st.sampled_from([*Choice, None])), min_size=1, max_size=8
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(votes=VOTES, statute=st.integers(1, 9))
def test_the_tally_agrees_with_a_plain_recount(world, votes, statute):
    community = world.community()
    compound = world.compound(community)
    people = owners(world, community, compound, [area for area, _ in votes])
    made = voting.opened(world, community, compound, statutes=(statute,))
    weights = {choice: Weight(0, 0) for choice in Choice}
    for person, (area, choice) in zip(people, votes, strict=True):
        if choice:
            voting.vote(world, community, made, person, choice)
            weights[choice] += Weight(area, 1)
    voting.closed(world, community, made)
    _, (row,) = read(world, community, made)
    in_favour, against, abstained = (weights[choice] for choice in Choice)
    tally = Tally(
        Weight(sum(area for area, _ in votes), len(votes)),
        in_favour + against + abstained,
        in_favour,
        against,
        abstained,
    )
    assert row.outcome == decide(Matter(statute), tally).outcome
    assert (row.for_area_centi, row.for_heads) == (in_favour.area_centi, in_favour.heads)
    assert (row.took_area_centi, row.roll_area_centi) == (
        tally.took_part.area_centi,
        tally.roll.area_centi,
    )


def test_after_the_publication_the_clock_makes_it_final(world, community, compound):
    owners(world, community, compound, [10000])
    made = voting.opened(world, community, compound)
    voting.closed(world, community, made)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            db.update(Assembly)
            .where(Assembly.id == made.id)
            .values(
                published_at=text("now() - interval '30 days'"),
                due_at=text("now() - interval '1 day'"),
            )
        )
    voting.clock_strikes(world, community, made)
    state, _ = read(world, community, made)
    assert state == State.FINAL
