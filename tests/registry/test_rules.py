from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.refusal import Invalid
from app.kit.tables import TableRefused
from app.registry.rules import ClaimState, OwnerKind, Relation, SaleState, naming
from app.registry.rules.claims import (
    ClaimDecided,
    ReasonMissing,
    RegisteredOwner,
    check_open,
    check_reason,
    judge,
)
from app.registry.rules.columns import Column, HeaderUnusable, find_header, recognise
from app.registry.rules.grid import draw
from app.registry.rules.lines import RegisterLine, is_example, read_line
from app.registry.rules.shares import ShareUnreadable, check_total, parse_share, say_share

HEADS = [column.value for column in Column]
PLACES = {column: place for place, column in enumerate(Column)}
GOOD = {
    Column.BUILDING: "3",
    Column.STAIRWELL: "2",
    Column.ROOM: "1101室",
    Column.AREA: "89.50",
    Column.OWNER_NAME: "张 三",
}


def line(**changed):
    cells = {**GOOD, **{Column[name.upper()]: value for name, value in changed.items()}}
    return read_line([cells.get(column, "") for column in Column], PLACES, "檀溪花园")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3", "3栋"),
        ("03", "3栋"),
        ("3#", "3栋"),
        ("３ 栋", "3栋"),
        ("3号楼", "3号楼"),
        ("A座", "A座"),
    ],
)
def test_a_building_has_one_name(typed, kept):
    assert naming.building_name(typed) == kept


@pytest.mark.parametrize(
    ("room", "floor"), [("1101", 11), ("101", 1), ("A302", 3), ("S01", None), ("001", None)]
)
def test_the_floor_is_read_from_the_room(room, floor):
    assert naming.floor_of(room) == floor


def test_units_are_sorted_as_people_count():
    names = [("10栋", "1单元", "101"), ("2栋", "1单元", "1001"), ("2栋", "1单元", "201")]
    assert sorted(names, key=lambda name: naming.unit_key(*name)) == [names[2], names[1], names[0]]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("1/2", Fraction(1, 2)),
        ("50%", Fraction(1, 2)),
        ("0.5", Fraction(1, 2)),
        ("１", Fraction(1)),
    ],
)
def test_shares_are_read_in_three_spellings(text, share):
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["0", "3/2", "1/0", "101%", "-1/2", "一半", "1/9999999", ""])
def test_an_improper_share_is_refused(text):
    with pytest.raises(ShareUnreadable):
        parse_share(text)


@given(st.integers(1, 999), st.integers(1, 999))
def test_a_share_survives_being_written_and_read(numerator, denominator):
    share = Fraction(min(numerator, denominator), denominator)
    said = say_share(share.numerator, share.denominator)
    assert parse_share("1" if said == "全部" else said) == share


def test_six_sixths_are_the_whole_and_no_more():
    check_total([Fraction(1, 6)] * 6)
    with pytest.raises(ShareUnreadable):
        check_total([Fraction(1, 6)] * 6 + [Fraction(1, 1_000_000)])


MINE, OTHER = uuid4(), uuid4()
PHONE, OTHER_PHONE = "+8613800000001", "+8613800000002"
OWNER = UUID(int=1)


@pytest.mark.parametrize(
    ("relation", "phone", "bound_to", "state"),
    [
        (Relation.OWNER, PHONE, None, ClaimState.APPROVED),
        (Relation.OWNER, PHONE, MINE, ClaimState.APPROVED),
        (Relation.OWNER, OTHER_PHONE, MINE, ClaimState.APPROVED),
        (Relation.OWNER, PHONE, OTHER, ClaimState.PENDING),
        (Relation.OWNER, OTHER_PHONE, None, ClaimState.PENDING),
        (Relation.OWNER, None, None, ClaimState.PENDING),
        (Relation.FAMILY, PHONE, None, ClaimState.PENDING),
        (Relation.TENANT, PHONE, None, ClaimState.PENDING),
    ],
)
def test_only_an_owner_with_the_registered_phone_is_believed(relation, phone, bound_to, state):
    verdict = judge(relation, MINE, PHONE, [RegisteredOwner(OWNER, phone, bound_to)])
    assert verdict.state is state
    assert verdict.owner_id == (OWNER if state is ClaimState.APPROVED else None)


