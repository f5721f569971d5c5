"""Assemblies held in the database by every channel, counted by it and by the recount."""

from __future__ import annotations

from uuid import UUID

from factories import elections, recounts, voting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.ids import new_id, short_code

ADD_CAST = text("""
    INSERT INTO ballot_cast
        (community_id, id, assembly_id, voter_id, channel, code, cast_by, cast_as)
    SELECT member.community_id, :cast_id, member.assembly_id, member.voter_id, :channel, :code,
        :cast_id, member.owner_id
    FROM roll_member AS member WHERE member.community_id = :place AND member.voter_id = :voter
""")
ADD_BALLOT = text("""
    INSERT INTO ballot (community_id, id, assembly_id, matter_id, voter_id, cast_id, turn,
        turn_before, most_choices, choice, nonce)
    SELECT community_id, gen_random_uuid(), assembly_id, id, :voter, :cast_id,
        CAST(:turn AS smallint), CAST(:turn_before AS smallint), most_choices, :choice, 'n'
    FROM assembly_matter WHERE community_id = :place AND id = :matter
""")
RETIRE = text("""
    INSERT INTO ballot_retirement (community_id, id, matter_id, voter_id, turn, kind, reason)
    VALUES (:place, gen_random_uuid(), :matter, :voter, :turn, :kind, '测试')
""")
SEATS = 2
STORIES = st.sampled_from(
    [
        (),
        ("counted",),
        ("counted",),
        ("superseded", "counted"),
        ("spoiled",),
        ("spoiled", "counted"),
    ]
)
BALLOT = st.tuples(
    st.sampled_from(["online", "paper", "proxy"]),
    st.sampled_from(["for", "for", "against", "abstain"]),
    st.lists(st.integers(0, 3), unique=True, max_size=SEATS),
)
VOTERS = st.lists(
    st.tuples(st.sampled_from([5000, 8950, 12000]), STORIES, st.tuples(BALLOT, BALLOT)),
    min_size=1,
    max_size=6,
)


def cast(world, community, made, voter, story, ballots, candidates):
    """One voter's turns on both matters, each before the last retired."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        for turn, (kind, (channel, answer, chosen)) in enumerate(zip(story, ballots, strict=False)):
            place = {"place": community.id, "voter": voter, "cast_id": new_id()}
            db.session.execute(ADD_CAST, place | {"channel": channel, "code": short_code()})
            names = ";".join(str(candidates[one]) for one in sorted(chosen))
            before = turn - 1 if turn else None
            for matter, choice in zip(made.matters, (answer, names), strict=True):
                ballot = place | {"matter": matter, "turn": turn, "turn_before": before}
                db.session.execute(ADD_BALLOT, ballot | {"choice": choice})
                if kind != "counted":
                    db.session.execute(RETIRE, ballot | {"kind": kind})


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(voters=VOTERS)
def test_what_the_database_counts_the_recount_counts(world, voters):
    community = world.community()
    compound = world.compound(community)
    for number, (area, _, _) in enumerate(voters):
        person = world.person(f"业主{number}")
        world.home(community, compound, owner=person, area_centi=area)
    made, candidates = elections.with_election(
        world, community, compound, seats=SEATS, names=("甲", "乙", "丙", "丁")
    )
    heads, area = 0, 0
    on_roll = voting.roll_of(world, community, made)
    for voter, (_, story, ballots) in zip(on_roll, voters, strict=True):
        cast(world, community, made, voter.id, story, ballots, candidates)
        if story and story[-1] == "counted":
            heads, area = heads + 1, area + voter.area_centi
    voting.closed(world, community, made)
    resolution, election = recounts.agree(world, community, made)["matters"]
    assert resolution["took_part"] == {"area_centi": area, "heads": heads}
    assert election["took_part"] == resolution["took_part"]
    assert {UUID(one["id"]) for one in election["candidates"]} == set(candidates)
