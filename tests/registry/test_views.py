from __future__ import annotations

import csv
import io

import pytest
from factories.registry import Register, as_csv, identity
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import event, select

from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.transaction import transaction
from app.registry.models import Building, Owner, Ownership, PropertyUnit, Stairwell, UnitClaim

ROWS = [
    ("1", "1", f"{floor}0{room}", "90", f"业主{floor}{room}", "", identity(floor * 10 + room), "")
    for floor in (1, 2)
    for room in (1, 2)
]


@pytest.fixture
def office(world):
    """A register with four units and a signed-in member of the office."""
    register = Register(world)
    register.merge(as_csv(*ROWS))
    register.client = world.client(register.staff)
    register.base = f"/c/{register.community.code}/registry"
    with world.app.app_context(), transaction(register.scope):
        register.unit_id = db.session.scalars(
            select(PropertyUnit.id).order_by(PropertyUnit.sort_key)
        ).first()
        register.building_id = db.session.scalars(select(Building.id)).one()
        register.stairwell_id = db.session.scalars(select(Stairwell.id)).one()
        register.ownership = db.session.scalars(
            select(Ownership).where(Ownership.unit_id == register.unit_id)
        ).one()
        register.owner_id = register.ownership.owner_id
    return register


def photo():
    target = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(target, "JPEG")
    return io.BytesIO(target.getvalue())


def test_every_page_of_the_register_opens(office):
    pages = [
        "/", "/units", "/owners", "/imports", "/claims", "/compounds/new",
        f"/compounds/{office.compound_id}", f"/compounds/{office.compound_id}/edit",
        f"/compounds/{office.compound_id}/buildings/new", f"/buildings/{office.building_id}",
        f"/buildings/{office.building_id}/edit", f"/buildings/{office.building_id}/stairwells/new",
        f"/buildings/{office.building_id}/units/new", f"/stairwells/{office.stairwell_id}/edit",
        f"/units/{office.unit_id}", f"/units/{office.unit_id}/edit",
        f"/units/{office.unit_id}/owners/new", f"/owners/{office.owner_id}",
        f"/owners/{office.owner_id}/edit",
    ]  # fmt: skip
    answers = {path: office.client.get(office.base + path).status_code for path in pages}
    assert {path: status for path, status in answers.items() if status != 200} == {}


def test_staff_add_a_compound_a_building_a_stairwell_and_a_unit(office):
    client, base = office.client, office.base
    new = client.post(f"{base}/compounds/new", data={"name": "檀溪新村", "residential": "y"})
    compound = new.location.rsplit("/", 1)[1]
    new = client.post(f"{base}/compounds/{compound}/buildings/new", data={"name": "7"})
    building = new.location.rsplit("/", 1)[1]
    client.post(f"{base}/buildings/{building}/stairwells/new", data={"name": "2"})
    form = {
        "room": "301", "kind": "dwelling", "area": "88.8", "area_source": "measured",
        "sale_state": "delivered", "stairwell_id": "",
    }  # fmt: skip
    new = client.post(f"{base}/buildings/{building}/units/new", data=form)
    assert "7栋301" in client.get(new.location).text
    assert "88.80" in client.get(new.location).text


