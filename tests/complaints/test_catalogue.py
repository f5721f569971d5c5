from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta

import pytest
from factories import catalogue as own
from factories import complaints as made
from openpyxl import Workbook
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import ProgrammingError

from app.complaints.actions.entering import Behalf, enter_complaint
from app.complaints.actions.filing import Report
from app.complaints.models import CatalogueItem, CatalogueVersion
from app.complaints.queries import catalogue
from app.complaints.rules.answers import Channel
from app.complaints.rules.catalogue import SHIPPED
from app.complaints.rules.catalogue_imports import ImportState
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.spans import Span, Unit
from app.complaints.rules.states import Action
from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.refusal import Conflict, Invalid

TWO_DAYS = own.changed(limit="2个工作日", basis="合同第五条")
WITHOUT_LIGHTING = own.changed(without={"property.lighting"})
WALL = own.line("墙皮掉了", code="wall", limit="48小时")
WITH_WALL = own.changed(new=[WALL])


def desk(street, path=""):
    return f"/c/{street.community.code}/tickets/catalogue{path}"


def inside(world, street, read):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return read()


def holding(world, street):
    return inside(world, street, lambda: catalogue.current(street.community.id))


# Checking


def test_a_community_without_a_version_has_the_one_we_ship(world, street):
    assert holding(world, street) is SHIPPED


def test_a_checked_file_changes_nothing_until_it_is_published(world, street):
    row = own.upload(world, street, TWO_DAYS)
    assert (row.state, row.row_count, row.fault_count) == ("checked", len(SHIPPED.items), 0)
    assert holding(world, street) is SHIPPED


