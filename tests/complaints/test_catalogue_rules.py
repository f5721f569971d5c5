from __future__ import annotations

import pytest
from factories.catalogue import HEADS, line, shipped_lines
from hypothesis import given
from hypothesis import strategies as st

from app.complaints.rules.catalogue import SHIPPED, by_code, digest_of
from app.complaints.rules.catalogue_changes import compare, has_rest
from app.complaints.rules.catalogue_imports import read_item, stored_item
from app.complaints.rules.catalogue_lines import Column, cells_of, read_catalogue
from app.complaints.rules.deadlines import Responsible, Urgency
from app.complaints.rules.spans import Span, Unit
from app.kit.tables import TableRefused


def read(*lines, heads=HEADS, known=SHIPPED.items):
    return read_catalogue(enumerate([heads, *lines], start=1), known)


def said(reading):
    return [(fault.line, fault.column) for fault in reading.faults]


def test_the_table_we_hand_out_reads_as_the_same_catalogue():
    reading = read(*shipped_lines().values())
    assert not reading.faults
    assert digest_of(reading.items) == digest_of(SHIPPED.items.values())


def test_a_line_becomes_an_item_with_its_own_limit_and_basis():
    given_line = line(
        "墙皮掉了", code="7-01", urgency="疑难", limit="10个工作日", basis="合同第三条"
    )
    (item,) = read(given_line).items
    assert (item.code, item.title, item.responsible) == ("7-01", "墙皮掉了", Responsible.PROPERTY)
    assert (item.urgency, item.basis) == (Urgency.HARD, "合同第三条")
    assert item.limit == Span(10, Unit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("24小时", Span(24 * 60, Unit.MINUTES)),
        ("２４ 小时内", Span(24 * 60, Unit.MINUTES)),
        ("8个工作小时", Span(8 * 60, Unit.WORKING_MINUTES)),
        ("7天以内", Span(7, Unit.DAYS)),
        ("120个工作日", Span(120, Unit.WORKING_DAYS)),
        ("", None),
    ],
)
def test_a_limit_is_read_as_people_write_it(written, span):
    assert read(line("墙皮掉了", limit=written)).items[0].limit == span


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"who": ""}, "归谁办"),
        ({"who": "城管"}, "归谁办"),
        ({"group": ""}, "大类"),
        ({"urgency": "非常急"}, "紧急程度"),
        ({"limit": "尽快"}, "办理时限"),
        ({"limit": "0天"}, "办理时限"),
        ({"limit": "181天"}, "办理时限"),
        ({"limit": "121个工作日"}, "办理时限"),
        ({"code": "a/b"}, "代码"),
        ({"code": "<b>"}, "代码"),
        ({"code": "x" * 41}, "代码"),
        ({"hint": "长" * 61}, "说明"),
        ({"basis": "长" * 501}, "管理依据"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(cells, column):
    reading = read(line("好的"), line("坏的", **cells), line("也好"))
    assert said(reading) == [(3, column)]
    assert reading.lines == 3


def test_every_fault_is_told_at_once():
    reading = read(line("", who="城管", limit="尽快"), line("坏的", urgency="急急急"))
    assert said(reading) == [(2, "事项"), (2, "归谁办"), (2, "办理时限"), (3, "紧急程度")]


def test_a_code_or_a_title_that_stands_twice_names_the_line_before():
    reading = read(
        line("甲", code="a1"),
        line("乙", code="a1"),
        line("甲", code="a2"),
        line("甲", group="别的"),
    )
    assert said(reading) == [(3, "代码"), (4, "事项")]
    assert "第 2 行" in reading.faults[0].sentence
    assert "第 2 行" in reading.faults[1].sentence


def test_an_item_without_a_code_keeps_the_one_it_has():
    (item,) = read(line("路灯不亮")).items
    assert item.code == "property.lighting"


def test_a_new_item_without_a_code_always_gets_the_same_one():
    first, again = (read(line("墙皮掉了")).items[0] for _ in range(2))
    assert first.code == again.code
    assert first.code not in SHIPPED.items
    assert read(line("墙皮掉了", group="别的")).items[0].code != first.code


def test_columns_are_found_by_their_names_wherever_they_stand():
    heads = ("责任单位", "事项名称", "备注", "分类")
    (item,) = read(("居委会", "狗叫", "夜里", "邻里"), heads=heads).items
    assert (item.responsible, item.title, item.group) == (Responsible.COMMUNITY, "狗叫", "邻里")


def test_lines_above_the_header_are_passed_over_and_counted():
    rows = [("某市事项目录",), ("2026 年",), HEADS, line("坏的", limit="尽快")]
    reading = read_catalogue(enumerate(rows, start=1), {})
    assert said(reading) == [(4, "办理时限")]


@pytest.mark.parametrize("rows", [[], [("a", "b")], [line("x")] * 12, [HEADS]])
def test_a_table_without_a_header_or_without_items_is_refused(rows):
    with pytest.raises(TableRefused):
        read_catalogue(enumerate(rows, start=1), {})


def test_a_text_we_guarded_against_spreadsheets_reads_as_it_was():
    (item,) = read(line("好的", hint="'-晚上", basis="'=第三条")).items
    assert (item.hint, item.basis) == ("-晚上", "=第三条")


def test_new_changed_retired_and_the_same_are_told_apart():
    lines = shipped_lines()
    lines["property.lighting"][HEADS.index(Column.LIMIT)] = "2个工作日"
    del lines["property.lift"]
    reading = read(*lines.values(), line("墙皮掉了", code="wall"))
    changes = compare(SHIPPED.items, by_code(reading.items))
    assert [item.code for item in changes.new] == ["wall"]
    assert [item.code for item in changes.retired] == ["property.lift"]
    (one,) = changes.changed
    assert one.item.code == "property.lighting"
    assert one.differences == (("办理时限", "", "2 个工作日"),)
    assert changes.same == len(SHIPPED.items) - 2
    assert changes.any


def test_another_order_is_a_change_and_the_same_order_none():
    turned = by_code(reversed(SHIPPED.items.values()))
    assert compare(SHIPPED.items, turned).only_order
    assert digest_of(turned.values()) != digest_of(SHIPPED.items.values())
    assert not compare(SHIPPED.items, SHIPPED.items).any


def test_a_catalogue_without_a_rest_is_noticed():
    assert has_rest(SHIPPED.items)
    assert not has_rest(by_code(read(line("墙皮掉了"), line("其他设施坏了")).items))
    assert has_rest(by_code(read(line("其它")).items))


words = st.text("墙皮路灯水管电梯ab1", min_size=1, max_size=12)
written_limits = st.sampled_from(["", "2小时", "30分钟", "7天", "5个工作日", "8个工作小时"])


@given(st.lists(st.tuples(words, words, written_limits), min_size=1, max_size=20))
def test_what_is_read_survives_being_kept_and_being_handed_out_again(rows):
    unique = {(group, title): limit for group, title, limit in rows}
    lines = [line(title, group=group, limit=limit) for (group, title), limit in unique.items()]
    first = read(*lines, known={})
    assert not first.faults
    assert [read_item(stored_item(item)) for item in first.items] == list(first.items)
    again = read(*map(cells_of, first.items), known={})
    assert again.items == first.items
