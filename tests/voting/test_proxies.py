"""Voting by proxy: named in writing, revocable until used, overridden by the owner's own vote."""

from __future__ import annotations

import threading

import pytest
from factories import channels, voting
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.voting.models import BallotCast, ProxyEnding
from app.voting.queries import ballots
from app.voting.rules import Choice, Mode, ProxyMedium


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def principal(world, community, compound):
    person = world.person("张建国")
    world.home(community, compound, owner=person, area_centi=8950)
    return person


@pytest.fixture
def proxy(world, community):
    return world.member(community, Role.RESIDENT, "李红")


@pytest.fixture
def made(world, community, compound, principal):
    return voting.opened(world, community, compound)


@pytest.fixture
def voter_id(world, community, made, principal):
    return voting.voter_of(world, community, made, principal)


def rows(world, community, model, **values):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        found = db.session.scalars(
            select(model).where(model.community_id == community.id).filter_by(**values)
        ).all()
        db.session.expunge_all()
        return found


def told(world, person):
    with world.app.app_context(), transaction(Scope(account_id=person.id)):
        return " ".join(
            f"{item.title} {item.body}"
            for item in db.session.scalars(
                select(Notification).where(Notification.account_id == person.id)
            )
        )


def test_the_proxy_casts_and_principal_and_proxy_are_told(
    world, community, made, principal, proxy, voter_id
):
    channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    receipt = voting.vote(world, community, made, proxy)
    (cast,) = rows(world, community, BallotCast, voter_id=voter_id)
    assert (cast.channel, cast.cast_by) == ("proxy", proxy.id)
    world.work_off(community)
    assert "张**委托您代投一票" in told(world, proxy)
    assert receipt.code in told(world, principal)
    assert "受托人" in told(world, principal)


def test_the_owners_own_vote_overrides_an_unused_proxy_and_both_stay_on_record(
    world, community, made, principal, proxy, voter_id
):
    channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    voting.vote(world, community, made, principal)
    with pytest.raises(Conflict, match=r"已经由共有人张\*\*在"):
        voting.vote(world, community, made, proxy, voter_id=voter_id)
    (ending,) = rows(world, community, ProxyEnding, voter_id=voter_id)
    assert ending.kind == "overridden"
    assert len(rows(world, community, BallotCast, voter_id=voter_id)) == 1


def test_the_owner_cannot_vote_after_the_proxy_did(
    world, community, made, principal, proxy, voter_id
):
    channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    voting.vote(world, community, made, proxy)
    with pytest.raises(Conflict, match="已经由受托人在"):
        voting.vote(world, community, made, principal, voter_id=voter_id)


def test_a_revoked_authority_is_of_no_use_and_another_may_be_signed(
    world, community, made, principal, proxy, voter_id
):
    first = channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    with pytest.raises(Refusal, match="已经有一份有效的委托书"):
        channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    channels.revoke(world, community, made, principal, first)
    with pytest.raises(Refusal, match="不再有效"):
        voting.vote(world, community, made, proxy, voter_id=voter_id)
    channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    voting.vote(world, community, made, proxy)


def test_a_used_authority_is_not_revocable(world, community, made, principal, proxy, voter_id):
    authority = channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    voting.vote(world, community, made, proxy)
    with pytest.raises(Refusal, match="已经投了票"):
        channels.revoke(world, community, made, principal, authority)


def test_only_an_owner_of_the_voter_names_and_revokes(
    world, community, made, principal, proxy, voter_id
):
    with pytest.raises(NotFound):
        channels.name_proxy(world, community, made, world.person("外人"), proxy, voter_id=voter_id)
    authority = channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    with pytest.raises(NotFound):
        channels.revoke(world, community, made, proxy, authority)


@pytest.mark.parametrize("role", [Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER])
def test_staff_of_the_property_company_is_nobodys_proxy(
    world, community, made, principal, voter_id, role
):
    staff = world.member(community, role, "周物业")
    with pytest.raises(Invalid) as refused:
        channels.name_proxy(world, community, made, principal, staff, voter_id=voter_id)
    assert refused.value.code == "proxy_excluded"


