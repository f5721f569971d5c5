"""The first visible sheet of a workbook, cell by cell, without trusting a single one."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from app.kit.deferred import Deferred

openpyxl = Deferred("openpyxl")

# Spreadsheets keep 15 digits: a longer number has already lost its end.
_EXACT_BELOW = 10**15
# Formulas and error values begin so; the empty text is looked at too.
_SUSPECT = "=#"
_BROKEN = (
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


class WorkbookBroken(Exception):  # noqa: N818 - says what happened to the workbook
    """A cell with a reason, or the whole workbook without one."""

    def __init__(self, reason: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


def sheet_rows(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Line numbers and texts; formulas are refused because nobody sees what they compute."""
    try:
        yield from _rows(data)
    except (*_BROKEN, openpyxl.utils.exceptions.InvalidFileException) as broken:
        raise WorkbookBroken from broken


def _rows(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            return
        # The size a sheet claims may be a million empty rows.
        visible[0].reset_dimensions()
        for line, cells in enumerate(visible[0].iter_rows(values_only=True), start=1):
            yield (
                line,
                [
                    cell
                    if type(cell) is str and cell[:1] not in _SUSPECT
                    else _text(cell, line, place)
                    for place, cell in enumerate(cells)
                ],
            )
    finally:
        workbook.close()


def _text(value: Any, line: int, column: int) -> str:
    # Values alone are read in half the time; a formula arrives as its text.
    if isinstance(value, str):
        if value.startswith("="):
            raise WorkbookBroken("是公式。请复制后用“粘贴为数值”再上传。", line, column)
        if value in openpyxl.cell.cell.ERROR_CODES:
            raise WorkbookBroken(f"显示的是错误值 {value}，请改正。", line, column)
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if abs(value) >= _EXACT_BELOW:
            raise WorkbookBroken(
                "的数字太长，末尾几位已经丢失。请把这一列设成文本格式后重新填写。", line, column
            )
        return _number(value)
    if isinstance(value, datetime | date | time):
        return _date(value)
    return "" if isinstance(value, timedelta) else str(value)


def _number(value: float) -> str:
    """As the spreadsheet shows it: 15 digits, so that 89.6 does not become 89.59999…"""
    plain = format(Decimal(f"{value:.15g}"), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _date(value: date | time) -> str:
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
