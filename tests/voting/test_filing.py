"""After the decision is final: the checklist, the sheets, the whole file as one package."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from factories import channels, voting
from factories.world import World
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.voting.models import AssemblyArchive, FilingEntry
from app.voting.rules import Choice


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def staff(world, community):
    return world.client(world.member(community, Role.COMMUNITY_STAFF, "刘社区"))


def decided(world, community, compound):
    """A final decision by three owners."""
    people = [world.member(community, Role.RESIDENT, f"业主{n}") for n in range(3)]
    for person in people:
        world.home(community, compound, owner=person)
    made = voting.opened(world, community, compound)
    for person in people:
        voting.vote(world, community, made, person, Choice.FOR)
    voting.closed(world, community, made)
    voting.made_final(world, community, made)
    return made


@pytest.fixture
def made(world, community, compound):
    return decided(world, community, compound)


def at(community, made, path=""):
    return f"/c/{community.code}/assemblies/{made.id}{path}"


def stored(world, community, table):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        rows = db.session.scalars(
            select(table).where(table.community_id == community.id).order_by(table.id)
        ).all()
        db.session.expunge_all()
        return list(rows)


def archives(world, community):
    """The packages of the whole file; the count's own are tested elsewhere."""
    return [row for row in stored(world, community, AssemblyArchive) if row.kind == "file"]


def today():
    return civil_date(now())


def test_before_the_decision_is_final_nothing_is_to_be_filed(world, community, compound, staff):
    world.home(community, compound)
    made = voting.opened(world, community, compound)
    page = staff.get(at(community, made, "/filing")).text
    assert "决定生效以后" in page
    refused = staff.post(
        at(community, made, "/filing/posted"), data={"done_on": today().isoformat()}
    )
    assert refused.status_code == 409
    assert stored(world, community, FilingEntry) == []


def test_everybody_is_told_that_the_decision_stands_and_the_office_that_it_files(
    world, community, made, staff
):
    world.work_off(community)
    titles = [row.title for row in stored(world, community, Notification)]
    assert sum(title.startswith("决定生效") for title in titles) == 3
    assert sum(title.startswith("该办备案了") for title in titles) == 1


