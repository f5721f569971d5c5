"""The template of an owner register, as a workbook and as CSV."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from app.kit.deferred import Deferred
from app.kit.writing import csv_table
from app.registry.rules import (
    AREA_SOURCE_TITLES,
    OWNER_KIND_TITLES,
    SALE_STATE_TITLES,
    UNIT_KIND_TITLES,
)
from app.registry.rules.columns import REQUIRED, Column
from app.registry.rules.lines import EXAMPLE_MARK

xlsxwriter = Deferred("xlsxwriter")
_LISTED_ROWS = 5000
_EXAMPLE = {
    Column.COMPOUND: "",
    Column.BUILDING: "3栋",
    Column.STAIRWELL: "2单元",
    Column.ROOM: "1101",
    Column.FLOOR: "11",
    Column.KIND: "住宅",
    Column.AREA: "89.50",
    Column.AREA_SOURCE: "不动产登记",
    Column.SALE_STATE: "已交付",
    Column.OWNER_NAME: f"{EXAMPLE_MARK}：张三（这一行不会导入）",
    Column.OWNER_KIND: "自然人",
    Column.PHONE: "13812345678",
    Column.IDENTITY: "",
    Column.SHARE: "1",
}
_DROP_DOWNS: Mapping[Column, Mapping[Any, str]] = {
    Column.KIND: UNIT_KIND_TITLES,
    Column.AREA_SOURCE: AREA_SOURCE_TITLES,
    Column.SALE_STATE: SALE_STATE_TITLES,
    Column.OWNER_KIND: OWNER_KIND_TITLES,
}
_NOTES = (
    "一行写一位业主。一户有几位业主就写几行，房屋部分每行都写，并且一致。",
    "必须填写：楼栋、房号、面积、业主姓名。还没有卖出的房屋，交付状态填“未售”，可以不写业主。",
    "面积单位是平方米，最多两位小数。按不动产登记、实测面积、购房合同的先后取数，并写明来源。",
    "份额写成 1/2、50% 或 0.5，同一户加起来不超过 1。几位业主都不填时按等额登记。",
    "证件号和手机这两列请保持文本格式，否则表格软件会把后几位变成 0。",
    "证件号相同，或者姓名和手机都相同，就认作同一位业主，名下几套房屋会归到一起。",
    "文件里列出的房屋，业主以文件为准：不在文件里的原业主会记为已转出，历史保留。",
    "没有列出的房屋不受影响。同一个文件导入两次，第二次不会有任何变化。",
)


def template_xlsx() -> bytes:
    """The template: heads, an example, lists to choose from, a sheet of notes."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        _fill_template(book)
    return target.getvalue()


def template_csv() -> bytes:
    """The template as CSV."""
    return csv_table([column.value for column in Column], [list(_EXAMPLE.values())])


def _fill_template(book: Any) -> None:
    sheet = book.add_worksheet("业主名册")
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bg_color": "#F3EFE7", "border": 1, "num_format": "@"})
    must = book.add_format(
        {"bold": True, "bg_color": "#F3EFE7", "border": 1, "font_color": "#B5332A"}
    )
    faint = book.add_format({"font_color": "#767676", "num_format": "@"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(Column):
        sheet.set_column(place, place, 22 if column is Column.IDENTITY else 13, text)
        sheet.write_string(0, place, column.value, must if column in REQUIRED else head)
        sheet.write_string(1, place, _EXAMPLE[column], faint)
        if column in _DROP_DOWNS:
            listed = list(_DROP_DOWNS[column].values())
            sheet.data_validation(
                1, place, _LISTED_ROWS, place, {"validate": "list", "source": listed}
            )
    notes = book.add_worksheet("填写说明")
    notes.set_column(0, 0, 100)
    for line, sentence in enumerate(_NOTES):
        notes.write_string(line, 0, f"{line + 1}. {sentence}")
