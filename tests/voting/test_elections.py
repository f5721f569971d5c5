"""Elections: candidates chosen on one ballot, counted one by one, ties reported."""

from __future__ import annotations

import pytest
from factories import elections, voting
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Invalid
from app.voting.queries import results
from app.voting.rules import Outcome, Weight, decide_election

NAMES = ("甲", "乙", "丙", "丁")
ROLL = Weight(3000, 30)


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def people(world, community, compound):
    made = [world.person(f"业主{number}") for number in range(3)]
    for person in made:
        world.home(community, compound, owner=person, area_centi=10000)
    return made


def standing(world, community, made):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        found = results.candidate_results_of(community.id, made.id)
        rows = found[made.matters[-1], 1]
        return [
            (row.name, row.CandidateResult.for_heads, fate(row.CandidateResult)) for row in rows
        ]


def fate(row):
    return [word for word in ("elected", "alternate", "tied") if getattr(row, word)]


def test_each_candidate_is_counted_alone_and_the_first_by_heads_are_elected(
    world, community, compound, people
):
    made, (first, second, third, _) = elections.with_election(
        world, community, compound, seats=2, names=NAMES
    )
    elections.choose(world, community, made, people[0], [first, third])
    elections.choose(world, community, made, people[1], [third, second])
    elections.choose(world, community, made, people[2], [third, first])
    voting.closed(world, community, made)
    assert standing(world, community, made) == [
        ("丙", 3, ["elected"]),
        ("甲", 2, ["elected"]),
        ("乙", 1, []),
        ("丁", 0, []),
    ]


def test_who_chooses_nobody_took_part(world, community, compound, people):
    made, (first, *_) = elections.with_election(world, community, compound, seats=2, names=NAMES)
    elections.choose(world, community, made, people[0], [first])
    elections.choose(world, community, made, people[1], [])
    voting.closed(world, community, made)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        row = results.results_of(community.id, made.id)[-1].AssemblyResult
        assert (row.took_heads, row.for_heads, row.abstain_heads) == (2, 1, 1)
        assert row.outcome == Outcome.REJECTED


def test_a_ballot_that_chooses_too_many_is_refused_with_the_number_to_take_away(
    world, community, compound, people
):
    made, ids = elections.with_election(world, community, compound, seats=2, names=NAMES)
    with pytest.raises(Invalid, match="最多选 2 人，这里选了 3 人。请去掉 1 人"):
        elections.choose(world, community, made, people[0], ids[:3])


@pytest.mark.parametrize("choice", ["for", "01234567-89ab-cdef-0123-456789abcdef"])
def test_a_ballot_for_somebody_who_is_no_candidate_is_refused(
    world, community, compound, people, choice
):
    made, _ = elections.with_election(world, community, compound, seats=2, names=NAMES)
    voter_id = voting.voter_of(world, community, made, people[0])
    with (
        pytest.raises(Invalid, match="没有这位候选人"),
        world.app.app_context(),
        transaction(Scope(community_id=community.id)),
    ):
        voting.cast_ballot(
            community.id,
            made.id,
            voter_id,
            people[0].id,
            {made.matters[0]: "for", made.matters[1]: choice},
        )