def test_a_line_is_done_with_day_receipt_and_scan(world, community, made, staff):
    page = staff.get(at(community, made, "/filing")).text
    assert "把决定告知居民委员会" in page
    assert "到街道办事处备案" not in page
    scan = (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "回执.pdf")
    answer = staff.post(
        at(community, made, "/filing/residents_committee"),
        data={"done_on": today().isoformat(), "receipt": "2026-017", "scans": [scan]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.text
    shown = staff.get(at(community, made, "/filing/residents_committee")).text
    assert "2026-017" in shown
    assert "回执.pdf" in shown
    (entry,) = stored(world, community, FilingEntry)
    assert (entry.item, entry.done_on) == ("residents_committee", today())


@pytest.mark.parametrize(
    ("days", "sentence"), [(1, "不能晚于今天"), (-1, "不能早于这天"), (0, None)]
)
def test_a_line_is_done_between_the_end_and_today(world, community, made, staff, days, sentence):
    answer = staff.post(
        at(community, made, "/filing/posted"),
        data={"done_on": (today() + timedelta(days=days)).isoformat(), "note": "贴在 3 栋"},
    )
    if sentence is None:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "贴在 3 栋" in answer.text
    assert stored(world, community, FilingEntry) == []


def test_a_line_only_an_election_has_is_refused(world, community, made, staff):
    answer = staff.post(
        at(community, made, "/filing/street"),
        data={"done_on": today().isoformat(), "receipt": "1"},
    )
    assert answer.status_code == 409
    assert staff.get(at(community, made, "/filing/nowhere")).status_code == 404


def test_a_withdrawn_entry_stays_on_record(world, community, made, staff):
    place = at(community, made, "/filing/posted")
    staff.post(place, data={"done_on": today().isoformat()})
    assert staff.post(f"{place}/withdraw", data={"reason": " "}).status_code == 422
    assert staff.post(f"{place}/withdraw", data={"reason": "贴错了小区"}).status_code == 303
    assert "登记已办" in staff.get(place).text
    rows = stored(world, community, FilingEntry)
    assert [row.withdrawn for row in rows] == [False, True]
    assert staff.post(f"{place}/withdraw", data={"reason": "再撤"}).status_code == 409


def test_the_database_lets_nobody_change_what_was_filed(world, community, made, staff):
    staff.post(at(community, made, "/filing/posted"), data={"done_on": today().isoformat()})
    for statement in ("UPDATE filing_entry SET receipt = 'x'", "DELETE FROM filing_entry"):
        with (
            world.app.app_context(),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction(Scope(community_id=community.id)),
        ):
            db.session.execute(text(statement))


@pytest.mark.parametrize(
    ("sheet", "status"),
    [("notice", 200), ("result", 200), ("minutes", 200), ("report", 404), ("roll", 404)],
)
def test_each_sheet_of_the_file_is_a_pdf(community, made, staff, sheet, status):
    answer = staff.get(at(community, made, f"/sheets/{sheet}"))
    assert answer.status_code == status
    if status == 200:
        assert answer.data.startswith(b"%PDF-")


def pages_of(pdf):
    """How many sheets a PDF has; its objects lie in packed streams."""
    found = pdf
    for piece in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            found += zlib.decompress(piece[1])
    return len(re.findall(rb"/Type ?/Page\b(?!s)", found))


def test_the_minutes_of_two_matters_fit_two_sheets(world, community, compound, staff):
    person = world.member(community, Role.RESIDENT, "业主")
    world.home(community, compound, owner=person)
    made = voting.opened(world, community, compound, statutes=(5, 8))
    voting.vote(world, community, made, person)
    voting.closed(world, community, made)
    sheet = staff.get(at(community, made, "/sheets/minutes")).data
    assert pages_of(sheet) == 2


def test_residents_and_property_staff_do_not_reach_the_file(world, community, made):
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.GRID_MEMBER):
        client = world.client(world.member(community, role))
        for path in ("/filing", "/filing/posted", "/sheets/minutes"):
            assert client.get(at(community, made, path)).status_code == 404
        assert client.post(at(community, made, "/archive")).status_code == 404


@dataclass(frozen=True)
class Archived:
    """A community whose decision was filed and put in a package, ordered three times."""

    world: World
    community: CommunityRef
    waiting: str
    orders: list[int]
    package: bytes


@pytest.fixture(scope="module")
def archived(app, config):
    """A package takes a while to make: made once for those who only look at it."""
    world = World(app, config)
    community = world.community()
    made = decided(world, community, world.compound(community))
    staff = world.client(world.member(community, Role.COMMUNITY_STAFF, "刘社区"))
    scan = (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "回执.pdf")
    staff.post(
        at(community, made, "/filing/posted"),
        data={"done_on": today().isoformat(), "scans": [scan]},
        content_type="multipart/form-data",
    )
    orders = [staff.post(at(community, made, "/archive")).status_code for _ in range(3)]
    waiting = staff.get(at(community, made, "/filing")).text
    world.work_off(community)
    address = at(community, made, f"/archive/{archives(world, community)[0].id}/package.zip")
    first, second = (staff.get(address).data for _ in range(2))
    assert first == second
    return Archived(world, community, waiting, orders, first)


def test_the_whole_file_is_one_package_whose_digests_can_be_recomputed(archived):
    (archive,) = archives(archived.world, archived.community)
    assert hashlib.sha256(archived.package).hexdigest() == archive.sha256
    with zipfile.ZipFile(io.BytesIO(archived.package)) as package:
        manifest = json.loads(package.read("manifest.json"))
        listed = {row["path"]: row for row in manifest["files"]}
        assert set(package.namelist()) - {"manifest.json", "说明.txt"} == set(listed)
        for path, row in listed.items():
            data = package.read(path)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (row["bytes"], row["sha256"])
        roll = package.read("2-业主名册.csv").decode("utf-8-sig")
    names = " ".join(listed)
    for part in ("业主大会公告.pdf", "表决结果.pdf", "会议记录.pdf", "经过.csv", "备案/01-"):
        assert part in names
    assert roll.count("已参与") == 3
    assert "业主0" not in roll


def test_each_download_of_the_package_is_on_record(archived):
    events = [row.event for row in stored(archived.world, archived.community, AuditEntry)]
    assert events.count("voting.archive_ordered") == 1
    assert events.count("voting.archive_taken") == 2


def test_the_package_holds_no_choice(archived):
    with zipfile.ZipFile(io.BytesIO(archived.package)) as package:
        story = package.read("经过.csv").decode()
    assert "ballot_cast" not in story


def test_a_second_order_while_one_is_made_makes_no_second_package(archived):
    assert archived.orders == [303, 303, 303]
    assert "正在生成档案包" in archived.waiting
    assert [row.state for row in archives(archived.world, archived.community)] == ["ready"]


def test_the_package_names_no_voter_of_the_sealed_one(world, community, compound, staff):
    """A proxy's row in the story has a person's name; beside it no number that leads to ballots."""
    owner, proxy = (world.member(community, Role.RESIDENT, name) for name in ("王秀英", "李建国"))
    world.home(community, compound, owner=owner)
    made = voting.opened(world, community, compound)
    voter_id = voting.voter_of(world, community, made, owner)
    channels.name_proxy(world, community, made, owner, proxy, voter_id=voter_id)
    voting.vote(world, community, made, owner)
    voting.closed(world, community, made)
    staff.post(at(community, made, "/archive"))
    world.work_off(community)
    (archive,) = archives(world, community)
    data = staff.get(at(community, made, f"/archive/{archive.id}/package.zip")).data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        story = package.read("经过.csv").decode()
    assert "voting.proxy_named" in story
    assert str(voter_id) not in story