def test_a_file_with_faults_is_kept_with_each_of_them_and_cannot_be_published(world, street):
    row = own.upload(world, street, own.changed(limit="尽快", urgency="急急急"))
    assert row.state == ImportState.FAULTY
    assert [(one["line"], one["column"]) for one in row.result["faults"]] == [
        (7, "紧急程度"),
        (7, "办理时限"),
    ]
    with pytest.raises(Conflict):
        own.publish(world, street, own.changed(limit="尽快"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"name,phone\r\nx,1\r\n", "没有找到表头"),
        (b"a" * 10, "没有找到表头"),
        (own.as_csv([]), "一行事项都没有"),
        (own.as_csv([own.line(f"x{n}") for n in range(5001)]), "超过 5000 行"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(world, street, data, said):
    row = own.upload(world, street, data)
    assert row.state == ImportState.FAILED
    assert said in row.result["sentence"]


def test_a_workbook_is_read_as_well_as_csv(world, street):
    book, target = Workbook(), io.BytesIO()
    book.active.append(own.HEADS)
    book.active.append(own.line("墙皮掉了", code="wall", limit="48小时"))
    book.save(target)
    row = own.upload(world, street, target.getvalue(), "目录.xlsx")
    assert row.state == ImportState.CHECKED
    assert [item["code"] for item in row.result["items"]] == ["wall"]


def test_the_same_file_again_changes_nothing(world, street):
    assert own.publish(world, street, TWO_DAYS) == 1
    row = own.upload(world, street, TWO_DAYS)
    assert row.state == ImportState.UNCHANGED
    with pytest.raises(Conflict):
        own.publish(world, street, TWO_DAYS)
    assert holding(world, street).version == "1"


def test_what_we_hand_out_and_get_back_is_no_change(world, street):
    client = world.client(street.office)
    for ending in ("csv", "xlsx"):
        data = client.get(desk(street, f"/table.{ending}")).data
        assert own.upload(world, street, data, f"x.{ending}").state == ImportState.UNCHANGED


# Publishing


def test_a_version_says_who_published_it_when_why_and_from_what(world, street):
    started = now()
    assert own.publish(world, street, TWO_DAYS, note="合同改了") == 1
    assert own.publish(world, street, WITH_WALL) == 2
    rows = inside(world, street, lambda: catalogue.versions(street.community.id))
    newest, first = (row.CatalogueVersion for row in rows)
    assert (newest.number, first.number) == (2, 1)
    assert (first.note, first.source, first.published_by) == (
        "合同改了",
        "目录.csv",
        street.office.id,
    )
    assert started - timedelta(seconds=5) < first.created_at < now() + timedelta(seconds=5)
    recorded = inside(
        world,
        street,
        lambda: db.session.scalars(
            select(AuditEntry.details)
            .where(
                AuditEntry.community_id == street.community.id,
                AuditEntry.event == "complaints.catalogue_published",
            )
            .order_by(AuditEntry.id)
        ).all(),
    )
    assert [one["number"] for one in recorded] == [1, 2]


@pytest.mark.parametrize("model", [CatalogueVersion, CatalogueItem])
def test_a_published_version_cannot_be_changed_or_removed(world, street, model):
    own.publish(world, street, TWO_DAYS)
    for statement in (update(model).values(created_at=now()), delete(model)):
        with pytest.raises(ProgrammingError, match="permission denied"):
            inside(world, street, lambda statement=statement: db.session.execute(statement))


def test_who_saw_an_older_version_is_asked_to_look_again(world, street):
    own.publish(world, street, TWO_DAYS)
    with pytest.raises(Conflict, match="刚刚发布了新的目录"):
        own.publish(world, street, WITH_WALL, seen=0)
    assert holding(world, street).version == "1"


def test_an_upload_is_published_once(world, street):
    client = world.client(street.office)
    row = own.upload(world, street, TWO_DAYS)
    address = desk(street, f"/imports/{row.id}/publish")
    assert client.post(address, data={"seen": "0", "note": "改"}).status_code == 302
    assert client.post(address, data={"seen": "1", "note": "改"}).status_code == 409
    assert holding(world, street).version == "1"


def test_another_community_sees_nothing_of_it(world, street):
    other = made.street(world)
    own.publish(world, street, WITHOUT_LIGHTING)
    row = own.upload(world, street, WITH_WALL)
    assert holding(world, other) is SHIPPED
    made.report(world, other)
    stranger = world.client(other.office)
    assert stranger.get(desk(other, f"/imports/{row.id}")).status_code == 404
    assert stranger.get(desk(street)).status_code == 404


def test_communities_with_the_same_catalogue_share_what_a_process_remembers(world, street):
    other = made.street(world)
    own.publish(world, street, TWO_DAYS)
    own.publish(world, other, TWO_DAYS)
    assert holding(world, street).items is holding(world, other).items


# What it governs


def test_the_limit_of_an_item_drives_the_clock(world, street):
    key = made.report(world, street)
    own.publish(world, street, TWO_DAYS)
    before, after = (
        made.look(world, street, key),
        made.look(world, street, made.report(world, street)),
    )
    span = Span(2, Unit.WORKING_DAYS)
    assert after.promised_at == span.end_from(after.created_at)
    assert (after.own_limit, after.catalogue_version) == ("2 working_days", "1")
    assert before.promised_at == Span(5, Unit.WORKING_DAYS).end_from(before.created_at)
    assert (before.own_limit, before.catalogue_version) == (None, SHIPPED.version)


def test_a_case_keeps_its_promise_whatever_is_published_later(world, street):
    own.publish(world, street, TWO_DAYS)
    key = made.report(world, street)
    promised = made.look(world, street, key).promised_at
    own.publish(world, street, own.changed(limit="60天"))
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.REPLY, text="在办")
    row = made.look(world, street, key)
    assert (row.promised_at, row.due_at) == (promised, promised)
    assert (row.own_limit, row.catalogue_version) == ("2 working_days", "1")


def test_a_returned_case_counts_by_the_limit_it_was_filed_under(world, street):
    own.publish(world, street, TWO_DAYS)
    key = made.done(world, street)
    own.publish(world, street, own.changed(limit="60天"))
    made.step(world, street, key, "resident", Action.REOPEN, text="没修好")
    row = made.look(world, street, key)
    assert row.promised_at == Span(2, Unit.WORKING_DAYS).end_from(row.promise_from)


def test_another_category_brings_its_own_limit_counted_from_the_beginning(world, street):
    own.publish(world, street, WITH_WALL)
    key = made.report(world, street)
    made.step(world, street, key, "office", Action.RECLASSIFY, category="wall")
    row = made.look(world, street, key)
    assert (row.category, row.category_title, row.own_limit) == ("wall", "墙皮掉了", "2880 minutes")
    assert row.promised_at == row.promise_from + timedelta(hours=48)
    made.step(world, street, key, "office", Action.RECLASSIFY, category="property.lighting")
    assert made.look(world, street, key).own_limit is None


def test_a_matter_split_off_and_one_entered_by_staff_have_the_limit_too(world, street):
    own.publish(world, street, WITH_WALL)
    key = made.report(world, street)
    made.step(world, street, key, "office", Action.SPLIT_OFF, category="wall", text="墙也掉皮")
    entered = inside(
        world,
        street,
        lambda: enter_complaint(
            street.community.id,
            street.office.id,
            Report(uuid.uuid4(), "wall", PlaceChoice(PlaceKind.COMPOUND, street.compound_id), "x"),
            Behalf(Channel.PHONE, "何女士"),
        ),
    )
    assert made.look(world, street, entered).own_limit == "2880 minutes"
    titles = inside(
        world,
        street,
        lambda: db.session.execute(
            select(func.count())
            .select_from(made.Complaint)
            .where(
                made.Complaint.community_id == street.community.id,
                made.Complaint.category == "wall",
                made.Complaint.own_limit == "2880 minutes",
            )
        ).scalar_one(),
    )
    assert titles == 2


def test_a_retired_item_cannot_be_chosen_and_old_cases_still_show_it(world, street):
    key = made.report(world, street)
    own.publish(world, street, WITHOUT_LIGHTING)
    with pytest.raises(Invalid) as refused:
        made.report(world, street)
    assert "category" in refused.value.errors
    office, resident = world.client(street.office), world.client(street.resident)
    code = street.community.code
    assert "路灯不亮" in office.get(f"/c/{code}/tickets/{key}").text
    assert "路灯不亮" in resident.get(f"/c/{code}/complaints/{key}").text
    assert "路灯不亮" not in resident.get(f"/c/{code}/complaints/new").text
    assert (
        "要反映什么事" in resident.get(f"/c/{code}/complaints/new?category=property.lighting").text
    )
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="好了")
    assert "“路灯不亮”办好了吗" in resident.get(f"/c/{code}/").text


