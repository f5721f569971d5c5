"""An election on paper: printed, handed out, entered twice, counted; the recount agrees."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from factories import channels, elections, recounts, voting
from factories.databases import owner_connection
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Invalid
from app.voting.actions.entering import Entered
from app.voting.rules import BLANK, TOO_MANY, SpoiledBy

NAMES = ("王建国", "李秀英", "张伟", "刘洋")


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def owners(world, community, compound):
    people = [world.person(f"业主{n}") for n in range(3)]
    for person in people:
        world.home(community, compound, owner=person, area_centi=10000)
    return people


@pytest.fixture
def clerks(world, community):
    return [world.member(community, Role.COMMUNITY_STAFF, f"干事{n}") for n in range(3)]


@pytest.fixture
def election(world, community, compound, owners):
    made, ids = elections.with_election(world, community, compound, seats=2, names=NAMES)
    channels.admit(world, community, made)
    return made, ids


def returned(world, community, made, owner, clerk):
    """The owner's paper ballot, handed in."""
    voter_id = voting.voter_of(world, community, made, owner)
    paper = channels.printed(world, community, made, voter_id, clerk)
    channels.bring_back(world, community, made, paper, clerk)
    return paper


def answers(made, answer, choice):
    resolution, chosen = made.matters
    return {resolution: answer, chosen: choice}


def sealed_rows(world, community, made):
    """The rows of ballots.csv in the sealed package."""
    with tempfile.TemporaryDirectory() as folder:
        _, sealed = recounts.packages_of(world, community, made, Path(folder))
        with zipfile.ZipFile(sealed) as package:
            return list(csv.DictReader(io.StringIO(package.read("ballots.csv").decode())))


def test_the_whole_way_of_paper_through_the_pages(world, community, owners, clerks, election):
    made, ids = election
    first, second, third = (world.client(clerk) for clerk in clerks)
    root = f"/c/{community.code}/assemblies/{made.id}/paper"
    (voter, *_) = voting.roll_of(world, community, made)
    issued = first.post(root, data={"place": str(voter.building_id)})
    assert issued.status_code == 303
    assert voter.label in first.get(issued.location).text
    sheets = first.get(f"{root}/ballots.pdf?building={voter.building_id}")
    assert sheets.data.startswith(b"%PDF")
    code = voting.paper_code(world, community, voter)
    assert first.post(f"{root}/{code}/hand-out").status_code == 303
    assert first.post(f"{root}/{code}/take-back").status_code == 303

    def entry(client, *chosen):
        page = client.get(f"{root}/{code}/entry").text
        assert all(name in page for name in NAMES)
        signer = re.search(r'name="signer"[^>]*value="([^"]+)"', page)[1]
        return client.post(
            f"{root}/{code}/entry",
            data={
                "spoiled": "sound",
                "signer": signer,
                f"choice-{made.matters[0]}": "for",
                f"choice-{made.matters[1]}": [str(one) for one in chosen],
                "scan": (io.BytesIO(channels.SCAN.data), "scan.pdf"),
            },
            follow_redirects=True,
        ).text

    assert "第一遍已录入" in entry(first, ids[0], ids[1])
    assert "和前面录的不一致" in entry(second, ids[0])
    assert "两遍一致" in entry(third, ids[1], ids[0])
    voting.closed(world, community, made)
    _, outcome = recounts.agree(world, community, made)["matters"]
    votes = {one["id"]: one["for"]["heads"] for one in outcome["candidates"]}
    assert votes == {str(ids[0]): 1, str(ids[1]): 1, str(ids[2]): 0, str(ids[3]): 0}


def test_too_many_marks_spoil_that_matter_with_the_reason_and_leave_the_others(
    world, config, community, owners, clerks, election
):
    made, ids = election
    voting_paper = returned(world, community, made, owners[0], clerks[0])
    marked = answers(made, "for", TOO_MANY)
    channels.enter(world, community, made, voting_paper, clerks[0], marked)
    assert (
        channels.enter(world, community, made, voting_paper, clerks[1], marked) is Entered.COUNTED
    )
    sound = returned(world, community, made, owners[1], clerks[0])
    chosen = answers(made, "against", str(ids[2]))
    for clerk in clerks[:2]:
        channels.enter(world, community, made, sound, clerk, chosen)
    voting.closed(world, community, made)
    resolution, outcome = recounts.agree(world, community, made)["matters"]
    assert resolution["took_part"]["heads"] == 2
    assert outcome["took_part"]["heads"] == 1
    spoiled = [row for row in sealed_rows(world, community, made) if row["status"] == "spoiled"]
    assert [(row["matter_id"], row["choice"], row["channel"]) for row in spoiled] == [
        (str(made.matters[1]), "", "paper")
    ]
    with owner_connection(config) as connection:
        connection.execute(text(f"SET app.community_id = '{community.id}'"))
        reasons = connection.execute(text("SELECT reason FROM ballot_retirement")).scalars().all()
    assert reasons == ["选的人多于应选人数"]


def test_a_blank_and_too_many_marks_are_different_readings(
    world, community, owners, clerks, election
):
    made, _ = election
    paper = returned(world, community, made, owners[0], clerks[0])
    channels.enter(world, community, made, paper, clerks[0], answers(made, "for", TOO_MANY))
    entered = channels.enter(world, community, made, paper, clerks[1], answers(made, "for", BLANK))
    assert entered is Entered.DIFFERS


def test_a_ballot_on_which_nothing_else_is_sound_is_spoiled_as_a_whole(
    world, community, owners, clerks, election
):
    made, _ = election
    paper = returned(world, community, made, owners[0], clerks[0])
    with pytest.raises(Invalid) as refused:
        channels.enter(world, community, made, paper, clerks[0], answers(made, BLANK, TOO_MANY))
    assert refused.value.code == "paper_overmarked"
    for clerk in clerks[:2]:
        entered = channels.enter(world, community, made, paper, clerk, spoiled=SpoiledBy.TOO_MANY)
    assert entered is Entered.SPOILED


def test_before_the_close_nobody_learns_that_a_matter_was_spoiled(
    world, community, owners, clerks, election
):
    made, _ = election
    paper = returned(world, community, made, owners[0], clerks[0])
    for clerk in clerks[:2]:
        channels.enter(world, community, made, paper, clerk, answers(made, "for", TOO_MANY))
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        world.app.app_context(),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(text("SELECT 1 FROM ballot_retirement"))
    check = f"/c/{community.code}/votes/check?code={paper.code}"
    assert "选举业主委员会" in world.client(clerks[0]).get(check).text
    voting.closed(world, community, made)
    after = world.client(clerks[0]).get(check).text
    assert "计入的事项" in after
    assert "选举业主委员会" not in after
