"""One counted ballot a voter, whatever comes in at the same moment by whichever channel."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter

from factories import channels, voting
from sqlalchemy import text

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Refusal
from app.voting.rules import Choice


def test_fifty_simultaneous_casts_online_by_proxy_and_on_paper_leave_exactly_one(world):
    community = world.community()
    compound = world.compound(community)
    owner, wife = world.person("张建国"), world.person("王秀英")
    home = world.home(community, compound, owner=owner, area_centi=8950)
    world.co_owner(community, home, wife)
    proxy = world.member(community, Role.RESIDENT, "李红")
    clerks = [world.member(community, Role.COMMUNITY_STAFF, f"干事{n}") for n in range(11)]
    made = voting.opened(world, community, compound, statutes=(4, 7))
    channels.admit(world, community, made)
    voter_id = voting.voter_of(world, community, made, owner)
    channels.name_proxy(world, community, made, owner, proxy, voter_id=voter_id)
    paper = channels.printed(world, community, made, voter_id, clerks[0])
    start, said = threading.Barrier(50), []

    def online(person, number):
        voting.vote(world, community, made, person, list(Choice)[number % 3], voter_id=voter_id)
        return "cast"

    def on_paper(number):
        # The ballot comes back in the middle of it all and is read by several at once.
        with contextlib.suppress(Refusal):
            channels.bring_back(world, community, made, paper, clerks[number])
        return channels.enter(world, community, made, paper, clerks[number], "for").value

    def go(number):
        start.wait()
        try:
            if number < 11:
                said.append(on_paper(number))
            else:
                said.append(online((owner, wife, proxy)[number % 3], number))
        except Refusal:
            said.append("refused")

    threads = [threading.Thread(target=go, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes = Counter(said)
    assert len(said) == 50, outcomes
    assert outcomes["cast"] + outcomes["counted"] == 1, outcomes
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        row = db.session.execute(
            text("""
                SELECT (SELECT count(*) FROM ballot_cast WHERE voter_id = :voter) AS casts,
                    (SELECT count(*) FROM ballot WHERE voter_id = :voter) AS ballots,
                    (SELECT count(*) FROM proxy_end WHERE voter_id = :voter) AS ends,
                    (SELECT sum(heads) FROM assembly_participation
                     WHERE assembly_id = :assembly) AS heads,
                    (SELECT sum(area_centi) FROM assembly_participation
                     WHERE assembly_id = :assembly) AS area
            """),
            {"voter": voter_id, "assembly": made.id},
        ).one()
    assert tuple(row) == (1, 2, 1, 1, 8950)
