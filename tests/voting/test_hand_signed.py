"""Authorities signed by hand: recorded by the office under the rules of those signed online."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from factories import channels, voting
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.voting.actions.entering import Reading, enter_paper
from app.voting.actions.hand_signing import HandSigned, record_authority, record_revocation
from app.voting.models import BallotCast, ProxyAuthority, ProxyEnding
from app.voting.queries import assemblies
from app.voting.rules import BLANK, ProxyMedium, check_hand_signed

DAY = timedelta(days=1)
NOTICED = date(2026, 3, 2)


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def principal(world):
    return world.person("张建国")


@pytest.fixture
def home(world, community, compound, principal):
    return world.home(community, compound, owner=principal, area_centi=8950)


@pytest.fixture
def proxy(world, community):
    return world.member(community, Role.RESIDENT, "李红")


@pytest.fixture
def clerk(world, community):
    return world.member(community, Role.COMMUNITY_STAFF, "刘社区")


@pytest.fixture
def made(world, community, compound, home):
    made = voting.opened(world, community, compound, statutes=(4, 9))
    channels.admit(world, community, made)
    return made


def within(world, community, work):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return work()


def record(world, community, made, home, proxy, clerk, limit=3, **changes):
    signed = {
        "unit_id": home.unit_id,
        "principal_id": home.owner_id,
        "name": proxy.name,
        "phone": proxy.phone,
        "medium": ProxyMedium.ONLINE,
        "signed_on": civil_date(now()),
        "matters": set(made.matters),
        "scan": channels.SCAN,
    } | changes
    return within(
        world,
        community,
        lambda: record_authority(
            assemblies.assembly(community.id, made.id), HandSigned(**signed), limit, by=clerk.id
        ),
    )


def revoke(world, community, made, authority_id, clerk, reason="社区档案 17 号"):
    within(
        world,
        community,
        lambda: record_revocation(
            assemblies.assembly(community.id, made.id), authority_id, reason, by=clerk.id
        ),
    )


def rows(world, community, model):
    def read():
        found = db.session.scalars(select(model).where(model.community_id == community.id)).all()
        db.session.expunge_all()
        return found

    return within(world, community, read)


def told(world, person):
    with world.app.app_context(), transaction(Scope(account_id=person.id)):
        return " ".join(
            f"{row.title} {row.body}"
            for row in db.session.scalars(
                select(Notification).where(Notification.account_id == person.id)
            )
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"signed_on": NOTICED}, None),
        ({"signed_on": NOTICED - DAY}, "signed_on"),
        ({"signed_on": NOTICED + 10 * DAY}, None),
        ({"signed_on": NOTICED + 11 * DAY}, "signed_on"),
        ({"named": 0}, "matters"),
        ({"named": 1}, "medium"),
        ({"named": 1, "medium": ProxyMedium.PAPER}, None),
    ],
)
def test_the_rules_of_a_form_signed_by_hand(changes, field):
    signed = {
        "signed_on": NOTICED + DAY,
        "noticed_on": NOTICED,
        "today": NOTICED + 10 * DAY,
        "named": 2,
        "matters": 2,
        "medium": ProxyMedium.ONLINE,
    } | changes
    if field is None:
        check_hand_signed(**signed)
        return
    with pytest.raises(Invalid) as refused:
        check_hand_signed(**signed)
    assert set(refused.value.errors) == {field}


def test_the_proxy_votes_and_the_principal_is_told_and_sees_the_scan(
    world, community, made, home, principal, proxy, clerk
):
    authority_id = record(world, community, made, home, proxy, clerk)
    world.work_off(community)
    assert "手写签名的委托书" in told(world, principal)
    assert "委托您代投一票" in told(world, proxy)
    assert told(world, clerk) == ""
    (kept,) = rows(world, community, ProxyAuthority)
    assert (kept.signing, kept.signed_by) == ("hand", clerk.id)
    scan = f"/c/{community.code}/files/{kept.scan_id}"
    world.grant(community, principal, Role.RESIDENT)
    for person in (principal, proxy, clerk):
        assert world.client(person).get(scan).status_code == 200, person.name
    stranger = world.member(community, Role.RESIDENT, "路人")
    assert world.client(stranger).get(scan).status_code == 404
    page = world.client(principal).get(
        f"/c/{community.code}/votes/{made.id}/proxies/{authority_id}"
    )
    assert "纸质委托书亲笔签名" in page.text
    voting.vote(world, community, made, proxy)
    (cast,) = rows(world, community, BallotCast)
    assert (cast.channel, cast.cast_by) == ("proxy", proxy.id)
    details = [row.details for row in rows(world, community, AuditEntry)]
    assert any(entry.get("signing") == "hand" for entry in details)


def test_the_limit_counts_forms_signed_by_hand_and_with_an_account_together(
    world, community, compound, principal, proxy, clerk
):
    other = world.person("王秀英")
    homes = [world.home(community, compound, owner=one) for one in (principal, other)]
    made = voting.opened(world, community, compound)
    channels.admit(world, community, made)
    voter_id = voting.voter_of(world, community, made, other)
    channels.name_proxy(world, community, made, other, proxy, voter_id=voter_id)
    with pytest.raises(Invalid) as refused:
        record(world, community, made, homes[0], proxy, clerk, limit=1)
    assert refused.value.code == "proxy_limit"
    record(world, community, made, homes[0], proxy, clerk, limit=2)


@pytest.mark.parametrize("role", [Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER])
def test_staff_of_the_property_company_is_refused_on_paper_as_well(
    world, community, made, home, clerk, role
):
    staff = world.member(community, role, "周物业")
    with pytest.raises(Invalid) as refused:
        record(world, community, made, home, staff, clerk, medium=ProxyMedium.PAPER)
    assert refused.value.code == "proxy_excluded"


def test_nobody_records_what_makes_them_the_proxy_or_what_a_stranger_signed(
    world, community, compound, made, home, proxy, clerk
):
    with pytest.raises(Invalid) as refused:
        record(world, community, made, home, clerk, clerk)
    assert refused.value.code == "records_own_proxy"
    with pytest.raises(Invalid) as refused:
        record(world, community, made, home, proxy, clerk, principal_id=made.id)
    assert "principal" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        record(world, community, made, home, proxy, clerk, scan=None)
    assert "scan" in refused.value.errors
    elsewhere = world.home(community, world.compound(community), owner=world.person())
    with pytest.raises(NotFound):
        record(world, community, made, elsewhere, proxy, clerk)


def test_the_owners_own_vote_overrides_it_and_a_used_one_is_not_taken_back(
    world, community, made, home, principal, proxy, clerk
):
    authority_id = record(world, community, made, home, proxy, clerk)
    with pytest.raises(Refusal, match="已经有一份有效的委托书"):
        record(world, community, made, home, proxy, clerk)
    voting.vote(world, community, made, principal)
    (ending,) = rows(world, community, ProxyEnding)
    assert ending.kind == "overridden"
    with pytest.raises(Conflict):
        voting.vote(
            world,
            community,
            made,
            proxy,
            voter_id=voting.voter_of(world, community, made, principal),
        )
    with pytest.raises(Refusal, match="不再有效"):
        revoke(world, community, made, authority_id, clerk)


def test_what_was_revoked_on_paper_says_where_the_paper_lies_and_another_may_follow(
    world, community, made, home, principal, proxy, clerk
):
    authority_id = record(world, community, made, home, proxy, clerk)
    with pytest.raises(Invalid, match="存放在哪里"):
        revoke(world, community, made, authority_id, clerk, reason=" ")
    revoke(world, community, made, authority_id, clerk)
    (ending,) = rows(world, community, ProxyEnding)
    assert (ending.kind, ending.reason, ending.ended_by) == ("revoked", "社区档案 17 号", clerk.id)
    world.work_off(community)
    assert "撤销了委托" in told(world, proxy)
    record(world, community, made, home, proxy, clerk)


def test_what_an_owner_signed_with_their_account_is_not_the_offices_to_revoke(
    world, community, made, principal, proxy, clerk
):
    voter_id = voting.voter_of(world, community, made, principal)
    signed = channels.name_proxy(world, community, made, principal, proxy, voter_id=voter_id)
    with pytest.raises(NotFound):
        revoke(world, community, made, signed, clerk)


def test_a_proxy_for_one_matter_leaves_the_others_blank_on_paper(
    world, community, made, home, principal, clerk
):
    record(
        world,
        community,
        made,
        home,
        world.person("没有账号的人"),
        clerk,
        medium=ProxyMedium.PAPER,
        matters={made.matters[0]},
    )
    voter_id = voting.voter_of(world, community, made, principal)
    paper = channels.printed(world, community, made, voter_id, clerk)
    channels.bring_back(world, community, made, paper, clerk)
    with pytest.raises(Invalid) as refused:
        channels.enter(world, community, made, paper, clerk, "for", authority_turn=0)
    assert refused.value.code == "beyond_mandate"
    answers = {made.matters[0]: "for", made.matters[1]: BLANK}
    other = world.member(community, Role.COMMUNITY_STAFF)
    for person in (clerk, other):
        reading = Reading(
            answers=answers, signed_as=home.owner_id, authority_turn=0, scan=channels.SCAN
        )
        entered = within(
            world,
            community,
            lambda reading=reading, person=person: enter_paper(
                assemblies.assembly(community.id, made.id), paper.code, reading, by=person.id
            ),
        )
    assert entered == "counted"
    voting.closed(world, community, made)


# ── the pages ──


def typed_form(proxy, home, made, **changes):
    return {
        "principal": str(home.owner_id),
        "name": proxy.name,
        "phone": proxy.phone.removeprefix("+86"),
        "signed_on": civil_date(now()).isoformat(),
        "matters": [str(matter) for matter in made.matters],
        "medium": "online",
        "whole": "y",
        "scan": (io.BytesIO(channels.SCAN.data), "form.pdf"),
    } | changes


def test_the_office_finds_the_room_records_the_form_and_its_revocation(
    world, community, made, home, proxy, clerk
):
    client = world.client(clerk)
    listed = f"/c/{community.code}/assemblies/{made.id}/proxies/"
    assert "还没有登记过纸质委托书" in client.get(listed).text
    (voter,) = voting.roll_of(world, community, made)
    found = client.get(listed, query_string={"q": voter.label}).text
    assert str(voter.id) not in found
    address = re.search(r'href="([^"]*/proxies/new/[0-9a-f-]{36})"', found)[1]
    form = client.get(address).text
    assert "张**" in form
    assert str(voter.id) not in form
    refused = client.post(address, data=typed_form(proxy, home, made, phone="12"))
    assert refused.status_code == 422
    assert proxy.name in refused.text
    missing = typed_form(proxy, home, made)
    del missing["whole"]
    assert "缺一项就不能登记" in client.post(address, data=missing).text
    assert client.post(address, data=typed_form(proxy, home, made)).status_code == 303
    page = client.get(listed).text
    one = re.search(r'href="([^"]*/proxies/[0-9a-f-]{36}/withdraw)"', page)[1]
    assert "李*" in page
    assert "有效" in page
    assert client.post(one, data={"reason": ""}).status_code == 422
    assert client.post(one, data={"reason": "社区档案 17 号"}).status_code == 303
    assert "社区档案 17 号" in client.get(one).text
    assert "已撤销" in client.get(listed).text


def test_who_does_not_run_the_assembly_does_not_reach_these_pages(world, community, made, home):
    listed = f"/c/{community.code}/assemblies/{made.id}/proxies/"
    other = world.member(community, Role.COMMITTEE_MEMBER, compound_id=world.compound(community))
    for person in (
        other,
        world.member(community, Role.RESIDENT),
        world.member(community, Role.PROPERTY_MANAGER),
    ):
        client = world.client(person)
        assert client.get(listed).status_code == 404
        assert client.get(f"{listed}new/{home.unit_id}").status_code == 404