def test_a_unit_without_owners_is_for_a_person_to_decide():
    assert judge(Relation.OWNER, MINE, PHONE, []).state is ClaimState.PENDING


@pytest.mark.parametrize("state", [ClaimState.APPROVED, ClaimState.REFUSED, ClaimState.ENDED])
def test_a_decided_claim_is_not_decided_again(state):
    with pytest.raises(ClaimDecided):
        check_open(state)


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_refusal_needs_a_reason(reason):
    with pytest.raises(ReasonMissing):
        check_reason(reason)


@pytest.mark.parametrize(
    ("heads", "column"),
    [
        (["幢号"], Column.BUILDING),
        (["室号"], Column.ROOM),
        (["建筑面积（㎡）"], Column.AREA),
        (["产权人"], Column.OWNER_NAME),
        (["联系电话*"], Column.PHONE),
        (["身份证号码"], Column.IDENTITY),
    ],
)
def test_heads_are_recognised_by_their_synonyms(heads, column):
    required = ["楼栋", "房号", "面积", "业主姓名"]
    others = [head for head in required if head != column.value]
    assert recognise([*others, *heads])[column] == len(others)


def test_two_heads_for_one_column_are_refused():
    with pytest.raises(TableRefused, match="手机"):
        recognise([*HEADS, "联系电话"])


def test_a_title_may_stand_above_the_header():
    assert find_header([("檀溪花园业主名册",), ("制表：物业",), tuple(HEADS)]) == 2


def test_a_table_without_header_is_refused():
    with pytest.raises(HeaderUnusable):
        find_header([("3栋", "1101", "89.5"), ("3栋", "1102", "89.5")])


def test_a_good_line_is_read_with_its_defaults():
    read = line()
    assert isinstance(read, RegisterLine)
    assert (read.building, read.stairwell, read.room, read.floor) == ("3栋", "2单元", "1101", 11)
    assert (read.area_centi, read.owner_name, read.owner_kind) == (8950, "张三", OwnerKind.NATURAL)


def test_an_unsold_unit_needs_no_owner():
    read = line(owner_name="", sale_state="未售")
    assert isinstance(read, RegisterLine)
    assert (read.sale_state, read.owner_kind) == (SaleState.UNSOLD, OwnerKind.DEVELOPER)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("compound", "别的小区"),
        ("building", ""),
        ("room", ""),
        ("area", "1e3"),
        ("area", "-5"),
        ("area", ""),
        ("owner_name", ""),
        ("owner_name", "=HYPERLINK(1)"),
        ("owner_name", "张\u202e三"),
        ("phone", "12345"),
        ("identity", "420602199001011234"),
        ("identity", "4.20602E+17"),
        ("share", "3/2"),
        ("floor", "十一"),
        ("kind", "别墅群"),
    ],
)
def test_a_bad_cell_is_named_by_its_column(column, value):
    faults = line(**{column: value})
    assert not isinstance(faults, RegisterLine)
    assert [fault.column for fault in faults] == [Column[column.upper()].value]


def test_the_templates_own_example_is_passed_over():
    cells = [""] * len(HEADS)
    cells[PLACES[Column.OWNER_NAME]] = "示例：张三（这一行不会导入）"
    assert is_example(cells, PLACES)


@dataclass(frozen=True)
class Room:
    room: str
    floor: int | None
    stairwell_id: UUID | None


def test_rooms_that_end_alike_stand_above_each_other():
    well = uuid4()
    rooms = [Room("101", 1, well), Room("202", 2, well), Room("B01", None, None)]
    drawing = draw(rooms, [well, None])
    assert drawing.columns == ((well, 2),)
    assert drawing.floors == ((2, (None, rooms[1])), (1, (rooms[0], None)))
    assert drawing.elsewhere == (rooms[2],)


def test_a_share_fault_keeps_its_own_sentence():
    with pytest.raises(Invalid, match="1/2"):
        parse_share("二分之一")
