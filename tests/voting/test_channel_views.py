"""The pages of proxies, paper ballots and visits."""

from __future__ import annotations

import io
import re

import pytest
from factories import channels, recounts, voting
from factories.people import PASSWORD, change, shown_code, with_password
from factories.world import Person, World

from app.core.access.roles import Role
from app.voting.rules import VisitOutcome


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def owner(world: World, community, compound) -> Person:
    person = with_password(world, world.member(community, Role.RESIDENT, "张建国"))
    world.home(community, compound, owner=person, area_centi=8950)
    return person


@pytest.fixture
def proxy(world, community):
    return world.member(community, Role.RESIDENT, "李红")


@pytest.fixture
def made(world, community, compound, owner):
    made = voting.opened(world, community, compound)
    channels.admit(world, community, made)
    return made


@pytest.fixture
def clerk(world, community):
    return world.member(community, Role.COMMUNITY_STAFF, "干事")


def at(community, path):
    return f"/c/{community.code}{path}"


def naming(voter_id, proxy, **changes):
    return {
        "voter": str(voter_id),
        "name": proxy.name,
        "phone": proxy.phone.removeprefix("+86"),
        "medium": "online",
    } | changes


def test_an_owner_names_a_proxy_signs_with_the_password_and_the_proxy_votes(
    world, community, made, owner, proxy
):
    client = world.client(owner)
    notice = client.get(at(community, f"/votes/{made.id}")).text
    start = re.search(r'href="([^"]*/proxies/new[^"]*)"', notice)[1].replace("&amp;", "&")
    assert client.get(start).status_code == 200
    voter_id = voting.voter_of(world, community, made, owner)
    drawn = client.post(start, data=naming(voter_id, proxy))
    for word in ("授权委托书", "代理事项", "代理权限", "代理期限", "张建国", "李红", "第 1 件事"):
        assert word in drawn.text
    signing = at(community, f"/votes/{made.id}/proxies")
    wrong = client.post(signing, data=naming(voter_id, proxy, given="not the password"))
    assert wrong.status_code == 422
    assert "密码不对" in wrong.text
    signed = client.post(signing, data=naming(voter_id, proxy, given=PASSWORD))
    assert signed.status_code == 303
    assert "委托有效" in client.get(signed.location).text
    sheet = client.get(f"{signed.location}/form.pdf")
    assert sheet.data.startswith(b"%PDF")
    other = world.client(proxy)
    assert "请您代投这一票" in other.get(signed.location).text
    ballot = other.get(at(community, f"/votes/{made.id}/ballot")).text
    assert "您代 张** 投的一票" in ballot
    answers = {"voter": str(voter_id), f"choice-{made.matters[0]}": "for"}
    cast = other.post(at(community, f"/votes/{made.id}/ballot/cast"), data=answers)
    assert "您代张**投" in other.get(cast.location).text
    assert "受托人代投" in client.get(cast.location).text
    assert client.post(f"{signed.location}/revoke").status_code == 409


def test_an_account_without_a_password_signs_with_a_texted_code(
    world, community, made, owner, proxy
):
    change(world, owner, password_hash=None)
    client = world.client(owner)
    voter_id = voting.voter_of(world, community, made, owner)
    base = at(community, f"/votes/{made.id}/proxies")
    page = client.post(f"{base}/code", data=naming(voter_id, proxy)).text
    code = shown_code(page)
    wrong = client.post(base, data=naming(voter_id, proxy, given="000000"))
    assert wrong.status_code == 422
    signed = client.post(base, data=naming(voter_id, proxy, given=code))
    assert signed.status_code == 303
    assert "短信验证码确认" in client.get(signed.location).text


