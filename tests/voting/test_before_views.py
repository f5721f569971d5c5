"""The pages before the vote: scope, candidates, the published roll, sheets, objections, changes."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from factories import voting
from PIL import Image
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.db import db
from app.core.files.models import StoredFile
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.kit.images import sniff
from app.voting.queries import assemblies, scopes
from app.voting.rules import NegativeItem

PICTURE = io.BytesIO()
Image.new("RGB", (300, 400), (90, 120, 160)).save(PICTURE, "PNG")
PNG = PICTURE.getvalue()
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def owner(world, community, compound):
    person = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=person, area_centi=8950)
    return person


@pytest.fixture
def staff(world, community):
    return world.client(world.member(community, Role.COMMUNITY_STAFF))


def at(community, path):
    return f"/c/{community.code}{path}"


def draft(community, compound, staff, **changes):
    today = civil_date(now())
    typed = {
        "compound_id": str(compound),
        "title": "换届",
        "convener": "首次业主大会会议筹备组",
        "opens_on": (today + timedelta(days=40)).isoformat(),
        "closes_on": (today + timedelta(days=50)).isoformat(),
        "statute": "3",
        "kind": "election",
        "seats": "5",
        "mode": "both",
        "matter_title": "选举第一届业主委员会",
        "body": "任期三年",
    } | changes
    return staff.post(at(community, "/assemblies/new"), data=typed)


def standing_page(staff, listed, name):
    """Where the owner of this name, found in the register, is put on the list."""
    found = staff.get(listed, query_string={"q": name}).text
    return re.search(r'href="([^"]*/candidates/new/[0-9a-f-]{36})"', found)[1]


# ── drafting ──


def test_a_candidates_photo_is_seen_by_who_prepares_and_by_everybody_after_the_notice(
    world, community, compound, owner, staff
):
    made = draft(community, compound, staff).location
    listed = re.search(r'href="([^"]*/candidates)"', staff.get(made).text)[1]
    world.home(community, compound, owner=world.person("李一"))
    data = {"statement": "", "photo": (io.BytesIO(PNG), "li.png")}
    assert staff.post(standing_page(staff, listed, "李一"), data=data).status_code == 303
    photo = re.search(r'href="([^"]*/files/[0-9a-f-]{36})"', staff.get(listed).text)[1]
    assert staff.get(photo).status_code == 200
    assert world.client(owner).get(photo).status_code == 404
    one = re.search(r'href="([^"]*/candidates/[0-9a-f-]{36})"', staff.get(listed).text)[1]
    for item in NegativeItem:
        staff.post(f"{one}/checks/{item}", data={"finding": "clear", "note": "查过"})
    staff.post(f"{made}/submit")
    assert staff.post(f"{made}/notice").status_code == 303
    assembly_id = made.rsplit("/", 1)[1]
    notice = world.client(owner).get(at(community, f"/votes/{assembly_id}")).text
    assert f"{photo}/thumbnail" in notice
    assert "的照片" in notice
    assert world.client(owner).get(f"{photo}/thumbnail").status_code == 200


def test_an_election_is_drafted_filled_checked_and_published_through_its_pages(
    world, community, compound, owner, staff
):
    made = draft(community, compound, staff).location
    page = staff.get(made).text
    assert "应选 5 名，候选人 0 名" in page
    assert "网上和纸质都可以" in page
    assert "首次业主大会筹备组召集" in page
    listed = re.search(r'href="([^"]*/candidates)"', page)[1]
    for name in ("李一", "王二"):
        world.home(community, compound, owner=world.person(name))
        stand = standing_page(staff, listed, name)
        assert staff.post(stand, data={"statement": "退休教师"}).status_code == 303
    assert staff.post(stand, data={"statement": "又来"}).status_code == 409
    assert "名册里没有找到“外人”" in staff.get(listed, query_string={"q": "外人"}).text
    page = staff.get(listed).text
    assert "不足应选的 5 名" in page
    for one in re.findall(r'href="([^"]*/candidates/[0-9a-f-]{36})"', page):
        for item in NegativeItem:
            saved = staff.post(
                f"{one}/checks/{item}", data={"finding": "clear", "note": "查询没有记录"}
            )
            assert saved.status_code == 303
        assert "没有这种情形" in staff.get(one).text
    staff.post(f"{made}/submit")
    assert staff.post(f"{made}/notice").status_code == 303
    assembly_id = made.rsplit("/", 1)[1]
    notice = world.client(owner).get(at(community, f"/votes/{assembly_id}")).text
    assert "李一" in notice
    assert "退休教师" in notice
    assert "候选人才能当选" in notice


def test_what_was_typed_about_an_election_is_kept_when_the_seats_are_wrong(
    community, compound, staff
):
    refused = draft(community, compound, staff, seats="4")
    assert refused.status_code == 422
    assert "5 到 11 之间的单数" in refused.text
    assert "选举第一届业主委员会" in refused.text
    assert draft(community, compound, staff, statute="4").status_code == 422
    assert draft(community, compound, staff, seats="").status_code == 422


def test_evidence_is_kept_and_shown_to_those_who_prepare_the_assembly_only(
    world, community, compound, staff
):
    assert sniff(PDF) == "application/pdf"
    made = draft(community, compound, staff).location
    listed = re.search(r'href="([^"]*/candidates)"', staff.get(made).text)[1]
    world.home(community, compound, owner=world.person("李一"))
    staff.post(standing_page(staff, listed, "李一"))
    one = re.search(r'href="([^"]*/candidates/[0-9a-f-]{36})"', staff.get(listed).text)[1]
    data = {"finding": "clear", "note": "见截图", "evidence": (io.BytesIO(PDF), "查询.pdf")}
    assert staff.post(f"{one}/checks/arrears", data=data).status_code == 303
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        file_id = db.session.scalar(
            select(StoredFile.id).where(StoredFile.subject_kind == "candidate_check")
        )
    address = at(community, f"/files/{file_id}")
    assert address in staff.get(one).text
    assert staff.get(address).status_code == 200
    own = world.member(community, Role.COMMITTEE_MEMBER, compound_id=compound)
    other = world.member(community, Role.COMMITTEE_MEMBER, compound_id=world.compound(community))
    assert world.client(own).get(address).status_code == 200
    for stranger in (other, world.member(community, Role.RESIDENT)):
        assert world.client(stranger).get(address).status_code == 404
    bad = {"finding": "clear", "note": "见", "evidence": (io.BytesIO(b"MZ\x90"), "x.pdf")}
    assert staff.post(f"{one}/checks/arrears", data=bad).status_code == 422


def test_a_scope_is_ticked_on_its_own_page(world, community, compound, owner, staff):
    home = world.home(community, compound, owner=world.person())
    made = voting.drafted(world, community, compound)
    address = at(community, f"/assemblies/{made.id}/scope")
    assert staff.post(address, data={"scope": "buildings"}).status_code == 422
    saved = staff.post(address, data={"scope": "buildings", "buildings": [str(home.building_id)]})
    assert saved.status_code == 303
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        (named,) = scopes.places_of(community.id, made.id)
    assert named.building_id == home.building_id
    assert named.building_name in staff.get(at(community, f"/assemblies/{made.id}")).text


# ── the notice ──


def test_the_roll_is_published_with_rooms_and_areas_and_without_names(
    world, community, compound, owner, staff
):
    reader = world.client(world.member(community, Role.RESIDENT))
    made = voting.noticed(world, community, compound)
    page = reader.get(at(community, f"/votes/{made.id}/roll")).text
    assert "89.50 ㎡" in page
    assert "张建国" not in page
    assert owner.phone not in page
    assert "开始投票时锁定" in page
    voting.open_noticed(world, community, made)
    frozen = reader.get(at(community, f"/votes/{made.id}/roll")).text
    assert "名册已经锁定" in frozen
    assert "89.50 ㎡" in frozen


def test_a_narrowed_scope_publishes_its_own_rooms_only(world, community, compound, owner, staff):
    home = world.home(community, compound, owner=world.person(), area_centi=7700)
    made = voting.drafted(world, community, compound)
    staff.post(
        at(community, f"/assemblies/{made.id}/scope"),
        data={"scope": "buildings", "buildings": [str(home.building_id)]},
    )
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assemblies.assembly(community.id, made.id).state = "noticed"
    page = world.client(owner).get(at(community, f"/votes/{made.id}/roll")).text
    assert "77.00 ㎡" in page
    assert "共 1 处" in page


def test_the_roll_asks_no_more_of_the_database_for_more_homes(
    world, community, compound, owner, counting
):
    client = world.client(owner)
    made = voting.noticed(world, community, compound)
    address = at(community, f"/votes/{made.id}/roll")
    client.get(address)
    with counting() as few:
        client.get(address)
    for _ in range(4):
        world.home(community, compound, owner=world.person())
    with counting() as many:
        client.get(address)
    assert len(many) == len(few)


def test_the_notice_is_printed_for_the_wall_and_for_each_stairwell(
    world, community, compound, owner, staff
):
    made = voting.noticed(world, community, compound)
    poster = world.client(owner).get(at(community, f"/votes/{made.id}/notice.pdf"))
    assert poster.mimetype == "application/pdf"
    assert poster.data.startswith(b"%PDF-")
    page = staff.get(at(community, f"/assemblies/{made.id}")).text
    sheets = re.search(r'href="([^"]*/stairwells\.pdf\?building=[^"]*)"', page)[1]
    assert staff.get(sheets).data.startswith(b"%PDF-")
    nowhere = re.sub("building=.*", f"building={made.id}", sheets)
    assert staff.get(nowhere).status_code == 404


def test_nothing_is_printed_before_the_notice(world, community, compound, owner, staff):
    made = voting.drafted(world, community, compound)
    assert world.client(owner).get(at(community, f"/votes/{made.id}/notice.pdf")).status_code == 404
    assert staff.get(at(community, f"/assemblies/{made.id}/stairwells.pdf")).status_code == 409


# ── objections ──


def test_an_objection_goes_from_the_owner_to_the_desk_and_back(
    world, community, compound, owner, staff
):
    made = voting.noticed(world, community, compound)
    mine = at(community, f"/votes/{made.id}/objections")
    client = world.client(owner)
    assert mine in client.get(at(community, f"/votes/{made.id}")).text
    assert client.post(mine, data={"text": " "}).status_code == 422
    assert client.post(mine, data={"text": "面积应为 97.25"}).status_code == 303
    assert "等答复" in client.get(mine).text
    refused = client.post(mine, data={"text": "再说一遍"})
    assert refused.status_code == 409
    assert "再说一遍" in refused.text
    desk = at(community, f"/assemblies/{made.id}/objections")
    assert "1 条待答复" in staff.get(at(community, f"/assemblies/{made.id}")).text
    action = re.search(r'action="([^"]*/objections/[^"]*)"', staff.get(desk).text)[1]
    unfinished = staff.post(action, data={"answer": "已经改好"})
    assert unfinished.status_code == 422
    assert "已经改好" in unfinished.text
    done = staff.post(action, data={"verdict": "upheld", "answer": "已按产权证更正"})
    assert done.status_code == 303
    assert "已按产权证更正" in client.get(mine).text
    neighbour = world.client(world.member(community, Role.RESIDENT))
    assert "97.25" not in neighbour.get(mine).text


def test_another_compounds_committee_does_not_answer(world, community, compound, owner):
    made = voting.noticed(world, community, compound)
    world.client(owner).post(at(community, f"/votes/{made.id}/objections"), data={"text": "不对"})
    other = world.member(community, Role.COMMITTEE_MEMBER, compound_id=world.compound(community))
    assert (
        world.client(other).get(at(community, f"/assemblies/{made.id}/objections")).status_code
        == 404
    )


# ── changes ──


def test_the_desk_extends_once_and_owners_see_both_deadlines(
    world, community, compound, owner, staff
):
    for _ in range(2):
        world.home(community, compound, owner=world.person())
    made = voting.opened(world, community, compound)
    address = at(community, f"/assemblies/{made.id}/extend")
    later = (civil_date(now()) + timedelta(days=9)).isoformat()
    missing = staff.post(address, data={"closes_on": later})
    assert missing.status_code == 422
    assert later in missing.text
    assert staff.post(address, data={"closes_on": later, "reason": "上门没走完"}).status_code == 303
    page = world.client(owner).get(at(community, f"/votes/{made.id}")).text
    assert "投票延期了" in page
    assert "上门没走完" in page
    again = staff.post(address, data={"closes_on": later, "reason": "再来"})
    assert again.status_code == 409
    assert "只能延期一次" in again.text


def test_calling_off_asks_for_a_reason_first(world, community, compound, owner, staff):
    made = voting.noticed(world, community, compound)
    address = at(community, f"/assemblies/{made.id}/cancel")
    assert staff.post(address, data={}).status_code == 422
    assert staff.post(address, data={"reason": "方案要改"}).status_code == 303
    assert "方案要改" in staff.get(at(community, f"/assemblies/{made.id}")).text
    listed = world.client(owner).get(at(community, "/votes/")).text
    assert f"/votes/{made.id}/result" not in listed
    assert "已取消" in listed
