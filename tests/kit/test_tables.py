import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.kit.refusal import Invalid, TooLarge
from app.kit.tables import (
    Limits,
    Row,
    TableRefused,
    column_name,
    match_columns,
    read_table,
    safe_cell,
)

SYNONYMS = {
    "room": ("房号", "房屋编号", "门牌号"),
    "area": ("建筑面积", "专有面积"),
    "owner": ("业主姓名", "业主", "姓名"),
}


def workbook(*rows, prepare=None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if prepare:
        prepare(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(data, name, change):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", 8) as new:
        for part in old.namelist():
            body = old.read(part)
            new.writestr(part, change(body) if part == name else body)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_is_read_in_every_encoding_excel_saves(encoding, delimiter, newline):
    text = newline.join(delimiter.join(row) for row in [("房号", "面积"), ("1栋101", "89.50")])
    assert list(read_table(text.encode(encoding))) == [
        Row(1, ("房号", "面积")),
        Row(2, ("1栋101", "89.50")),
    ]


def test_blank_rows_are_left_out_and_lines_keep_their_numbers():
    data = '房号,备注\n\n 1栋101 ,"两\n行"\n,,\n1栋102,\n'.encode()
    assert list(read_table(data)) == [
        Row(1, ("房号", "备注")),
        Row(3, ("1栋101", "两\n行")),
        Row(6, ("1栋102",)),
    ]


def test_a_workbook_is_read_as_it_looks():
    data = workbook(
        ["房号", "面积", "电话", "日期", "时间", "自住"],
        ["1栋101", 89.6, 13812345678, date(2026, 3, 8), datetime(2026, 3, 8, 9, 5), True],
        [],
        ["1栋102", 1846.2, None, None, None, False],
        ["1栋103", 0.1 + 0.2, 100, None, None, None],
    )
    assert list(read_table(data)) == [
        Row(1, ("房号", "面积", "电话", "日期", "时间", "自住")),
        Row(2, ("1栋101", "89.6", "13812345678", "2026-03-08", "2026-03-08 09:05:00", "是")),
        Row(4, ("1栋102", "1846.2", "", "", "", "否")),
        Row(5, ("1栋103", "0.3", "100")),
    ]


def test_a_hidden_sheet_is_not_the_table():
    def hide_first(book):
        book.create_sheet("名册").append(["可见"])
        book.worksheets[0].sheet_state = "hidden"

    assert list(read_table(workbook(["隐藏"], prepare=hide_first))) == [Row(1, ("可见",))]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("=SUM(A1:A9)", "第 2 行 B 列是公式"),
        ('=cmd|"/c calc"!A1', "第 2 行 B 列是公式"),
        ("#N/A", "第 2 行 B 列显示的是错误值"),
        (420602199001011234, "第 2 行 B 列的数字太长"),
        ("字" * 2001, "第 2 行 B 列的内容太长"),
    ],
)
def test_a_cell_that_cannot_be_trusted_is_named_by_line_and_column(value, reason):
    with pytest.raises(TableRefused, match=reason):
        list(read_table(workbook(["房号", "值"], ["1栋101", value])))


def test_an_unpaired_quote_is_named_by_its_line():
    with pytest.raises(TableRefused, match="第 2 行的引号"):
        list(read_table('房号,备注\n1栋101,"没有结束\n'.encode()))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99,
        b"PK\x03\x04" + b"\0" * 99,
        b"<html><table></table></html>",
        "房号,面积\n".encode("utf-16"),
    ],
)
def test_what_is_no_table_is_refused(data):
    with pytest.raises(TableRefused, match="不是表格文件"):
        read_table(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"not xml",
        lambda body: body[: len(body) // 2],
        lambda _: b"",
        lambda body: b'<!DOCTYPE x [<!ENTITY a "aaa">]>' + body,
        lambda body: body.replace(b'r="A2"', b'r="??"'),
    ],
)
def test_a_damaged_or_hostile_sheet_is_refused_with_a_sentence(change):
    data = with_part(workbook(["房号"], ["1栋101"]), "xl/worksheets/sheet1.xml", change)
    with pytest.raises(Invalid) as refused:
        list(read_table(data))
    assert refused.value.sentence.endswith("。")


def test_entities_are_never_expanded():
    bomb = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 99 + b'"><!ENTITY b "&a;&a;&a;">]>'
    data = with_part(workbook(["房号"]), "xl/workbook.xml", lambda body: bomb + body)
    with pytest.raises(TableRefused, match="打不开"):
        list(read_table(data))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    data = with_part(workbook(["房号"]), "xl/styles.xml", lambda _: b" " * 20_000_000)
    assert len(data) < 100_000
    with pytest.raises(TooLarge, match="解压后太大"):
        read_table(data)
    with pytest.raises(TooLarge, match="解压后太大"):
        read_table(workbook(["房号"]), Limits(unpacked_bytes=1000))


def test_a_size_that_is_only_claimed_costs_nothing():
    def claim(body):
        return body.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')

    data = with_part(workbook(["房号"], ["1栋101"]), "xl/worksheets/sheet1.xml", claim)
    assert list(read_table(data)) == [Row(1, ("房号",)), Row(2, ("1栋101",))]


def test_a_cell_far_away_does_not_make_a_million_rows():
    far = workbook(["房号"], prepare=lambda book: book.active.cell(1_048_576, 1, "远"))
    with pytest.raises(TooLarge, match="超过 1000 行"):
        list(read_table(far, Limits(rows=1000)))


def test_rows_and_columns_up_to_the_limit_are_taken():
    limits = Limits(rows=2, columns=2)
    assert len(list(read_table(b"a,b\n1,2\n3,4\n", limits))) == 3
    with pytest.raises(TooLarge, match="超过 2 行"):
        list(read_table(b"a,b\n1,2\n3,4\n5,6\n", limits))
    with pytest.raises(TableRefused, match="第 2 行超过 2 列"):
        list(read_table(b"a,b\n1,2,3\n", limits))


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (["房号", "建筑面积", "业主姓名"], {"room": 0, "area": 1, "owner": 2}),
        (["姓 名", "备注", "房　号*", "专有面积(㎡)"], {"owner": 0, "room": 2, "area": 3}),
        (["门牌号：", "建筑面积（平方米）"], {"room": 0, "area": 1}),
        ([], {}),
    ],
)
def test_columns_are_found_by_any_of_their_names(header, places):
    assert match_columns(header, SYNONYMS) == places


def test_a_missing_column_is_named():
    with pytest.raises(TableRefused, match="没有找到“建筑面积”、“业主姓名”"):
        match_columns(["房号"], SYNONYMS, required=["room", "area", "owner"])


def test_two_columns_of_one_meaning_are_refused():
    with pytest.raises(TableRefused, match="第 A 列和第 C 列都是“房号”"):
        match_columns(["房号", "业主", "门牌号"], SYNONYMS)


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "　=1", " =1", "-1+2"]
)
def test_a_text_that_looks_like_a_formula_is_made_harmless(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "1栋101", "-0.05", "+8613812345678", "1,846.20", "66.66%", "—"]
)
def test_other_texts_are_left_as_they_are(text):
    assert safe_cell(text) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_no_exported_text_becomes_a_formula(text):
    target = io.BytesIO()
    book = Workbook()
    book.active.append([safe_cell(text)])
    book.save(target)
    assert load_workbook(target).active["A1"].data_type != "f"


@pytest.mark.parametrize(
    ("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_called_as_in_a_spreadsheet(place, name):
    assert column_name(place) == name
