"""Tables for people to take home: XLSX, or CSV files in one ZIP, written row by row.

No cell is ever a formula, whatever somebody typed. What is written never stands in memory whole.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self, TextIO

from app.kit.deferred import Deferred
from app.kit.tables import safe_cell

xlsxwriter = Deferred("xlsxwriter")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
_BOM = "\ufeff"
_WIDE, _WIDTH, _NARROW = 40, 16, 10
_LONG_HEAD = 4

Cell = str | int | None


class TableWriter(Protocol):
    """Writes sheets one after the other into a file."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""

    def sheet(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
        """Write a sheet and return how many rows it has."""


class Workbook:
    """A workbook (XLSX)."""

    def __init__(self, target: BinaryIO) -> None:
        self._book: Any = xlsxwriter.Workbook(target, {"constant_memory": True})
        self._bold = self._book.add_format({"bold": True, "bg_color": "#F3EFE7"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def sheet(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
        """See TableWriter."""
        sheet = self._book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for place, head in enumerate(heads):
            sheet.set_column(place, place, _width(head))
            sheet.write_string(0, place, head, self._bold)
        line = 0
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(line, place, cell)
                elif cell:
                    sheet.write_string(line, place, cell)
        return line


class Archive:
    """CSV files that spreadsheets open with the right characters, in one ZIP."""

    def __init__(self, target: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def sheet(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
        """See TableWriter."""
        with (
            self._zip.open(f"{title}.csv", "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, "utf-8", newline="") as text,
        ):
            return _write_csv(text, heads, rows)


def csv_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A short table as CSV that spreadsheets open with the right characters."""
    target = io.StringIO(newline="")
    _write_csv(target, heads, rows)
    return target.getvalue().encode()


def xlsx_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A short table as a workbook of one sheet."""
    target = io.BytesIO()
    with Workbook(target) as book:
        book.sheet(title, heads, rows)
    return target.getvalue()


def _write_csv(target: TextIO, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    target.write(_BOM)
    writer = csv.writer(target)
    writer.writerow(heads)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - counts them
        writer.writerow(["" if cell is None else safe_cell(str(cell)) for cell in row])
    return count


def _width(head: str) -> int:
    if head == "内容":
        return _WIDE
    return _WIDTH if len(head) >= _LONG_HEAD else _NARROW
