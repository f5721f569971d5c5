"""Reading a catalogue somebody sends: its columns, each line, and what is wrong in which cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.complaints.rules.catalogue import Category, shipped_icon
from app.complaints.rules.deadlines import Responsible, Urgency
from app.complaints.rules.spans import Span, Unit, read_span
from app.kit.digests import sha256_hex
from app.kit.tables import Limits, TableRefused, match_columns, safe_cell

HEADER_WITHIN = 10
MOST_FAULTS = 1000
LIMITS = Limits(rows=5_000, columns=50, cell_characters=1_000, unpacked_bytes=50 * 1024 * 1024)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
_SHOWN = 20
_MADE_CODE_LENGTH = 10
_LONGEST = {
    Unit.MINUTES: 180 * 24 * 60,
    Unit.WORKING_MINUTES: 120 * 8 * 60,
    Unit.DAYS: 180,
    Unit.WORKING_DAYS: 120,
}


class Column(StrEnum):
    """The columns of a catalogue; the value is the head in the template."""

    CODE = "代码"
    GROUP = "大类"
    TITLE = "事项"
    HINT = "说明"
    RESPONSIBLE = "归谁办"
    URGENCY = "紧急程度"
    LIMIT = "办理时限"
    BASIS = "管理依据"


REQUIRED = (Column.GROUP, Column.TITLE, Column.RESPONSIBLE)
_SYNONYMS = {
    Column.CODE: "代码 事项代码 编码 事项编码 编号 事项编号",
    Column.GROUP: "大类 类别 分类 事项大类 一级分类 所属大类",
    Column.TITLE: "事项 事项名称 小类 名称 诉求事项 二级分类",
    Column.HINT: "说明 事项说明 举例 备注",
    Column.RESPONSIBLE: "归谁办 责任主体 责任单位 办理单位 责任方 主办",
    Column.URGENCY: "紧急程度 急缓 紧急 等级",
    Column.LIMIT: "办理时限 时限 期限 办结时限 处置时限",
    Column.BASIS: "管理依据 依据 法律依据 政策依据",
}
_HEADS = {column.value: tuple(heads.split()) for column, heads in _SYNONYMS.items()}
_LENGTHS = {Column.GROUP: 20, Column.TITLE: 40, Column.HINT: 60, Column.BASIS: 500}
RESPONSIBLE_WORDS = {Responsible.PROPERTY: "物业", Responsible.COMMUNITY: "社区"}
URGENCY_WORDS = {
    Urgency.URGENT: "急事",
    Urgency.UTILITY: "水电气暖",
    Urgency.ORDINARY: "一般",
    Urgency.HARD: "疑难",
    Urgency.CONSULT: "咨询",
}
_READ_RESPONSIBLE = {
    "物业": Responsible.PROPERTY,
    "物业企业": Responsible.PROPERTY,
    "物业公司": Responsible.PROPERTY,
    "社区": Responsible.COMMUNITY,
    "居委会": Responsible.COMMUNITY,
    "社区居委会": Responsible.COMMUNITY,
}
_READ_URGENCY = {
    **{word: urgency for urgency, word in URGENCY_WORDS.items()},
    "紧急": Urgency.URGENT,
    "普通": Urgency.ORDINARY,
    "疑难复杂": Urgency.HARD,
    "": Urgency.ORDINARY,
}


class HeaderUnusable(TableRefused):
    """Nothing in the first rows is a header."""

    code = "header_unusable"
    sentence = (
        "没有找到表头。请在前 10 行里放一行表头，写明大类、事项、归谁办，不要合并单元格。"
        "可以下载现在的目录对照。"
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell; lines count as in the file."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its items in their order, or what is wrong with them."""

    items: tuple[Category, ...]
    faults: tuple[Fault, ...]
    lines: int


def read_catalogue(
    rows: Iterable[tuple[int, Sequence[str]]], known: Mapping[str, Category]
) -> Reading:
    """The items of a file (line number, cells). `known`: the catalogue that holds now.

    An item without a code keeps the code it has now, by group and title, or is given one that
    the same group and title always get. Raises TableRefused when there is no usable header.
    """
    numbered = iter(rows)
    places = _find_header(numbered)
    codes = {(item.group, item.title): item.code for item in known.values()}
    items: list[Category] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    named: dict[tuple[str, str], int] = {}
    lines = 0
    for line, cells in numbered:
        lines += 1
        item, wrong = _read_line(_values(cells, places), codes)
        wrong = wrong or _doubled(item, seen, named)
        faults += [Fault(line, column.value, sentence) for column, sentence in wrong]
        if item is not None:
            seen.setdefault(item.code, line)
            named.setdefault((item.group, item.title), line)
            items.append(item)
    if not lines:
        raise TableRefused("表头下面一行事项都没有。请至少写一件事项。")
    return Reading(tuple(items), tuple(faults), lines)