def test_residents_find_and_choose_the_items_published(world, street):
    own.publish(world, street, WITH_WALL)
    client, base = world.client(street.resident), f"/c/{street.community.code}/complaints/new"
    assert "墙皮掉了" in client.get(base).text
    assert "category=wall" in client.get(f"{base}?q=墙皮").text
    page = client.get(f"{base}?category=wall&place=stairwell:{street.home.stairwell_id}").text
    assert "48 小时" in page


def test_a_catalogue_too_long_for_a_phone_is_opened_group_by_group(world, street):
    lines = [own.line(f"事项{n}", group=f"大类{n % 4}") for n in range(80)]
    own.publish(world, street, own.as_csv(lines))
    client, base = world.client(street.resident), f"/c/{street.community.code}/complaints/new"
    page = client.get(base).text
    assert page.count('class="tile"') == 4
    assert "大类3" in page
    page = client.get(f"{base}?group=3").text
    assert page.count('class="tile"') == 20
    assert client.get(f"{base}?group=99").status_code == 200


def test_rules_of_dispatch_use_the_published_groups_and_mark_what_is_gone(world, street):
    client, base = world.client(street.office), f"/c/{street.community.code}/tickets/rules"
    form = {"days": "any", "party": "office", "place": "", "from_time": "", "to_time": ""}
    client.post(base, data={**form, "matter": "property.lighting"})
    own.publish(world, street, WITHOUT_LIGHTING)
    row = own.upload(world, street, own.as_csv([WALL]))
    assert "1 条派单规则" not in client.get(desk(street, f"/imports/{row.id}")).text
    page = client.get(base).text
    assert "路灯不亮" in page
    assert "目录里已没有，这条不生效" in page
    own.publish(world, street, WITH_WALL)
    page = client.get(base).text
    assert "目录里已没有" not in page
    assert "墙皮掉了" in page


def test_a_ticket_shows_the_basis_of_the_version_it_was_filed_under(world, street):
    own.publish(world, street, TWO_DAYS)
    key = made.report(world, street)
    own.publish(world, street, own.changed(basis="别的依据"))
    page = world.client(street.office).get(f"/c/{street.community.code}/tickets/{key}").text
    assert "合同第五条" in page
    assert "别的依据" not in page


# How much is read


def test_which_version_holds_is_read_at_most_once_a_request(world, street, statements):
    own.publish(world, street, WITH_WALL)
    client, code = world.client(street.office), street.community.code
    key = made.report(world, street)
    resident = world.client(street.resident)
    resident.get(f"/c/{code}/complaints/new")
    for who, address in (
        (client, f"/c/{code}/tickets/{key}"),
        (client, f"/c/{code}/tickets/enter"),
        (client, f"/c/{code}/tickets/rules"),
        (resident, f"/c/{code}/complaints/new"),
    ):
        with statements() as seen:
            assert who.get(address).status_code == 200
        asked = [one for one in seen if "FROM catalogue_version" in one]
        assert len(asked) == 1, address
        assert not [one for one in seen if "catalogue_item" in one and "position" in one]


