"""A whole owners' assembly, from a proposal to the filing: online, paper, proxy and co-owners."""

from __future__ import annotations

import json
import re
import zipfile
from uuid import UUID

from factories import elections, voting
from factories.people import PASSWORD, with_password
from factories.voting import Made
from factories.windows import DESK, PHONE, assert_accessible, until_shown
from playwright.sync_api import expect

from app.core.access.roles import Role
from app.kit.clock import civil_date, now

SCAN = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a scan"}
TITLE = "更换 3 号楼水泵"


class Street:
    """Six voters of one compound: one of them a couple, one without an account of its own."""

    def __init__(self, world):
        self.world = world
        self.community = world.community()
        self.compound = world.compound(self.community)
        self.wife, self.husband, self.proxy, self.principal, self.silent = (
            with_password(world, world.member(self.community, Role.RESIDENT, name))
            for name in ("王秀英", "张建国", "李红", "赵敏", "陈强")
        )
        shared = world.home(self.community, self.compound, owner=self.wife)
        world.co_owner(self.community, shared, self.husband)
        for owner in (self.proxy, self.principal, self.silent):
            world.home(self.community, self.compound, owner=owner)
        self.on_paper = world.person("周老伯")
        world.home(self.community, self.compound, owner=self.on_paper)
        world.home(self.community, self.compound)
        self.office, self.clerk = (
            world.member(self.community, Role.COMMUNITY_STAFF, name)
            for name in ("刘社区", "孙干事")
        )
        self.at = f"/c/{self.community.code}"


def agree(desk, opener, answer):
    """Open the question and say yes."""
    desk.get_by_role("button", name=opener, exact=True).first.click()
    desk.get_by_role("dialog").get_by_role("button", name=answer, exact=True).click()


def cast(phone, address):
    """Vote for everything on the ballot."""
    phone.goto(address)
    phone.get_by_text("同意", exact=True).click()
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="投出这一票").click()
    expect(phone.get_by_role("heading", name="票已投出")).to_be_visible()


def test_an_assembly_goes_from_a_proposal_to_the_filing(live_world, browser_page, tmp_path):
    street = Street(live_world)
    made = _proposed_and_noticed(street, browser_page)
    votes, desk_at = f"{street.at}/votes/{made.id}", f"{street.at}/assemblies/{made.id}"
    _everybody_votes(street, made, browser_page)
    _counted_and_recounted(street, made, browser_page)
    voting.made_final(street.world, street.community, made)

    phone = browser_page(street.silent, PHONE)
    phone.goto(f"{votes}/result")
    expect(phone.get_by_text("对全体业主有约束力").first).to_be_visible()
    desk = browser_page(street.office, DESK)
    desk.goto(f"{desk_at}/filing")
    assert_accessible(desk)
    desk.get_by_role("link", name="把决定告知居民委员会").click()
    assert_accessible(desk)
    desk.get_by_label("回执编号").fill("2026-017")
    desk.get_by_label("回执、照片").set_input_files(SCAN)
    desk.get_by_role("button", name="登记已办").click()
    expect(desk.get_by_text("回执 2026-017")).to_be_visible()
    desk.get_by_role("button", name="生成档案包").click()
    # The worker makes it, which takes longer than anybody else would wait for its message.
    ready = desk.get_by_role("link", name="生成", exact=False).last
    until_shown(desk, ready)
    with desk.expect_download() as waiting:
        ready.click()
    package = tmp_path / "file.zip"
    waiting.value.save_as(package)
    with zipfile.ZipFile(package) as whole:
        listed = [row["path"] for row in json.loads(whole.read("manifest.json"))["files"]]
    for part in ("业主大会公告.pdf", "会议记录.pdf", "备案/01-把决定告知居民委员会.pdf"):
        assert any(part in path for path in listed), listed


