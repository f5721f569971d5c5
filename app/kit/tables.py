"""Tables people send: CSV and XLSX as rows of text, each with its line number."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.kit.refusal import Invalid, TooLarge
from app.kit.sheets import WorkbookBroken, sheet_rows
from app.kit.sniffing import Kind, sniff

_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = (",", "\t", ";")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?", re.ASCII)
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIZE = re.compile(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d{1,9})"')
_HEAD_BYTES = 4096
_LETTERS = 26
_MEGABYTE = 1024 * 1024


class TableRefused(Invalid):
    """The table cannot be read; the sentence names line and column where there is one."""

    code = "table_refused"
    sentence = "这个表格打不开。请用 Excel 另存为 .xlsx 或 CSV 文件后再上传。"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken in before a table counts as an attack or a mistake."""

    rows: int = 200_000
    columns: int = 100
    cell_characters: int = 2_000
    unpacked_bytes: int = 300 * _MEGABYTE
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Row:
    """Cells without blanks around them, and the number the row has in the file."""

    line: int
    cells: tuple[str, ...]


LIMITS = Limits()


def read_table(data: bytes, limits: Limits = LIMITS) -> Iterator[Row]:
    """The rows that are not blank; what is wrong with the file as a whole is refused at once."""
    kind = sniff(data)
    if kind is Kind.XLSX:
        _check_unpacked_size(data, limits)
        return _checked(_workbook_rows(data), limits)
    if kind is Kind.TEXT:
        return _checked(_text_rows(decode_text(data)), limits)
    raise TableRefused("这不是表格文件。请上传 .xlsx 或 CSV 文件（.xls 请先另存为 .xlsx）。")


def estimate_rows(data: bytes) -> int:
    """About how many rows there are, for a progress bar; 0 when the file does not say."""
    if sniff(data) is not Kind.XLSX:
        return data.count(b"\n")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                with archive.open(name) as sheet:
                    size = _SIZE.search(sheet.read(_HEAD_BYTES))
                    return min(int(size[1]), LIMITS.rows) if size else 0
    return 0


def decode_text(data: bytes) -> str:
    """UTF-8 with or without its mark, else the encoding Chinese Excel saves in."""
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableRefused("文件里有乱码。请用 Excel 另存为“CSV UTF-8”或 .xlsx 后再上传。")


def match_columns(
    header: Sequence[str],
    synonyms: Mapping[str, Collection[str]],
    required: Collection[str] = (),
) -> dict[str, int]:
    """The place of each known column, found by name; the first synonym names it to people."""
    known = {_name(word): field for field, words in synonyms.items() for word in words}
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        field = known.get(_name(title)) or known.get(_name(_without_remark(title)))
        if field is None:
            continue
        if field in places:
            raise TableRefused(
                f"第 {column_name(places[field])} 列和第 {column_name(place)} 列"
                f"都是“{_spoken(synonyms, field)}”，请只留一列。"
            )
        places[field] = place
    missing = [f"“{_spoken(synonyms, field)}”" for field in required if field not in places]
    if missing:
        raise TableRefused(f"表头里没有找到{'、'.join(missing)}。请对照模板检查第一行。")
    return places


def safe_cell(text: str) -> str:
    """A text no spreadsheet takes for a formula; plain numbers stay numbers."""
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    start = unicodedata.normalize("NFKC", text.lstrip(" \u3000\ufeff"))[:1]
    return f"'{text}" if start in _DANGEROUS and start else text


def column_name(place: int) -> str:
    """0 → A, 26 → AA, as spreadsheets call them."""
    name = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, _LETTERS)
        name = chr(ord("A") + letter) + name
    return name


def _check_unpacked_size(data: bytes, limits: Limits) -> None:
    """The archive's own list tells the sizes, and reading never goes past them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > limits.unpacked_bytes or unpacked > limits.ratio * len(data) + _MEGABYTE:
        raise TooLarge("这个表格解压后太大，请拆成几个文件，或者新建一个表格只粘贴数值。")


def _workbook_rows(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        yield from sheet_rows(data)
    except WorkbookBroken as broken:
        if broken.reason:
            place = f"第 {broken.line} 行 {column_name(broken.column)} 列"
            raise TableRefused(f"{place}{broken.reason}") from broken
        raise TableRefused from broken


def _text_rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    if "\0" in text:
        raise TableRefused
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as broken:
        raise TableRefused(f"第 {start} 行的引号没有成对，请检查后再上传。") from broken


def _checked(rows: Iterable[tuple[int, Sequence[str]]], limits: Limits) -> Iterator[Row]:
    for line, raw in rows:
        if line > limits.rows + 1:
            raise TooLarge(f"表格超过 {limits.rows} 行，请拆成几个文件。")
        cells = _trimmed(raw)
        if len(cells) > limits.columns:
            raise TableRefused(f"第 {line} 行超过 {limits.columns} 列，请删掉多余的列。")
        for place, cell in enumerate(cells):
            if len(cell) > limits.cell_characters:
                raise TableRefused(f"第 {line} 行 {column_name(place)} 列的内容太长。")
        if cells:
            yield Row(line, cells)


def _trimmed(raw: Sequence[str]) -> tuple[str, ...]:
    cells = [cell.strip().strip("\ufeff") for cell in raw]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _name(title: str) -> str:
    plain = unicodedata.normalize("NFKC", title).casefold()
    return "".join(plain.split()).strip("*:\ufeff")


def _without_remark(title: str) -> str:
    return _REMARK.sub("", unicodedata.normalize("NFKC", title))


def _spoken(synonyms: Mapping[str, Collection[str]], field: str) -> str:
    return next(iter(synonyms[field]), field)