@pytest.mark.parametrize(
    ("ballot", "refused"),
    [
        ((0, 0, "maybe"), "ck_ballot_choice_fits"),
        ((0, 0, ""), "ck_ballot_choice_fits"),
        ((0, 2, "{0}"), "fk_ballot_matter"),
        ((1, 0, "for"), "fk_ballot_matter"),
        ((1, 2, "for"), "ck_ballot_choice_fits"),
        ((1, 3, "{0}"), "fk_ballot_matter"),
        ((1, 2, "{0};{1};{2}"), "ck_ballot_choice_fits"),
        ((1, 2, "{0};"), "ck_ballot_choice_fits"),
    ],
)
def test_the_database_itself_refuses_a_ballot_that_does_not_fit_its_matter(
    world, community, compound, people, ballot, refused
):
    place, most, choice = ballot
    made, ids = elections.with_election(world, community, compound, seats=2, names=NAMES)
    elections.choose(world, community, made, people[0], ids[:2])
    add = text("""
        WITH act AS (
            INSERT INTO ballot_cast
                (community_id, id, assembly_id, voter_id, channel, code, cast_by, cast_as)
            SELECT done.community_id, gen_random_uuid(), done.assembly_id, voter.id, 'paper', 'x',
                done.cast_by, done.cast_as
            FROM ballot_cast AS done
            JOIN roll_voter AS voter ON voter.assembly_id = done.assembly_id
                AND voter.id <> done.voter_id
            WHERE done.assembly_id = :assembly_id
            LIMIT 1
            RETURNING *
        )
        INSERT INTO ballot (community_id, id, assembly_id, matter_id, voter_id, cast_id,
            most_choices, choice, nonce)
        SELECT community_id, gen_random_uuid(), assembly_id, :matter_id, voter_id, id, :most,
            :choice, 'x'
        FROM act
    """)
    values = {
        "assembly_id": made.id,
        "matter_id": made.matters[place],
        "most": most,
        "choice": choice.format(*ids),
    }
    with (
        pytest.raises(IntegrityError, match=refused),
        world.app.app_context(),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(add, values)


def test_the_seats_of_an_election_stand_once_somebody_voted(world, community, compound, people):
    made, ids = elections.with_election(world, community, compound, seats=2, names=NAMES)
    elections.choose(world, community, made, people[0], ids[:2])
    with (
        pytest.raises(IntegrityError, match="fk_ballot_matter"),
        world.app.app_context(),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(
            text("UPDATE assembly_matter SET seats = 3 WHERE id = :id"), {"id": made.matters[-1]}
        )


@pytest.mark.parametrize(
    ("seats", "votes", "elected", "alternates", "tie"),
    [
        # Half of those taking part is not enough, half and 0.01 m² and one head is.
        (1, {"a": (1000, 10)}, [], [], []),
        (1, {"a": (1001, 10)}, [], [], []),
        (1, {"a": (1000, 11)}, [], [], []),
        (1, {"a": (1001, 11)}, ["a"], [], []),
        # By heads first, then by area.
        (1, {"a": (1900, 12), "b": (1200, 13)}, ["b"], ["a"], []),
        (1, {"a": (1200, 13), "b": (1201, 13)}, ["b"], ["a"], []),
        # Beyond the seats are alternates; who did not reach the threshold is nothing.
        (
            2,
            {"a": (1500, 15), "b": (1400, 14), "c": (1300, 13), "d": (9, 1)},
            ["a", "b"],
            ["c"],
            [],
        ),
        # Equals across the last seat stay undecided; equals on one side of it do not.
        (2, {"a": (1500, 15), "b": (1400, 14), "c": (1400, 14)}, ["a"], [], ["b", "c"]),
        (2, {"a": (1500, 15), "b": (1500, 15), "c": (1400, 14)}, ["a", "b"], ["c"], []),
        (1, {"a": (1500, 15), "b": (1500, 15), "c": (1500, 15)}, [], [], ["a", "b", "c"]),
        (1, {"a": (1500, 15), "b": (1500, 15), "c": (1400, 14)}, [], ["c"], ["a", "b"]),
        (1, {"a": (1500, 15), "b": (1400, 14), "c": (1400, 14)}, ["a"], ["b", "c"], []),
    ],
)
def test_the_order_of_the_count(seats, votes, elected, alternates, tie):
    weights = {name: Weight(*pair) for name, pair in votes.items()}
    found = decide_election(seats, ROLL, Weight(2000, 20), weights)
    assert [one.candidate for one in found.standings if one.elected] == elected
    assert [one.candidate for one in found.standings if one.alternate] == alternates
    assert list(found.tie) == tie


@pytest.mark.parametrize(
    ("took_part", "outcome"),
    [
        ((2000, 20), Outcome.ADOPTED),
        ((1999, 20), Outcome.QUORUM_NOT_MET),
        ((2000, 19), Outcome.QUORUM_NOT_MET),
    ],
)
def test_without_two_thirds_nobody_is_elected(took_part, outcome):
    found = decide_election(1, ROLL, Weight(*took_part), {"a": Weight(1500, 15)})
    assert found.outcome is outcome
    assert any(one.elected for one in found.standings) is (outcome is Outcome.ADOPTED)