def _proposed_and_noticed(street, browser_page):
    """An owner proposes, a second one makes it a fifth, the office drafts and announces."""
    world, community = street.world, street.community
    phone = browser_page(street.wife, PHONE)
    phone.goto(f"{street.at}/votes/proposals/new")
    phone.get_by_label("提议表决什么").fill(TITLE)
    phone.get_by_label("为什么、怎么做").fill("水泵用了二十年，预算 6.2 万元。")
    phone.get_by_label("属于哪一类事").select_option("5")
    phone.get_by_role("button", name="发出提议").click()
    expect(phone.get_by_text("您已经第一个联署")).to_be_visible()
    proposal = phone.url.split("?")[0]
    other = browser_page(street.principal, PHONE)
    other.goto(proposal)
    other.get_by_role("button", name="我也联署").click()
    expect(other.get_by_text("联署已达五分之一")).to_be_visible()

    desk = browser_page(street.office, DESK)
    desk.goto(f"{street.at}/assemblies/new?proposal={proposal.rsplit('/', 1)[1]}")
    desk.get_by_label("会议名称").fill("2026 年第一次业主大会会议")
    desk.get_by_label("投票方式").select_option("both")
    desk.get_by_role("button", name="保存草稿").click()
    expect(desk.get_by_text(TITLE).first).to_be_visible()
    agree(desk, "提交社区审核", "提交")
    agree(desk, "发布公告", "发布公告")
    expect(desk.get_by_text("公告已发布").first).to_be_visible()
    assembly_id = UUID(re.search(r"/assemblies/([0-9a-f-]{36})", desk.url)[1])
    made = Made(assembly_id, voting.matters_of(world, community, assembly_id))
    phone.goto(f"{street.at}/votes/{made.id}")
    expect(phone.get_by_text("公告中").first).to_be_visible()
    assert_accessible(phone)
    voting.notice_over(world, community, made)
    voting.clock_strikes(world, community, made)
    return made


def _everybody_votes(street, made, browser_page):
    """The wife online for both, the proxy for two, an old neighbour on paper, one not at all."""
    votes = f"{street.at}/votes/{made.id}"
    phone = browser_page(street.wife, PHONE)
    cast(phone, f"{votes}/ballot")
    husband = browser_page(street.husband, PHONE)
    husband.goto(f"{votes}/ballot")
    expect(husband.get_by_text("您的票已经投过了")).to_be_visible()

    principal = browser_page(street.principal, PHONE)
    principal.goto(votes)
    principal.get_by_role("link", name="委托", exact=False).first.click()
    principal.get_by_label("受托人姓名").fill(street.proxy.name)
    principal.get_by_label("受托人手机号").fill(street.proxy.phone.removeprefix("+86"))
    principal.get_by_role("button", name="下一步").click()
    expect(principal.get_by_text("代理权限").first).to_be_visible()
    assert_accessible(principal)
    principal.get_by_label("登录密码").fill(PASSWORD)
    principal.get_by_role("button", name="签署").click()
    expect(principal.get_by_text("委托有效").first).to_be_visible()
    proxy = browser_page(street.proxy, PHONE)
    for _ in range(2):
        cast(proxy, f"{votes}/ballot")
    principal.goto(f"{votes}/ballot")
    expect(principal.get_by_text("受托人", exact=False).first).to_be_visible()

    _paper_comes_back(street, made, browser_page)
    desk = browser_page(street.office, DESK)
    desk.goto(f"{street.at}/assemblies/{made.id}/participation")
    expect(desk.get_by_text("都已过三分之二").first).to_be_visible()


def _paper_comes_back(street, made, browser_page):
    """Numbered, handed out, taken back, entered by two different people."""
    base = f"{street.at}/assemblies/{made.id}/paper"
    desk = browser_page(street.office, DESK)
    voter = next(
        row
        for row in voting.roll_of(street.world, street.community, made)
        if street.on_paper.id in voting.accounts_of(street.world, street.community, row)
    )
    desk.goto(base)
    desk.get_by_label("楼栋或单元").select_option(str(voter.building_id))
    desk.get_by_role("button", name="编号", exact=True).click()
    code = voting.paper_code(street.world, street.community, voter)
    desk.goto(f"{base}/{code}")
    desk.get_by_role("button", name="登记发出").click()
    desk.get_by_role("button", name="登记收回").click()
    for person in (street.office, street.clerk):
        entry = browser_page(person, DESK)
        entry.goto(f"{base}/{code}/entry")
        assert_accessible(entry)
        entry.get_by_label("选票照片或扫描件").set_input_files(SCAN)
        entry.get_by_text("同意", exact=True).click()
        entry.get_by_role("button", name="录好了").click()
    expect(entry.get_by_text("这张选票已计入").first).to_be_visible()


