"""Every part of voting can be tried in the demo world, and loading it again adds nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.core.db import Base, db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo import acts, elections, notices, proposals, voting
from app.demo.cast import CAST
from app.demo.people import load as load_people
from app.demo.registry import load as load_register
from app.voting.models import (
    Assembly,
    AssemblySeal,
    BallotCast,
    CandidateResult,
    ConsentProcedure,
    Proposal,
)
from app.voting.rules import ConsentState, ProposalState, State

PARTS = (voting, elections, notices, proposals)

pytestmark = pytest.mark.xdist_group("demo")

UNREADABLE = {"ballot_retirement"}
"""The runtime role adds to it and reads it only after the close, through a view."""


@pytest.fixture
def stage(demo_app):
    """The demo world as its parts see it, with the application's context around the test."""
    with demo_app.app_context():
        found = acts.set_stage()
        load_people(found)
        load_register(found)
        yield found
        db.session.remove()


def here(stage, statement):
    with transaction(Scope(community_id=stage.community.id)):
        return db.session.execute(statement).all()


def election(stage):
    ((found,),) = here(stage, select(Assembly).where(Assembly.title == elections.ELECTION.title))
    return found


def test_assemblies_stand_at_every_step_before_and_after_the_vote(stage):
    states = {row.state for row in here(stage, select(Assembly.state))}
    assert {
        State.DRAFT,
        State.UNDER_REVIEW,
        State.NOTICED,
        State.OPEN,
        State.PUBLISHED,
    } <= states


def test_the_election_fills_its_five_seats_and_has_an_alternate(stage):
    wanted = select(CandidateResult).where(CandidateResult.assembly_id == election(stage).id)
    standings = [row.CandidateResult for row in here(stage, wanted)]
    assert [one.elected for one in standings].count(True) == 5
    assert [one.alternate for one in standings].count(True) == 1
    assert len(standings) == 7
    assert not any(one.tied for one in standings)


def test_the_election_is_sealed_and_its_voters_have_receipts(stage):
    assembly_id = election(stage).id
    ((seal,),) = here(stage, select(AssemblySeal).where(AssemblySeal.assembly_id == assembly_id))
    casts = here(stage, select(BallotCast.code).where(BallotCast.assembly_id == assembly_id))
    assert seal.size == len(casts)
    assert all(row.code for row in casts)


def test_a_proposal_and_a_consent_procedure_are_still_open(stage):
    ((proposal,),) = here(stage, select(Proposal))
    ((procedure,),) = here(stage, select(ConsentProcedure))
    assert proposal.state == ProposalState.COLLECTING
    assert len(proposals.SIGNERS) <= proposal.heads < proposal.roll_heads / 5
    assert procedure.state == ConsentState.COLLECTING
    assert 0 < procedure.agreed < procedure.parties


def test_the_residents_to_try_the_product_as_can_still_sign_and_agree():
    tried = {one.key for one in CAST if one.shown}
    assert not tried & {proposals.AUTHOR, *proposals.SIGNERS, *proposals.AGREEING}


def test_loading_again_adds_nothing(stage):
    def size():
        return {
            table.name: here(stage, select(func.count()).select_from(table))[0][0]
            for table in Base.metadata.tables.values()
            if "community_id" in table.columns and table.name not in UNREADABLE
        }

    before = size()
    for part in PARTS:
        part.load(stage)
    assert size() == before