def test_a_wrong_area_is_shown_again_as_typed(office):
    answer = office.client.post(
        f"{office.base}/units/{office.unit_id}/edit",
        data={"room": "101", "kind": "dwelling", "area": "很大", "area_source": "register",
              "sale_state": "delivered", "stairwell_id": "", "version": "1"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert 'value="很大"' in answer.text
    assert "最多两位小数" in answer.text


def test_the_second_editor_sees_both_versions_and_may_insist(office):
    path = f"{office.base}/compounds/{office.compound_id}/edit"
    office.client.post(path, data={"name": "甲方名称", "version": "1"})
    late = office.client.post(path, data={"name": "乙方名称", "version": "1"})
    assert late.status_code == 409
    assert "甲方名称" in late.text
    assert 'value="乙方名称"' in late.text
    assert 'name="version" id="version" value="2"' in late.text
    again = office.client.post(path, data={"name": "乙方名称", "version": "2"})
    assert again.status_code == 302


def test_an_owner_is_registered_and_a_share_changed_and_ended(office):
    client, base = office.client, office.base
    path = f"{base}/units/{office.unit_id}/owners/new"
    form = {"name": "李四", "kind": "natural", "phone": "13812345678", "share": "1/2"}
    assert client.post(path, data=form).status_code == 422
    holding = f"{base}/holdings/{office.ownership.id}"
    assert client.post(f"{holding}/edit", data={"share": "1/2"}).status_code == 302
    assert client.post(path, data=form).status_code == 302
    assert office.holders()["1栋1单元101"] == [("业主11", "1/2"), ("李四", "1/2")]
    assert client.post(f"{holding}/end").status_code == 409


def test_a_number_is_masked_until_asked_for_and_each_look_is_recorded(office, world):
    path = f"{office.base}/owners/{office.owner_id}"
    assert identity(11) not in office.client.get(path).text
    shown = office.client.post(f"{path}/identity")
    assert identity(11) in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert identity(11) not in office.client.get(path).text
    with world.app.app_context(), transaction(office.scope):
        entries = db.session.scalars(
            select(AuditEntry).where(AuditEntry.event == "registry.identity_viewed")
        ).all()
        assert [entry.actor_id for entry in entries] == [office.staff.id]


def test_a_grid_member_reads_but_neither_edits_nor_sees_numbers(office, world):
    client = world.client(world.member(office.community, Role.GRID_MEMBER))
    assert client.get(f"{office.base}/units").status_code == 200
    assert client.get(f"{office.base}/units/{office.unit_id}/edit").status_code == 404
    assert client.post(f"{office.base}/owners/{office.owner_id}/identity").status_code == 404


def test_an_owner_is_found_by_the_whole_number_only(office):
    found = office.client.get(f"{office.base}/owners", query_string={"q": identity(11)})
    assert "业主11" in found.text
    part = office.client.get(f"{office.base}/owners", query_string={"q": identity(11)[:10]})
    assert "没有找到这位业主" in part.text


@pytest.mark.parametrize("path", ["units/export", "owners/export"])
def test_exports_hold_no_formula_and_no_whole_number(office, world, path):
    with world.app.app_context(), transaction(office.scope):
        owner = db.session.get_one(Owner, (office.community.id, office.owner_id))
        owner.name = "=cmd|' /C calc'!A0"
    answer = office.client.get(f"{office.base}/{path}?format=csv")
    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith("=")]
    assert not [cell for cell in cells if identity(12) in cell]
    book = load_workbook(io.BytesIO(office.client.get(f"{office.base}/{path}").data))
    assert not [c for row in book.active.iter_rows() for c in row if c.data_type == "f"]


def test_a_list_page_needs_the_same_number_of_statements_for_more_rows(office, world):
    def statements(path):
        seen = []
        with world.app.app_context():
            engine = db.engine

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        office.client.get(f"{office.base}/{path}")
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    paths = ["units", "owners", f"buildings/{office.building_id}", "", "claims"]
    office.client.get(f"{office.base}/units")
    before = {path: statements(path) for path in paths}
    more = [
        ("1", "1", f"{floor}01", "90", f"住户{floor}", "", identity(900 + floor), "")
        for floor in range(3, 30)
    ]
    office.merge(as_csv(*more))
    assert {path: statements(path) for path in paths} == before


def test_a_register_is_uploaded_checked_and_merged_in_the_browser(office, world):
    data = as_csv(("2", "1", "101", "90", "新住户", "", "", ""))
    sent = office.client.post(
        f"{office.base}/imports",
        data={"compound_id": str(office.compound_id), "table": (io.BytesIO(data), "名册.csv")},
    )
    assert sent.status_code == 302
    waiting = office.client.get(sent.location).text
    assert "正在检查" in waiting
    assert f'hx-get="{sent.location}/progress"' in waiting
    world.work_off(office.community)
    assert office.client.get(f"{sent.location}/progress").headers["HX-Refresh"] == "true"
    assert "检查通过" in office.client.get(sent.location).text
    office.client.post(f"{sent.location}/apply")
    world.work_off(office.community)
    assert "已导入" in office.client.get(sent.location).text
    assert office.client.post(f"{sent.location}/apply").status_code == 409


def test_faults_are_shown_up_to_200_and_downloaded_in_full(office):
    rows = [("2", "1", str(room), "很大", "某人", "", "", "") for room in range(101, 351)]
    import_id = office.check(as_csv(*rows))
    page = office.client.get(f"{office.base}/imports/{import_id}").text
    assert "先列出前 200 处，共 250 处" in page
    assert "第 201 行" in page
    assert "第 202 行" not in page
    listed = office.client.get(f"{office.base}/imports/{import_id}/faults.csv").text
    assert len(listed.splitlines()) == 251


def test_an_upload_that_is_no_table_is_refused_at_the_door(office):
    answer = office.client.post(
        f"{office.base}/imports",
        data={"compound_id": str(office.compound_id), "table": (photo(), "名册.xlsx")},
    )
    assert answer.status_code == 422
    assert "格式" in answer.text


@pytest.mark.parametrize("name", ["template.xlsx", "template.csv"])
def test_the_template_can_be_downloaded(office, name):
    answer = office.client.get(f"{office.base}/imports/{name}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]


def walk(client, community, **chosen):
    return client.get(f"/c/{community.code}/claim", query_string=chosen)


def test_a_newcomer_walks_from_compound_to_room_without_script(office, world):
    client = world.client(world.person())
    world.compound(office.community)
    first = walk(client, office.community)
    assert "哪个小区？" in first.text
    room = walk(client, office.community, compound=str(office.compound_id))
    assert "哪个房号？" in room.text
    assert str(office.unit_id) in room.text
    last = walk(client, office.community, unit=str(office.unit_id))
    assert "1栋1单元101" in last.text


def test_a_claim_with_a_photo_is_decided_by_the_office(office, world):
    person = world.person("业主11")
    resident = world.client(person)
    path = f"/c/{office.community.code}/claim"
    form = {"unit_id": str(office.unit_id), "relation": "owner", "note": "换了号码"}
    sent = resident.post(path, data={**form, "photo": (photo(), "证.jpg")})
    assert sent.location == path
    assert "等待核对" in resident.get(path).text
    with world.app.app_context(), transaction(office.scope):
        claim_id = db.session.scalars(select(UnitClaim.id)).one()
    page = office.client.get(f"{office.base}/claims/{claim_id}").text
    assert "换了号码" in page
    assert "/thumbnail" in page
    assert person.phone.removeprefix("+86") not in page
    assert office.client.post(f"{office.base}/claims/{claim_id}/approve").status_code == 422
    done = office.client.post(
        f"{office.base}/claims/{claim_id}/approve", data={"owner_id": str(office.owner_id)}
    )
    assert done.status_code == 302
    assert "已通过" in resident.get(path).text
    assert resident.get(f"/c/{office.community.code}/").status_code == 200


def test_a_refusal_without_reason_is_shown_again(office, world):
    resident = world.client(world.person())
    resident.post(
        f"/c/{office.community.code}/claim",
        data={"unit_id": str(office.unit_id), "relation": "tenant"},
    )
    with world.app.app_context(), transaction(office.scope):
        claim_id = db.session.scalars(select(UnitClaim.id)).one()
    answer = office.client.post(f"{office.base}/claims/{claim_id}/refuse", data={"reason": " "})
    assert answer.status_code == 422
    assert "请写明原因" in answer.text


def test_a_claim_without_relation_keeps_what_was_typed(office, world):
    answer = world.client(world.person()).post(
        f"/c/{office.community.code}/claim",
        data={"unit_id": str(office.unit_id), "note": "我住这里"},
    )
    assert answer.status_code == 422
    assert "我住这里" in answer.text