def _counted_and_recounted(street, made, browser_page):
    """Adopted; an owner asks for a recount, the street watches, both counts stay."""
    votes, desk_at = f"{street.at}/votes/{made.id}", f"{street.at}/assemblies/{made.id}"
    voting.closed(street.world, street.community, made)
    phone = browser_page(street.silent, PHONE)
    phone.goto(f"{votes}/result")
    expect(phone.get_by_text("参与表决 4 人，占 66.66%，已达到三分之二。")).to_be_visible()
    expect(phone.get_by_text("人数和面积都达到要求，决定通过")).to_be_visible()
    expect(phone.get_by_text("这是初步结果")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("link", name="对结果提异议，或要求复核").click()
    phone.get_by_label("哪里不对").fill("我要求复核计票。")
    phone.get_by_role("button", name="提交异议").click()
    expect(phone.get_by_text("我要求复核计票。").first).to_be_visible()

    desk = browser_page(street.office, DESK)
    desk.goto(f"{desk_at}/recount")
    expect(desk.get_by_text("还有 1 条对结果的异议没有答复")).to_be_visible()
    desk.get_by_label("监督人姓名").fill("孙主任")
    desk.get_by_label("监督人单位和职务").fill("真武山街道办事处")
    desk.get_by_label("为什么复核").fill("业主要求复核")
    assert_accessible(desk)
    desk.get_by_role("button", name="现在复核").click()
    expect(desk.get_by_text("每一个数字都和前一次一致")).to_be_visible()
    desk.goto(f"{desk_at}/objections?subject=result")
    desk.get_by_text("不成立").click()
    desk.get_by_label("答复").fill("已在街道监督下复核，两次结果一致。")
    desk.get_by_role("button", name="答复").click()
    expect(desk.get_by_text("两次结果一致").first).to_be_visible()


def test_an_election_with_a_tie_leaves_the_seat_open(live_world, browser_page):
    world = live_world
    community = world.community()
    compound = world.compound(community)
    people = [world.member(community, Role.RESIDENT, f"业主{n}") for n in range(3)]
    for person in people:
        world.home(community, compound, owner=person, area_centi=10000)
    office = world.member(community, Role.COMMUNITY_STAFF)
    names = ("王秀英", "张建国", "李红")
    made, _ = elections.with_election(world, community, compound, seats=2, names=names)
    at = f"/c/{community.code}"
    for person, chosen in zip(people, (names[:2], names[1:], (names[0], names[2])), strict=True):
        phone = browser_page(person, PHONE)
        phone.goto(f"{at}/votes/{made.id}/ballot")
        phone.get_by_text("同意", exact=True).click()
        for name in chosen:
            phone.get_by_text(name).first.click()
        assert_accessible(phone)
        phone.get_by_role("button", name="下一步").click()
        phone.get_by_role("button", name="投出这一票").click()
        expect(phone.get_by_role("heading", name="票已投出")).to_be_visible()
    voting.closed(world, community, made)
    phone.goto(f"{at}/votes/{made.id}/result")
    expect(phone.get_by_text("并列待定").first).to_be_visible()
    for name in names:
        expect(phone.get_by_text(name).first).to_be_visible()
    assert_accessible(phone)

    voting.made_final(world, community, made)
    desk = browser_page(office, DESK)
    desk.goto(f"{at}/assemblies/{made.id}/filing")
    expect(desk.get_by_text("这个席位先空着")).to_be_visible()
    assert_accessible(desk)
    desk.goto(f"{at}/organizations/?kind=owners_committee")
    expect(desk.get_by_text("业主委员会").first).to_be_visible()
    expect(desk.get_by_text(f"{civil_date(now()).year}-")).to_have_count(0)