def cells_of(item: Category) -> tuple[str, ...]:
    """An item as a line of the template, in the order of the columns."""
    return (
        item.code,
        item.group,
        item.title,
        item.hint,
        RESPONSIBLE_WORDS[item.responsible],
        URGENCY_WORDS[item.urgency],
        item.limit.words if item.limit else "",
        item.basis,
    )


def _find_header(numbered: Iterable[tuple[int, Sequence[str]]]) -> dict[Column, int]:
    for count, (_, cells) in enumerate(numbered, start=1):
        known = sum(bool(match_columns([head], _HEADS)) for head in cells)
        if known >= len(REQUIRED) - 1:
            required = [column.value for column in REQUIRED]
            places = match_columns(cells, _HEADS, required)
            return {Column(name): place for name, place in places.items()}
        if count == HEADER_WITHIN:
            break
    raise HeaderUnusable


def _values(cells: Sequence[str], places: Mapping[Column, int]) -> dict[Column, str]:
    return {
        column: _plain(cells[places[column]])
        if column in places and places[column] < len(cells)
        else ""
        for column in Column
    }


def _plain(cell: str) -> str:
    """Without the mark by which we keep spreadsheets from taking a text for a formula."""
    bare = cell[1:]
    text = bare if cell.startswith("'") and safe_cell(bare) == cell else cell
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _read_line(
    values: Mapping[Column, str], codes: Mapping[tuple[str, str], str]
) -> tuple[Category | None, list[tuple[Column, str]]]:
    wrong = [(column, f"没有填“{column.value}”。") for column in REQUIRED if not values[column]]
    wrong += [
        (column, f"太长了，请写在 {most} 字以内。")
        for column, most in _LENGTHS.items()
        if len(values[column]) > most
    ]
    code = values[Column.CODE]
    if code and not _CODE.fullmatch(code):
        wrong.append((Column.CODE, "只能用字母、数字和 . _ -，以字母或数字开头，最多 40 个。"))
    responsible = _READ_RESPONSIBLE.get(values[Column.RESPONSIBLE])
    if values[Column.RESPONSIBLE] and responsible is None:
        unread = _unread(values[Column.RESPONSIBLE])
        wrong.append((Column.RESPONSIBLE, f"{unread}，请写“物业”或“社区”。"))
    urgency = _READ_URGENCY.get(values[Column.URGENCY])
    if urgency is None:
        listed = "、".join(URGENCY_WORDS.values())
        unread = _unread(values[Column.URGENCY])
        wrong.append((Column.URGENCY, f"{unread}，请写{listed}里的一个，或者空着。"))
    limit, sentence = _read_limit(values[Column.LIMIT])
    if sentence:
        wrong.append((Column.LIMIT, sentence))
    if wrong or responsible is None or urgency is None:
        return None, wrong
    named = (values[Column.GROUP], values[Column.TITLE])
    code = code or codes.get(named) or _made_code(named)
    return (
        Category(
            code=code,
            group=named[0],
            title=named[1],
            responsible=responsible,
            urgency=urgency,
            hint=values[Column.HINT],
            limit=limit,
            basis=values[Column.BASIS],
            icon=shipped_icon(code),
        ),
        [],
    )


def _read_limit(written: str) -> tuple[Span | None, str | None]:
    if not written:
        return None, None
    plain = unicodedata.normalize("NFKC", written).removesuffix("以内").removesuffix("内")
    span = read_span(plain)
    if span is None:
        return None, f"{_unread(written)}，请写成 24小时、7天、5个工作日 或 8个工作小时。"
    if span.amount > _LONGEST[span.unit]:
        return None, "太长了，最长 180 天或 120 个工作日。"
    return span, None


def _unread(written: str) -> str:
    """What stands there, so that nobody has to look the line up."""
    shown = written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"
    return f"“{shown}”看不懂"


def _doubled(
    item: Category | None, seen: Mapping[str, int], named: Mapping[tuple[str, str], int]
) -> list[tuple[Column, str]]:
    if item is None:
        return []
    if item.code in seen:
        return [(Column.CODE, f"和第 {seen[item.code]} 行的代码重复（{item.code}）。")]
    before = named.get((item.group, item.title))
    return [(Column.TITLE, f"和第 {before} 行是同一个大类、同一个事项。")] if before else []


def _made_code(named: tuple[str, str]) -> str:
    return f"own.{sha256_hex('/'.join(named).encode())[:_MADE_CODE_LENGTH]}"
