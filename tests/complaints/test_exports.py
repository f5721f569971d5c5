"""Files of figures: what is in them, what never is, who gets them and for how long."""

from __future__ import annotations

import csv
import io
import threading
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from factories import complaints as made
from factories import figures as rows
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from app.complaints.actions import exporting
from app.complaints.figure_jobs import sweep_exports
from app.complaints.models import ComplaintExport
from app.complaints.rules.exports import AT_ONCE
from app.complaints.rules.states import State
from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.files.models import StoredFile
from app.core.outbox.models import OutboxMessage
from app.core.outbox.queries import claim_due
from app.core.outbox.work import work_message
from app.core.sweep import sweeping
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.people.models import Membership

DAY = timedelta(days=1)


def base(street, path=""):
    return f"/c/{street.community.code}/figures/{path}"


def ordered(world, street, person, kind="xlsx", query="which=all"):
    """Order a file, have it made and return its address."""
    client = world.client(person)
    answer = client.post(base(street, f"exports?{query}"), data={"format": kind})
    assert answer.status_code == 303
    world.work_off(street.community)
    page = client.get(answer.location).text
    return page.split('/file"')[0].rsplit('href="', 1)[1] + "/file"


def taken(world, street, person, kind="xlsx", query="which=all"):
    answer = world.client(person).get(ordered(world, street, person, kind, query))
    assert answer.status_code == 200
    return answer.data


def sheets(data):
    book = load_workbook(io.BytesIO(data))
    return {
        sheet.title: [[cell.value for cell in line] for line in sheet.iter_rows()] for sheet in book
    }


