"""Paper: numbered, returned, read by two people who must agree, counted through the same key."""

from __future__ import annotations

import pytest
from factories import channels, voting
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Conflict, Invalid, Refusal
from app.voting.actions.entering import Entered
from app.voting.actions.paper import hand_out, issue_papers, void_paper
from app.voting.models import (
    AssemblyParticipation,
    Ballot,
    BallotCast,
    PaperBallot,
    PaperEntry,
    PaperHappening,
    RollVoter,
)
from app.voting.queries import assemblies
from app.voting.rules import BLANK, Mode, ProxyMedium, SpoiledBy


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def owner(world, community, compound):
    person = world.person("张建国")
    world.home(community, compound, owner=person, area_centi=8950)
    return person


@pytest.fixture
def clerks(world, community):
    return [world.member(community, Role.COMMUNITY_STAFF, f"干事{n}") for n in range(4)]


@pytest.fixture
def made(world, community, compound, owner):
    made = voting.opened(world, community, compound, statutes=(4, 9))
    channels.admit(world, community, made)
    return made


@pytest.fixture
def paper(world, community, made, owner, clerks):
    voter_id = voting.voter_of(world, community, made, owner)
    return channels.printed(world, community, made, voter_id, clerks[0])


def count(world, community, model):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return db.session.scalar(
            select(db.func.count()).select_from(model).where(model.community_id == community.id)
        )


def events(world, community):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return set(
            db.session.scalars(
                select(PaperHappening.kind).where(PaperHappening.community_id == community.id)
            )
        )


def test_two_people_who_read_the_same_count_a_ballot_with_the_counterfoils_code(
    world, community, made, paper, clerks
):
    channels.bring_back(world, community, made, paper, clerks[0])
    assert channels.enter(world, community, made, paper, clerks[0]) is Entered.FIRST
    assert count(world, community, Ballot) == 0
    assert channels.enter(world, community, made, paper, clerks[1]) is Entered.COUNTED
    assert count(world, community, Ballot) == 2
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        cast = db.session.scalars(
            select(BallotCast).where(BallotCast.community_id == community.id)
        ).one()
        assert (cast.channel, cast.code) == ("paper", paper.code)
        assert cast.cast_at < cast.created_at
        took = db.session.scalar(
            select(db.func.sum(AssemblyParticipation.area_centi)).where(
                AssemblyParticipation.community_id == community.id
            )
        )
    assert took == 8950


def test_a_mismatch_is_resolved_by_a_third_person_and_all_entries_stay(
    world, community, made, paper, clerks
):
    channels.bring_back(world, community, made, paper, clerks[0])
    channels.enter(world, community, made, paper, clerks[0], "for")
    assert channels.enter(world, community, made, paper, clerks[1], "against") is Entered.DIFFERS
    assert count(world, community, Ballot) == 0
    assert channels.enter(world, community, made, paper, clerks[2], "against") is Entered.COUNTED
    assert count(world, community, PaperEntry) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("for", "for"), ("for", "against")),
        (("for", BLANK), ("for", "abstain")),
        ((BLANK, "for"), ("for", "for")),
    ],
)
def test_entries_agree_only_when_every_matter_does(
    world, community, made, paper, clerks, one, other
):
    channels.bring_back(world, community, made, paper, clerks[0])
    first = dict(zip(made.matters, one, strict=True))
    assert channels.enter(world, community, made, paper, clerks[0], first) is Entered.FIRST
    second = channels.enter(
        world, community, made, paper, clerks[1], dict(zip(made.matters, other, strict=True))
    )
    assert second is Entered.DIFFERS


def test_a_matter_left_blank_takes_no_part_and_the_others_count(
    world, community, made, paper, clerks
):
    channels.bring_back(world, community, made, paper, clerks[0])
    answers = dict(zip(made.matters, ("for", BLANK), strict=True))
    for clerk in clerks[:2]:
        last = channels.enter(world, community, made, paper, clerk, answers)
    assert last is Entered.COUNTED
    assert count(world, community, Ballot) == 1


def test_the_same_person_does_not_enter_a_ballot_twice(world, community, made, paper, clerks):
    channels.bring_back(world, community, made, paper, clerks[0])
    channels.enter(world, community, made, paper, clerks[0])
    with pytest.raises(Refusal, match="要由另一个人独立再录一遍"):
        channels.enter(world, community, made, paper, clerks[0])


def test_a_ballot_is_entered_only_after_it_came_back_and_with_a_scan(
    world, community, made, paper, clerks
):
    with pytest.raises(Refusal, match="还没有登记收回"):
        channels.enter(world, community, made, paper, clerks[0])
    channels.bring_back(world, community, made, paper, clerks[0])
    channels.SCAN, kept = None, channels.SCAN
    try:
        with pytest.raises(Invalid) as refused:
            channels.enter(world, community, made, paper, clerks[0])
    finally:
        channels.SCAN = kept
    assert "scan" in refused.value.errors


def test_a_spoiled_ballot_takes_no_part_and_needs_two_people_as_well(
    world, community, made, paper, clerks, owner
):
    channels.bring_back(world, community, made, paper, clerks[0])
    channels.enter(world, community, made, paper, clerks[0], spoiled=SpoiledBy.UNSIGNED)
    assert channels.enter(world, community, made, paper, clerks[1]) is Entered.DIFFERS
    third = channels.enter(world, community, made, paper, clerks[2], spoiled=SpoiledBy.UNREADABLE)
    assert third is Entered.SPOILED
    assert count(world, community, BallotCast) == 0
    voting.vote(world, community, made, owner)