def test_filing_reads_nothing_more_for_a_catalogue_of_ones_own(world, street, statements):
    made.report(world, street)
    with statements() as before:
        made.report(world, street)
    own.publish(world, street, TWO_DAYS)
    made.report(world, street)
    with statements() as after:
        made.report(world, street)
    assert len(after) == len(before)


# Pages


def test_the_pages_are_for_the_office_alone(world, street):
    own.publish(world, street, TWO_DAYS)
    row = own.upload(world, street, WITH_WALL)
    secretary = world.member(street.community, Role.PARTY_SECRETARY, "书记")
    paths = ["", "/shipped", "/table.csv", "/table.xlsx", f"/imports/{row.id}"]
    for person, status in (
        (street.office, 200),
        (secretary, 200),
        (street.manager, 404),
        (street.staff, 404),
        (street.resident, 404),
    ):
        client = world.client(person)
        answers = {path: client.get(desk(street, path)).status_code for path in paths}
        assert answers == dict.fromkeys(paths, status)
        posted = client.post(desk(street, f"/imports/{row.id}/publish"), data={"seen": "x"})
        assert posted.status_code == (422 if status == 200 else 404)


def test_a_person_uploads_looks_at_the_differences_and_publishes(world, street):
    client = world.client(street.office)
    data = own.changed(limit="2个工作日", without={"property.lift"}, new=[WALL])
    made.report(world, street, category="property.lift")
    sent = client.post(desk(street), data={"table": (io.BytesIO(data), "新目录.csv")})
    assert "正在检查" in client.get(sent.location).text
    world.work_off(street.community)
    page = client.get(sent.location).text
    for words in (
        "检查通过，还没有生效",
        "墙皮掉了",
        "2 个工作日",
        "电梯故障",
        "还有 1 件诉求在办",
    ):
        assert words in page
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', page)[1]
    missing = client.post(f"{sent.location}/publish", data={"seen": seen, "note": ""})
    assert missing.status_code == 422
    assert "请写一下为什么改" in missing.text
    done = client.post(f"{sent.location}/publish", data={"seen": seen, "note": "按新合同"})
    page = client.get(done.location).text
    assert "第 1 版" in page
    assert "按新合同" in page
    assert "已发布为第 1 版" in client.get(sent.location).text
    version = inside(world, street, lambda: catalogue.newest_version(street.community.id))
    page = client.get(desk(street, f"/{version.CatalogueVersion.id}")).text
    assert "新增 1，改动 1，停用 1" in page


def test_faults_are_listed_on_the_page_without_becoming_html(world, street):
    row = own.upload(world, street, own.changed(responsible="<b>城管</b>", title="x" * 41))
    page = world.client(street.office).get(desk(street, f"/imports/{row.id}")).text
    assert "第 7 行" in page
    assert "”看不懂，请写“物业”或“社区”" in page
    assert "<b>" not in page


def test_what_is_no_table_is_refused_with_a_sentence(world, street):
    client = world.client(street.office)
    picture = client.post(desk(street), data={"table": (io.BytesIO(made.photo()), "x.csv")})
    assert picture.status_code == 422
    empty = client.post(desk(street), data={"table": (io.BytesIO(b""), "x.csv")})
    assert "文件是空的" in empty.text
    nothing = client.post(desk(street))
    assert "请选择文件" in nothing.text


def test_the_list_is_filtered_and_paged(world, street):
    lines = [own.line(f"事项{n:03}", group=f"大类{n % 2}", code=f"c{n:03}") for n in range(230)]
    own.publish(world, street, own.as_csv(lines))
    client = world.client(street.office)
    page = client.get(desk(street)).text
    assert "事项099" in page
    assert "事项100" not in page
    older = re.search(r'href="([^"]+after=c099[^"]*)"', page)[1].replace("&amp;", "&")
    assert "事项100" in client.get(older).text
    page = client.get(desk(street, "?group=大类1&q=事项22")).text
    assert "事项221" in page
    assert "事项220" not in page
    assert "没有符合条件的事项" in client.get(desk(street, "?q=没有这个")).text