def test_a_proxy_who_joins_the_property_company_votes_for_nobody(
    world, community, made, principal, proxy, voter_id
):
    channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    world.grant(community, proxy, Role.PROPERTY_STAFF)
    with pytest.raises(Refusal, match="物业企业的工作人员不能代"):
        voting.vote(world, community, made, proxy, voter_id=voter_id)


def test_a_stranger_and_a_wrong_name_get_the_same_answer(
    world, community, made, principal, proxy, voter_id
):
    stranger = world.person("王五")
    renamed = type(proxy)(proxy.id, proxy.phone, "李绿")
    said = set()
    for person in (stranger, renamed):
        with pytest.raises(Invalid) as refused:
            channels.name_proxy(world, community, made, principal, person, voter_id=voter_id)
        said.add(refused.value.errors["phone"])
    assert len(said) == 1


def test_a_co_owner_needs_no_authority(world, community, compound, principal):
    wife = world.member(community, Role.RESIDENT, "王秀英")
    home = world.home(community, compound, owner=principal)
    world.co_owner(community, home, wife)
    made = voting.opened(world, community, compound)
    voter_id = voting.voter_of(world, community, made, wife)
    with pytest.raises(Invalid) as refused:
        channels.name_proxy(world, community, made, principal, wife, voter_id=voter_id)
    assert refused.value.code == "proxy_is_co_owner"


def test_the_limit_holds_when_several_name_the_same_person_at_once(
    world, community, compound, proxy
):
    people = [world.person(f"业主{number}") for number in range(6)]
    for person in people:
        world.home(community, compound, owner=person)
    made = voting.opened(world, community, compound)
    voters = [voting.voter_of(world, community, made, person) for person in people]
    start, outcomes = threading.Barrier(6), []

    def go(number):
        start.wait()
        try:
            channels.name_proxy(
                world, community, made, people[number], proxy, voter_id=voters[number], limit=2
            )
            outcomes.append("signed")
        except Invalid as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["proxy_limit"] * 4 + ["signed"] * 2


def test_the_database_keeps_one_standing_authority_for_a_voter(
    world, community, made, principal, proxy, voter_id, context
):
    channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    again = text("""
        INSERT INTO proxy_authority (community_id, id, assembly_id, voter_id, turn, turn_before,
            principal_id, signed_by, proxy_account_id, proxy_name, proxy_phone, medium, signing,
            document, digest)
        SELECT community_id, gen_random_uuid(), assembly_id, voter_id, 1, 0, principal_id,
            signed_by, proxy_account_id, proxy_name, proxy_phone, medium, signing, document, digest
        FROM proxy_authority WHERE voter_id = :voter_id
    """)
    with (
        pytest.raises(IntegrityError, match="fk_proxy_authority_turn_before"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(again, {"voter_id": voter_id})


@pytest.mark.parametrize(
    ("mode", "medium", "code"),
    [
        (Mode.PAPER, ProxyMedium.ONLINE, "paper_only"),
        (Mode.ONLINE, ProxyMedium.PAPER, "online_only"),
        (Mode.BOTH, ProxyMedium.PAPER, None),
    ],
)
def test_a_proxy_votes_in_a_way_the_assembly_admits(
    world, community, made, principal, mode, medium, code
):
    voter_id = voting.voter_of(world, community, made, principal)
    channels.admit(world, community, made, mode)
    neighbour = world.person("没有账号的邻居")
    if code is None:
        channels.name_proxy(
            world, community, made, principal, neighbour, voter_id=voter_id, medium=medium
        )
        return
    with pytest.raises(Invalid) as refused:
        channels.name_proxy(
            world, community, made, principal, neighbour, voter_id=voter_id, medium=medium
        )
    assert refused.value.code == code


def test_what_a_proxy_may_vote_on_waits_for_them_until_it_is_done(
    world, community, made, principal, proxy, voter_id
):
    def waiting(person):
        with world.app.app_context(), transaction(Scope(community_id=community.id)):
            return [row.voter_id for row in ballots.open_ballots(community.id, person.id)]

    assert waiting(proxy) == []
    channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    assert waiting(proxy) == waiting(principal) == [voter_id]
    voting.vote(world, community, made, proxy, Choice.ABSTAIN)
    assert waiting(proxy) == waiting(principal) == []
