"""The pages of an assembly, from the draft at the desk to the result on a phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from factories import voting
from factories.world import Person, World
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.voting.models import AssemblyParticipation
from app.voting.queries.participation import PAGE
from app.voting.queries.roll import MANY_BUILDINGS
from app.voting.rules import Choice


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def owner(world: World, community, compound) -> Person:
    person = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=person, area_centi=8950)
    return person


@pytest.fixture
def staff(world, community):
    return world.client(world.member(community, Role.COMMUNITY_STAFF))


def at(community, path):
    return f"/c/{community.code}{path}"


def answers(made, choice, voter_id):
    return {"voter": str(voter_id)} | {f"choice-{matter}": choice for matter in made.matters}


def typed(compound, **changes):
    today = civil_date(now())
    return {
        "compound_id": str(compound),
        "title": "第一次业主大会会议",
        "convener": "业主委员会",
        "opens_on": (today + timedelta(days=40)).isoformat(),
        "closes_on": (today + timedelta(days=50)).isoformat(),
        "statute": "5",
        "matter_title": "更换水泵",
        "body": "预算 6.2 万元",
    } | changes


def test_an_owner_chooses_checks_casts_and_keeps_a_receipt_without_the_choice(
    world, community, compound, owner
):
    made = voting.opened(world, community, compound)
    voter_id = voting.voter_of(world, community, made, owner)
    client = world.client(owner)
    page = client.get(at(community, f"/votes/{made.id}/ballot")).text
    assert "89.50 ㎡" in page
    checked = client.post(
        at(community, f"/votes/{made.id}/ballot"), data=answers(made, "against", voter_id)
    )
    assert "这样投，对吗" in checked.text
    assert "不同意" in checked.text
    done = client.post(
        at(community, f"/votes/{made.id}/ballot/cast"), data=answers(made, "against", voter_id)
    )
    assert done.status_code == 303
    receipt = client.get(done.location)
    assert "票已投出" in receipt.text
    assert "第 1 件事" in receipt.text
    for choice in Choice:
        assert f">{choice.label}<" not in receipt.text
    code = re.search(r"[0-9A-Z]{5} [0-9A-Z]{5}", receipt.text)[0]
    check = client.get(at(community, f"/votes/check?code={code.lower()}"))
    assert "您的票已收到" in check.text
    voting.closed(world, community, made)
    assert "您的票已计入" in client.get(at(community, f"/votes/check?code={code}")).text


def test_a_matter_without_an_answer_is_pointed_out_and_the_others_are_kept(
    world, community, compound, owner
):
    made = voting.opened(world, community, compound, statutes=(4, 9))
    voter_id = voting.voter_of(world, community, made, owner)
    data = {"voter": str(voter_id), f"choice-{made.matters[0]}": "for"}
    answer = world.client(owner).post(at(community, f"/votes/{made.id}/ballot"), data=data)
    assert answer.status_code == 422
    assert answer.text.count("还没有选") == 2
    assert re.search(r'value="for"\s+checked', answer.text)


def test_an_unknown_receipt_code_is_told_kindly(world, community, owner):
    answer = world.client(owner).get(at(community, "/votes/check?code=WRONG12345"))
    assert answer.status_code == 404
    assert "没有找到这个回执码" in answer.text


def test_who_owns_nothing_reads_the_notice_and_cannot_vote(world, community, compound, owner):
    made = voting.opened(world, community, compound)
    tenant = world.client(world.member(community, Role.RESIDENT))
    assert tenant.get(at(community, f"/votes/{made.id}")).status_code == 200
    assert tenant.get(at(community, f"/votes/{made.id}/ballot")).status_code == 404
    voter_id = voting.voter_of(world, community, made, owner)
    cast = tenant.post(
        at(community, f"/votes/{made.id}/ballot/cast"), data=answers(made, "for", voter_id)
    )
    assert cast.status_code == 404


def test_another_community_finds_nothing(world, community, compound, owner):
    made = voting.opened(world, community, compound)
    elsewhere = world.community()
    stranger = world.client(world.member(elsewhere, Role.RESIDENT))
    office = world.client(world.member(elsewhere, Role.COMMUNITY_STAFF))
    assert stranger.get(at(elsewhere, f"/votes/{made.id}")).status_code == 404
    assert stranger.get(at(community, f"/votes/{made.id}")).status_code == 404
    assert office.get(at(elsewhere, f"/assemblies/{made.id}")).status_code == 404


def test_a_receipt_is_shown_to_its_voters_only(world, community, compound, owner):
    made = voting.opened(world, community, compound)
    receipt = voting.vote(world, community, made, owner)
    neighbour = world.client(world.member(community, Role.RESIDENT))
    address = at(community, f"/votes/{made.id}/receipts/{receipt.cast_id}")
    assert neighbour.get(address).status_code == 404
    assert world.client(owner).get(address).status_code == 200


def test_a_draft_is_reviewed_and_noticed(world, community, compound, owner, staff):
    committee = world.client(world.member(community, Role.COMMITTEE_MEMBER, compound_id=compound))
    created = committee.post(at(community, "/assemblies/new"), data=typed(compound))
    assert created.status_code == 303
    assembly = created.location
    assert committee.post(f"{assembly}/submit").status_code == 303
    assert committee.post(f"{assembly}/notice").status_code == 404
    returned = staff.post(f"{assembly}/return", data={"note": "写明施工时间"})
    assert returned.status_code == 303
    assert "写明施工时间" in committee.get(assembly).text
    committee.post(f"{assembly}/submit")
    assert staff.post(f"{assembly}/notice").status_code == 303
    assert "公告中" in world.client(owner).get(at(community, "/votes/")).text
    early = staff.post(f"{assembly}/open")
    assert early.status_code == 409
    assert "才开始" in early.text


def test_a_notice_that_leaves_less_than_fifteen_days_says_when_it_would_be_possible(
    world, community, compound, staff
):
    soon = (civil_date(now()) + timedelta(days=10)).isoformat()
    created = staff.post(at(community, "/assemblies/new"), data=typed(compound, opens_on=soon))
    staff.post(f"{created.location}/submit")
    refused = staff.post(f"{created.location}/notice")
    assert refused.status_code == 409
    assert re.search(r"公告要满 15 天，最早 .*月.*日.* 开始投票", refused.text)


def test_wrong_dates_keep_what_was_typed(world, community, compound, staff):
    today = civil_date(now()).isoformat()
    answer = staff.post(
        at(community, "/assemblies/new"),
        data=typed(compound, opens_on=today, closes_on="2020-01-01"),
    )
    assert answer.status_code == 422
    assert "截止日期要晚于开始日期" in answer.text
    assert "更换水泵" in answer.text


def test_two_people_do_not_overwrite_each_others_draft(world, community, compound, staff):
    created = staff.post(at(community, "/assemblies/new"), data=typed(compound)).location
    first = staff.post(f"{created}/edit", data=typed(compound, title="甲改的", version="1"))
    second = staff.post(f"{created}/edit", data=typed(compound, title="乙改的", version="1"))
    assert first.status_code == 303
    assert second.status_code == 422
    assert "刚刚被别人修改过" in second.text
    assert "乙改的" in second.text


def test_matters_are_added_and_removed_in_the_draft_only(world, community, compound, staff):
    created = staff.post(at(community, "/assemblies/new"), data=typed(compound)).location
    staff.post(f"{created}/matters", data=typed(compound, matter_title="第二件"))
    page = staff.get(created).text
    assert "第二件" in page
    matter = re.search(r"matters/([0-9a-f-]{36})/remove", page)[1]
    assert staff.post(f"{created}/matters/{matter}/remove").status_code == 303
    staff.post(f"{created}/submit")
    late = staff.post(f"{created}/matters", data=typed(compound, matter_title="第三件"))
    assert late.status_code == 409


def test_a_committee_runs_assemblies_of_its_own_compound_only(world, community, compound, owner):
    made = voting.opened(world, community, compound)
    other = world.client(
        world.member(
            community, Role.COMMITTEE_MEMBER, compound_id=world.compound(community, "另一小区")
        )
    )
    assert other.get(at(community, f"/assemblies/{made.id}")).status_code == 404
    assert other.get(at(community, f"/assemblies/{made.id}/participation")).status_code == 404
    assert other.post(at(community, "/assemblies/new"), data=typed(compound)).status_code == 422


def test_participation_says_the_distance_to_two_thirds(world, community, compound, owner, staff):
    for _ in range(2):
        world.home(community, compound, owner=world.person("邻居"), area_centi=8950)
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, owner)
    page = staff.get(at(community, f"/assemblies/{made.id}/participation")).text
    assert "离三分之二还差 89.50 ㎡、1 人" in page


def test_the_result_explains_each_number(world, community, compound, owner):
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, owner)
    client = world.client(owner)
    early = client.get(at(community, f"/votes/{made.id}/result"))
    assert early.status_code == 302
    voting.closed(world, community, made)
    page = client.get(at(community, f"/votes/{made.id}/result")).text
    assert "参与表决 1 人，占 100.00%，已达到三分之二" in page
    assert "同意 1 人，占参与表决人数的 100.00%，已超过半数" in page
    assert "一年内请求人民法院撤销" in page
    assert "表决结果已封存" in page


@pytest.mark.parametrize("page", ["/votes/", "/votes/{}", "/votes/{}/ballot", "/votes/{}/result"])
def test_a_residents_page_asks_no_more_of_the_database_when_there_is_more(
    world, community, compound, owner, counting, page
):
    client = world.client(owner)
    made = voting.opened(world, community, compound)
    if "result" in page:
        voting.closed(world, community, made)
    address = at(community, page.format(made.id))
    client.get(address)
    with counting() as few:
        assert client.get(address).status_code == 200
    for _ in range(3):
        voting.opened(world, community, compound, statutes=(4, 5, 6))
        world.home(community, compound, owner=world.person("新邻居"))
    with counting() as many:
        client.get(address)
    assert len(many) == len(few)


def test_participation_asks_the_same_of_the_database_for_more_homes(
    world, community, compound, owner, staff, counting
):
    few_homes = voting.opened(world, community, compound)
    stairwell = world.home(community, compound, owner=world.person("邻居")).stairwell_id
    for number in range(6):
        world.home(
            community,
            compound,
            owner=world.person("邻居"),
            room=f"{number + 2}01",
            stairwell_id=stairwell,
        )
    more_homes = voting.opened(world, community, compound)
    staff.get(at(community, f"/assemblies/{few_homes.id}/participation"))
    with counting() as few:
        staff.get(at(community, f"/assemblies/{few_homes.id}/participation"))
    with counting() as many:
        staff.get(at(community, f"/assemblies/{more_homes.id}/participation"))
    assert len(many) == len(few)


def test_a_cast_is_few_statements(world, community, compound, owner, counting):
    made = voting.opened(world, community, compound)
    voter_id = voting.voter_of(world, community, made, owner)
    client = world.client(owner)
    client.get(at(community, "/votes/"))
    with counting() as statements:
        client.post(
            at(community, f"/votes/{made.id}/ballot/cast"), data=answers(made, "for", voter_id)
        )
    assert len([line for line in statements if not line.startswith("SET LOCAL")]) <= 3


def test_the_side_navigation_knows_where_staff_are_on_the_pages_of_a_vote(
    world, community, compound
):
    world.home(community, compound, owner=world.person())
    made = voting.opened(world, community, compound)
    staff = world.client(world.member(community, Role.COMMUNITY_STAFF))
    for path in (f"/votes/{made.id}", f"/assemblies/{made.id}", f"/votes/{made.id}/doors"):
        page = staff.get(at(community, path)).text
        current = re.findall(r'<a[^>]*aria-current="page"[^>]*>(.*?)</a>', page, re.DOTALL)
        assert any("业主大会" in link for link in current), path


def test_many_buildings_come_a_page_at_a_time_and_are_counted_in_one_row_each(
    world, community, compound, owner
):
    for _ in range(MANY_BUILDINGS):
        world.home(community, compound, owner=world.person(), area_centi=10000)
    made = voting.opened(world, community, compound)
    voting.vote(world, community, made, owner)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        counts = db.session.scalars(
            select(AssemblyParticipation).where(AssemblyParticipation.community_id == community.id)
        ).all()
        assert len(counts) == MANY_BUILDINGS + 1
        assert sum(row.heads for row in counts) == 1
    staff = world.client(world.member(community, Role.COMMUNITY_STAFF))
    address = at(community, f"/assemblies/{made.id}/participation")
    first = staff.get(address).text
    assert len(re.findall(r"participation\?building=", first)) == PAGE
    further = re.search(r'href="([^"]*participation\?after=[^"]*)"', first)[1]
    second = staff.get(further.replace("&amp;", "&")).text
    assert len(re.findall(r"participation\?building=", second)) == MANY_BUILDINGS + 1 - PAGE
    assert "没有叫“没有这栋”的楼栋" in staff.get(address, query_string={"q": "没有这栋"}).text
    assert staff.get(address, query_string={"after": "x~y"}).status_code == 200
    doors = at(community, f"/votes/{made.id}/doors")
    listed = staff.get(doors).text
    assert listed.count("<option") == PAGE
    last = page_behind(staff, listed)
    assert last.count("<option") == MANY_BUILDINGS + 1 - PAGE
    assert "没有叫“没有这栋”的楼栋" in staff.get(doors, query_string={"q": "没有这栋"}).text
    voting.closed(world, community, made)
    result = at(community, f"/votes/{made.id}/result")
    shown = staff.get(result).text
    assert shown.count('data-label="按人数"') == PAGE
    assert page_behind(staff, shown).count('data-label="按人数"') == (MANY_BUILDINGS + 1 - PAGE)


def page_behind(client, page):
    """The page behind the link to further buildings."""
    further = re.search(r'href="([^"]*after=[^"]*)"', page)[1]
    return client.get(further.replace("&amp;", "&")).text