def test_a_revoked_authority_is_told_and_strangers_see_none(world, community, made, owner, proxy):
    voter_id = voting.voter_of(world, community, made, owner)
    authority = channels.name_proxy(world, community, made, owner, proxy, voter_id=voter_id)
    address = at(community, f"/votes/{made.id}/proxies/{authority}")
    stranger = world.client(world.member(community, Role.RESIDENT))
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/revoke").status_code == 404
    assert world.client(proxy).post(f"{address}/revoke").status_code == 404
    assert world.client(owner).post(f"{address}/revoke").status_code == 303
    assert "已撤销" in world.client(proxy).get(address).text
    late = world.client(proxy).get(at(community, f"/votes/{made.id}/ballot"))
    assert late.status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "请填写受托人的姓名"),
        ({"phone": "12"}, "请填写 11 位的手机号"),
        ({"name": "李绿"}, "没有找到姓名和手机号都对得上"),
    ],
)
def test_a_wrong_answer_is_explained_and_kept(
    world, community, made, owner, proxy, typed, sentence
):
    voter_id = voting.voter_of(world, community, made, owner)
    answer = world.client(owner).post(
        at(community, f"/votes/{made.id}/proxies/new"), data=naming(voter_id, proxy, **typed)
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    kept = {"name": proxy.name, "phone": proxy.phone.removeprefix("+86")} | typed
    assert all(f'value="{value}"' in answer.text for value in kept.values())


def test_paper_is_numbered_printed_returned_entered_twice_and_counted(
    world, community, compound, made, owner, clerk
):
    client = world.client(clerk)
    base = at(community, f"/assemblies/{made.id}/paper")
    place = re.search(r'<option value="([0-9a-f-]{36})"', client.get(base).text)[1]
    issued = client.post(base, data={"place": place})
    listed = client.get(issued.location).text
    code = re.search(r"/paper/([0-9A-Z]{10})", listed)[1]
    sheets = client.get(f"{base}/ballots.pdf?building={place}")
    assert sheets.data.startswith(b"%PDF")
    assert (
        "选票还没有交回" in world.client(owner).get(at(community, f"/votes/check?code={code}")).text
    )
    assert client.post(f"{base}/{code}/hand-out").status_code == 303
    assert client.post(f"{base}/{code}/take-back").status_code == 303
    assert (
        "选票已收回登记" in world.client(owner).get(at(community, f"/votes/check?code={code}")).text
    )

    def enter(by, choice):
        browser = world.client(by)
        form = browser.get(f"{base}/{code}/entry").text
        signer = re.search(r'name="signer" value="([^"]+)"', form)[1]
        data = {
            "spoiled": "sound",
            "signer": signer,
            f"choice-{made.matters[0]}": choice,
            "scan": (io.BytesIO(b"%PDF-1.4 scan"), "scan.pdf"),
        }
        done = browser.post(f"{base}/{code}/entry", data=data)
        assert done.status_code == 303
        return browser.get(done.location).text

    assert "第一遍已录入" in enter(clerk, "for")
    second, third = (world.member(community, Role.COMMUNITY_STAFF, n) for n in ("乙", "丙"))
    assert "和前面录的不一致" in enter(second, "against")
    assert "这张选票已计入" in enter(third, "for")
    assert (
        "您的票已收到" in world.client(owner).get(at(community, f"/votes/check?code={code}")).text
    )


def test_an_unfinished_entry_says_what_is_missing(world, community, made, owner, clerk):
    voter_id = voting.voter_of(world, community, made, owner)
    paper = channels.printed(world, community, made, voter_id, clerk)
    channels.bring_back(world, community, made, paper, clerk)
    address = at(community, f"/assemblies/{made.id}/paper/{paper.code}/entry")
    answer = world.client(clerk).post(
        address,
        data={"spoiled": "sound", "scan": (io.BytesIO(b"%PDF-1.4 scan"), "scan.pdf")},
    )
    assert answer.status_code == 422
    assert "请选择在选票上签名的人" in answer.text


def test_paper_is_the_business_of_those_who_run_the_assembly(world, community, made, owner, clerk):
    base = at(community, f"/assemblies/{made.id}/paper")
    elsewhere = world.member(
        community, Role.COMMITTEE_MEMBER, compound_id=world.compound(community, "另一小区")
    )
    assert world.client(owner).get(base).status_code == 404
    assert world.client(elsewhere).get(base).status_code == 404
    assert world.client(clerk).get(base).status_code == 200


def test_counting_waits_for_the_last_paper_ballot_that_came_back_in_time(
    world, community, made, owner, clerk
):
    voter_id = voting.voter_of(world, community, made, owner)
    paper = channels.printed(world, community, made, voter_id, clerk)
    channels.bring_back(world, community, made, paper, clerk)
    channels.enter(world, community, made, paper, clerk)
    voting.run_out(world, community, made)
    voting.clock_strikes(world, community, made)
    page = world.client(clerk).get(at(community, f"/assemblies/{made.id}/paper")).text
    assert "还有 1 张收回的选票没有录完" in page
    client = world.client(owner)
    assert client.get(at(community, f"/votes/{made.id}/result")).status_code == 302
    other = world.member(community, Role.COMMUNITY_STAFF, "乙")
    channels.enter(world, community, made, paper, other)
    world.work_off(community)
    recounts.agree(world, community, made)
    result = client.get(at(community, f"/votes/{made.id}/result"))
    assert result.status_code == 200
    assert "参与表决 1 人" in result.text


def test_a_visit_is_noted_and_the_next_visitor_sees_it(world, community, made, owner, clerk):
    client = world.client(clerk)
    listed = client.get(at(community, f"/votes/{made.id}/doors")).text
    door = re.search(r'href="([^"]*/doors/[0-9a-f-]{36})"', listed)[1]
    refused = client.post(door, data={"outcome": "contacted", "note": "说会投同意"})
    assert refused.status_code == 422
    assert "不要写住户打算怎么投" in refused.text
    noted = client.post(door, data={"outcome": "not_home", "note": "晚上七点后在家"})
    assert noted.status_code == 303
    again = client.get(noted.location).text
    assert "没人在家" in again
    assert "晚上七点后在家" in again
    assert "干事" in client.get(door).text


def test_paper_that_changes_hands_at_a_door_is_noted_on_the_ballot(
    world, community, made, owner, clerk
):
    client = world.client(clerk)
    listed = client.get(at(community, f"/votes/{made.id}/doors")).text
    door = re.search(r'href="([^"]*/doors/[0-9a-f-]{36})"', listed)[1]
    early = client.post(door, data={"outcome": VisitOutcome.PAPER_HANDED_OUT.value})
    assert early.status_code == 409
    assert "没有可用的纸质选票" in early.text
    voter_id = voting.voter_of(world, community, made, owner)
    paper = channels.printed(world, community, made, voter_id, clerk)
    for outcome in (VisitOutcome.PAPER_HANDED_OUT, VisitOutcome.PAPER_RETURNED):
        assert client.post(door, data={"outcome": outcome.value}).status_code == 303
    ballot = client.get(at(community, f"/assemblies/{made.id}/paper/{paper.code}")).text
    assert "已收回，待录入" in ballot


def test_heads_go_from_door_to_door_in_their_own_place_only(world, community, compound, clerk):
    mine = world.home(community, compound, owner=world.person("甲"))
    other = world.home(community, compound, owner=world.person("乙"))
    made = voting.opened(world, community, compound)
    building = world.client(
        world.member(community, Role.BUILDING_HEAD, building_id=mine.building_id)
    )
    stairwell = world.client(
        world.member(community, Role.STAIRWELL_HEAD, stairwell_id=mine.stairwell_id)
    )
    nowhere = world.client(world.member(community, Role.STAIRWELL_HEAD))
    base = at(community, f"/votes/{made.id}/doors")
    for head in (building, stairwell):
        assert head.get(base).status_code == 200
        assert head.get(f"{base}/{mine.unit_id}").status_code == 200
        assert head.get(f"{base}/{other.unit_id}").status_code == 404
        visit = head.post(f"{base}/{other.unit_id}", data={"outcome": "contacted"})
        assert visit.status_code == 404
    assert nowhere.get(base).status_code == 404
    assert world.client(clerk).get(f"{base}/{other.unit_id}").status_code == 200


def test_the_list_of_doors_asks_the_same_of_the_database_for_more_households(
    world, community, compound, clerk, counting
):
    home = world.home(community, compound, owner=world.person("甲"))
    few = voting.opened(world, community, compound)
    for number in range(6):
        world.home(
            community,
            compound,
            owner=world.person("邻居"),
            room=f"{number + 2}01",
            stairwell_id=home.stairwell_id,
        )
    many = voting.opened(world, community, compound)
    client = world.client(clerk)
    counts = []
    for made in (few, few, many):
        with counting() as statements:
            assert client.get(at(community, f"/votes/{made.id}/doors")).status_code == 200
        counts.append(len(statements))
    assert counts[1] == counts[2]


def test_another_community_finds_neither_proxies_nor_paper_nor_doors(
    world, community, made, owner, proxy, clerk
):
    voter_id = voting.voter_of(world, community, made, owner)
    authority = channels.name_proxy(world, community, made, owner, proxy, voter_id=voter_id)
    paper = channels.printed(world, community, made, voter_id, clerk)
    elsewhere = world.community()
    office = world.client(world.member(elsewhere, Role.COMMUNITY_STAFF))
    resident = world.client(world.member(elsewhere, Role.RESIDENT))
    assert office.get(at(elsewhere, f"/assemblies/{made.id}/paper/{paper.code}")).status_code == 404
    assert office.get(at(elsewhere, f"/votes/{made.id}/doors")).status_code == 404
    assert resident.get(at(elsewhere, f"/votes/{made.id}/proxies/{authority}")).status_code == 404