def tables(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {
            name.removesuffix(".csv"): list(
                csv.reader(io.StringIO(package.read(name).decode("utf-8-sig")))
            )
            for name in package.namelist()
        }


def everything(data):
    """All bytes of a file, unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return b"\n".join(package.read(name) for name in package.namelist()).decode()


def test_a_workbook_holds_the_figures_and_the_cases_that_add_up_to_them(world, street):
    rows.keep(
        world,
        street,
        [
            rows.row(street, 1, state=State.CLOSED, contacted_at=now() - 0.9 * DAY,
                     verdicts=2, verdicts_resolved=1, verdicts_content=1),
            rows.row(street, 2),
            rows.row(street, 200),
            rows.row(street, 300, state=State.CLOSED, closed_at=now() - 200 * DAY),
        ],
    )  # fmt: skip
    book = sheets(taken(world, street, street.office))
    assert list(book) == [
        "概览",
        "按事项",
        "按楼栋",
        "按办理单位",
        "进出",
        "最近12个月",
        "诉求明细",
    ]
    overview = {line[0]: line[1] for line in book["概览"][1:]}
    heads, *cases = book["诉求明细"]
    of = {head: place for place, head in enumerate(heads)}
    assert len(cases) == 3
    inside = [case for case in cases if case[of["本期反映"]] == "是"]
    assert len(inside) == overview["本期反映"] == 2
    assert len([case for case in cases if case[of["本期办结"]] == "是"]) == overview["本期办结"]
    assert sum(case[of["评价次数"]] for case in inside) == 2
    assert sum(case[of["其中解决"]] for case in inside) == 1
    assert overview["真正解决"] == "50.0%"
    assert [case[of["按时回应"]] for case in inside] == ["做到", "没有做到"]


def test_csv_holds_the_same_tables(world, street):
    rows.keep(world, street, [rows.row(street, 1), rows.row(street, 2)])
    book = sheets(taken(world, street, street.office))
    archive = tables(taken(world, street, street.office, "csv"))
    assert list(archive) == list(book)
    for name in ("按事项", "按楼栋", "按办理单位", "进出", "诉求明细"):
        plain = [["" if cell is None else str(cell) for cell in line] for line in book[name]]
        assert archive[name] == plain


def test_a_list_is_exported_as_it_is_shown(world, street):
    late, fine = rows.row(street, 9, promised_at=now() - DAY), rows.row(street, 1)
    rows.keep(world, street, [late, fine])
    book = sheets(taken(world, street, street.office, query="which=overdue"))
    assert list(book) == ["诉求明细"]
    assert [line[0] for line in book["诉求明细"][1:]] == [late["short_code"]]


@pytest.mark.parametrize(
    "words", ["=1+1", "+86", "@SUM(A1)", "-2+3", "\t=1", "＝cmd|' /C calc'!A0"]
)
def test_what_people_typed_is_never_a_formula(world, street, words):
    rows.keep(world, street, [rows.row(street, 1, text=words, place_note=words)])
    book = load_workbook(io.BytesIO(taken(world, street, street.office)))
    assert all(
        cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line
    )
    archive = tables(taken(world, street, street.office, "csv"))
    text = archive["诉求明细"][1][archive["诉求明细"][0].index("内容")]
    assert text == f"'{words}" or text.lstrip("+-").isdecimal()


@pytest.mark.parametrize("who", ["manager", "office"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_no_file_holds_who_reported(world, street, who, kind):
    phone = street.resident.phone.removeprefix("+86")
    made.report(world, street, anonymous=True)
    made.report(world, street)
    rows.keep(
        world,
        street,
        [
            rows.row(street, 1, anonymous=True, unit_label="3栋2单元1101"),
            rows.row(
                street, 1, reporter_id=None, contact_name="王来电", contact_phone="+8613912345678"
            ),
        ],
    )
    data = taken(world, street, getattr(street, who), kind)
    inside = everything(data)
    assert "楼道灯不亮" in inside
    for secret in (
        street.resident.name,
        phone,
        str(street.resident.id),
        "王来电",
        "13912345678",
        "1101",
    ):
        assert secret not in inside
        assert secret.encode() not in data


def test_a_manager_gets_the_own_companys_cases_only(world, street):
    other = made.company(world, street.community, "另一家物业")
    mine = rows.row(street, 1)
    rows.keep(world, street, [mine, rows.row(street, 1, organization_id=other, text="别家的事")])
    inside = everything(taken(world, street, street.manager))
    assert mine["short_code"] in inside
    assert "别家的事" not in inside
    assert "另一家物业" not in inside


def test_a_file_is_for_whoever_ordered_it_and_for_nobody_else(world, street):
    rows.keep(world, street, [rows.row(street, 1)])
    address = ordered(world, street, street.office)
    colleague = world.member(street.community, Role.COMMUNITY_STAFF)
    for person in (colleague, street.manager, street.resident):
        assert world.client(person).get(address).status_code == 404
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        stored = db.session.scalars(
            select(StoredFile.id).where(StoredFile.community_id == street.community.id)
        ).one()
    plain = f"/c/{street.community.code}/files/{stored}"
    assert world.client(street.office).get(plain).status_code == 404


def test_who_no_longer_leads_the_company_no_longer_gets_the_file(world, street):
    rows.keep(world, street, [rows.row(street, 1)])
    address = ordered(world, street, street.office)
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        db.session.execute(
            update(Membership)
            .where(Membership.account_id == street.office.id)
            .values(role=Role.PROPERTY_MANAGER, organization_id=street.company_id)
        )
    assert world.client(street.office).get(base(street)).status_code == 200
    assert world.client(street.office).get(address).status_code == 404


def test_ordering_and_taking_are_on_record(world, street):
    rows.keep(world, street, [rows.row(street, 1)])
    taken(world, street, street.office)
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        events = db.session.scalars(
            select(AuditEntry.event).where(
                AuditEntry.community_id == street.community.id,
                AuditEntry.actor_id == street.office.id,
            )
        ).all()
    assert events.count("complaints.figures_ordered") == 1
    assert events.count("complaints.figures_taken") == 1


def test_a_file_is_made_once_however_often_it_is_asked_for(world, street):
    rows.keep(world, street, [rows.row(street, 1)])
    ordered(world, street, street.office)
    scope = Scope(community_id=street.community.id)
    with world.app.app_context(), transaction(scope):
        export = db.session.scalars(
            select(ComplaintExport).where(ComplaintExport.community_id == street.community.id)
        ).one()
    with world.app.app_context(), transaction(scope):
        exporting.make_export(street.community.id, export.id)
    with world.app.app_context(), transaction(scope):
        files = db.session.scalar(
            select(func.count()).where(StoredFile.community_id == street.community.id)
        )
    assert files == 1


def test_a_file_that_takes_longer_than_the_lease_is_not_made_twice(world, street, monkeypatch):
    rows.keep(world, street, [rows.row(street, 1)])
    community_id = street.community.id
    client = world.client(street.office)
    assert client.post(base(street, "exports"), data={"format": "csv"}).status_code == 303
    scope = Scope(community_id=community_id)
    with world.app.app_context(), transaction(scope):
        message_id = db.session.scalar(
            select(OutboxMessage.id).where(OutboxMessage.kind == "complaint.export")
        )
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == message_id)
            .values(available_at=now() - timedelta(minutes=1))
        )
    writing, written, made_files = threading.Event(), threading.Event(), []
    write = exporting.store_made

    def slowly(*args, **values):
        made_files.append(values["subject_id"])
        writing.set()
        assert written.wait(20)
        return write(*args, **values)

    monkeypatch.setattr(exporting, "store_made", slowly)
    outcomes = []

    def work():
        with world.app.app_context():
            outcomes.append(work_message(community_id, str(message_id)))

    first = threading.Thread(target=work)
    first.start()
    assert writing.wait(20)
    # The lease is over: the relay leaves it alone, and a worker that has it already waits.
    with world.app.app_context(), sweeping() as connection:
        claimed = {row.id for row in claim_due(connection, 10_000)}
    assert message_id not in claimed
    second = threading.Thread(target=work)
    second.start()
    second.join(timeout=0.3)
    assert second.is_alive()
    written.set()
    first.join(20)
    second.join(20)
    assert sorted(outcomes) == [False, True]
    assert len(made_files) == 1


def test_too_many_files_at_once_are_refused_in_words(world, street):
    client = world.client(street.office)
    for _ in range(AT_ONCE):
        assert client.post(base(street, "exports"), data={"format": "csv"}).status_code == 303
    answer = client.post(base(street, "exports"), data={"format": "csv"})
    assert answer.status_code == 409
    assert "请等它们做好" in answer.text


def test_too_many_rows_are_refused_in_words(world, street, monkeypatch):
    monkeypatch.setattr("app.complaints.actions.exporting.MOST_ROWS", 1)
    rows.keep(world, street, [rows.row(street, 1), rows.row(street, 2)])
    client = world.client(street.office)
    client.post(base(street, "exports?which=all"), data={"format": "xlsx"})
    world.work_off(street.community)
    assert "请选短一点的时间" in client.get(base(street, "exports/")).text


def test_a_file_goes_after_a_week_and_the_line_says_so(world, street):
    rows.keep(world, street, [rows.row(street, 1)])
    address = ordered(world, street, street.office)
    with world.app.app_context():
        with transaction(Scope(community_id=street.community.id)):
            db.session.execute(
                update(ComplaintExport)
                .where(ComplaintExport.community_id == street.community.id)
                .values(ready_at=now() - 8 * DAY)
            )
        assert sweep_exports() == 1
    world.work_off(street.community)
    client = world.client(street.office)
    assert client.get(address).status_code == 404
    assert "已过期删除" in client.get(base(street, "exports/")).text


def test_ten_thousand_cases_never_stand_in_memory_together(world, street):
    long = "很长的话" * 100
    rows.keep(world, street, [rows.row(street, 1, text=long) for _ in range(10_000)])
    client = world.client(street.office)
    client.post(base(street, "exports?which=all"), data={"format": "csv"})
    tracemalloc.start()
    try:
        world.work_off(street.community)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    whole = 10_000 * len(long.encode())
    assert most < whole
    page = client.get(base(street, "exports/")).text
    assert "10000 件" in page