def test_a_ballot_with_nothing_on_it_is_spoiled_not_counted(world, community, made, paper, clerks):
    channels.bring_back(world, community, made, paper, clerks[0])
    with pytest.raises(Invalid) as refused:
        channels.enter(world, community, made, paper, clerks[0], BLANK)
    assert "spoiled" in refused.value.errors


def test_after_the_paper_came_back_nobody_votes_online(
    world, community, made, paper, clerks, owner
):
    channels.bring_back(world, community, made, paper, clerks[0])
    with pytest.raises(Conflict, match=r"纸质选票已在 .* 收回登记"):
        voting.vote(world, community, made, owner, voter_id=paper.voter_id)


def test_paper_that_comes_back_after_an_online_vote_is_kept_and_not_counted(
    world, community, made, paper, clerks, owner
):
    voting.vote(world, community, made, owner)
    channels.bring_back(world, community, made, paper, clerks[0])
    assert events(world, community) == {"returned", "superseded"}
    with pytest.raises(Refusal, match="处理完了"):
        channels.enter(world, community, made, paper, clerks[0])


def test_paper_overrides_an_unused_proxy_and_a_proxys_paper_uses_it(
    world, community, compound, made, paper, clerks, owner
):
    neighbour = world.person("李红")
    authority = channels.name_proxy(
        world,
        community,
        made,
        owner,
        neighbour,
        voter_id=paper.voter_id,
        medium=ProxyMedium.PAPER,
    )
    channels.bring_back(world, community, made, paper, clerks[0])
    with pytest.raises(Refusal, match="代签的纸质选票已经收回"):
        channels.revoke(world, community, made, owner, authority)
    for clerk in clerks[:2]:
        last = channels.enter(world, community, made, paper, clerk, authority_turn=0)
    assert last is Entered.COUNTED
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        ended = db.session.execute(
            text("SELECT kind FROM proxy_end WHERE voter_id = :id"), {"id": paper.voter_id}
        ).scalar_one()
        channel = db.session.scalar(
            select(BallotCast.channel).where(BallotCast.community_id == community.id)
        )
    assert (ended, channel) == ("used", "proxy")


def test_a_lost_ballot_is_declared_void_before_another_is_printed(
    world, community, made, paper, clerks
):
    def printing():
        with world.app.app_context(), transaction(Scope(community_id=community.id)):
            assembly = assemblies.assembly(community.id, made.id)
            voter = db.session.get_one(RollVoter, (community.id, paper.voter_id))
            return issue_papers(assembly, voter.building_id, None, issued_by=clerks[0].id)

    assert printing() == 0
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assembly = assemblies.assembly(community.id, made.id)
        hand_out(assembly, paper.code, by=clerks[0].id)
        void_paper(assembly, paper.code, "住户说丢了", by=clerks[0].id)
    assert printing() == 1
    with pytest.raises(Refusal, match="处理完了"):
        channels.bring_back(world, community, made, paper, clerks[0])
    assert count(world, community, PaperBallot) == 2


def test_no_paper_where_voting_is_online_only(world, community, compound, owner, clerks):
    made = voting.opened(world, community, compound)
    channels.admit(world, community, made, Mode.ONLINE)
    voter_id = voting.voter_of(world, community, made, owner)
    with pytest.raises(Refusal, match="没有纸质选票"):
        channels.printed(world, community, made, voter_id, clerks[0])


def test_the_database_settles_a_paper_ballot_once(world, community, made, paper, clerks, context):
    again = text("""
        INSERT INTO paper_event (community_id, id, assembly_id, paper_id, kind, done_by)
        SELECT community_id, gen_random_uuid(), assembly_id, id, kind, issued_by
        FROM paper_ballot CROSS JOIN (VALUES ('spoiled'), ('voided')) AS kinds (kind)
        WHERE code = :code
    """)
    with (
        pytest.raises(IntegrityError, match="uq_paper_event_settled"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(again, {"code": paper.code})


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT choice FROM paper_answer",
        "SELECT * FROM paper_answer",
        "UPDATE paper_answer SET choice = 'for'",
        "DELETE FROM paper_answer",
        "UPDATE paper_entry SET spoiled = NULL",
        "DELETE FROM paper_entry",
        "DELETE FROM paper_event",
        "UPDATE paper_ballot SET code = 'x'",
        "DELETE FROM proxy_authority",
        "DELETE FROM proxy_end",
        "UPDATE household_visit SET note = ''",
    ],
)
def test_the_runtime_role_neither_reads_entries_nor_changes_records(community, context, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(text(statement))


def test_the_comparison_answers_inside_its_own_community_only(
    world, community, made, paper, clerks
):
    channels.bring_back(world, community, made, paper, clerks[0])
    channels.enter(world, community, made, paper, clerks[0], "for")
    channels.enter(world, community, made, paper, clerks[1], "against")
    channels.enter(world, community, made, paper, clerks[2], "for")

    def agreeing(place):
        with world.app.app_context(), transaction(Scope(community_id=place.id)):
            return [
                db.session.execute(text("SELECT paper_entries_agree(:id)"), {"id": entry}).scalar()
                for entry in entries
            ]

    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        entries = db.session.scalars(
            select(PaperEntry.id)
            .where(PaperEntry.community_id == community.id)
            .order_by(PaperEntry.position)
        ).all()
    assert agreeing(community) == [False, False, True]
    assert agreeing(world.community()) == [False, False, False]
