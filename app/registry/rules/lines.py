"""Reading one line of an owner register: values, or what is wrong in which column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from app.kit.areas import parse_area
from app.kit.identity import mask_identity, normalize_credit_code, normalize_resident_id
from app.kit.phones import normalize_phone
from app.kit.refusal import Invalid
from app.registry.rules import naming
from app.registry.rules.columns import Column
from app.registry.rules.kinds import (
    AREA_SOURCE_TITLES,
    OWNER_KIND_TITLES,
    SALE_STATE_TITLES,
    UNIT_KIND_TITLES,
    AreaSource,
    OwnerKind,
    SaleState,
    UnitKind,
)
from app.registry.rules.shares import parse_share

E = TypeVar("E", bound=StrEnum)
LONGEST_NAME = 60
LOWEST_FLOOR, HIGHEST_FLOOR = -9, 199
EXAMPLE_MARK = "示例"
FORMULA_STARTS = ("=", "+", "@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_KINDS = {
    **{title: kind for kind, title in UNIT_KIND_TITLES.items()},
    "住房": UnitKind.DWELLING,
    "成套住宅": UnitKind.DWELLING,
    "商业": UnitKind.SHOP,
    "门面": UnitKind.SHOP,
    "店铺": UnitKind.SHOP,
    "车库": UnitKind.PARKING,
    "停车位": UnitKind.PARKING,
}
_SOURCES = {
    **{title: source for source, title in AREA_SOURCE_TITLES.items()},
    "登记": AreaSource.REGISTER,
    "产权证": AreaSource.REGISTER,
    "实测": AreaSource.MEASURED,
    "合同": AreaSource.CONTRACT,
}
_STATES = {
    **{title: state for state, title in SALE_STATE_TITLES.items()},
    "交付": SaleState.DELIVERED,
    "已售": SaleState.DELIVERED,
    "未交付": SaleState.UNDELIVERED,
    "未售出": SaleState.UNSOLD,
}
_OWNER_KINDS = {
    **{title: kind for kind, title in OWNER_KIND_TITLES.items()},
    "个人": OwnerKind.NATURAL,
    "法人": OwnerKind.LEGAL,
    "企业": OwnerKind.LEGAL,
    "开发商": OwnerKind.DEVELOPER,
    "开发企业": OwnerKind.DEVELOPER,
}


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in one cell, in words the person with the table can act on."""

    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the register as values."""

    building: str
    stairwell: str | None
    room: str
    floor: int | None
    kind: UnitKind
    area_centi: int
    area_source: AreaSource
    sale_state: SaleState
    owner_name: str | None
    owner_kind: OwnerKind
    phone: str | None
    identity: str | None
    share: tuple[int, int] | None


class _Reader:
    """Reads the cells of one line and collects faults."""

    def __init__(self, cells: Sequence[str], places: Mapping[Column, int]) -> None:
        self._cells = cells
        self._places = places
        self.faults: list[CellFault] = []

    def text(self, column: Column) -> str:
        place = self._places.get(column)
        if place is None or place >= len(self._cells):
            return ""
        text = self._cells[place].strip()
        if text.startswith(FORMULA_STARTS) and not text.startswith("+86"):
            self.fault(column, "这一格是公式或以符号开头，请改成普通文字或数字。")
            return ""
        if _CONTROL.search(text):
            self.fault(column, "这一格有看不见的特殊字符或换行，请清除后重填。")
            return ""
        return text

    def fault(self, column: Column, sentence: str) -> None:
        if all(fault.column != column.value for fault in self.faults):
            self.faults.append(CellFault(column.value, sentence))

    def name(self, column: Column, missing: str | None = None) -> str | None:
        text = self.text(column)
        if not text:
            if missing:
                self.fault(column, missing)
            return None
        if len(text) > LONGEST_NAME:
            self.fault(column, f"最多 {LONGEST_NAME} 个字。")
            return None
        return text

    def one_of(self, column: Column, known: Mapping[str, E], default: E) -> E:
        text = self.text(column)
        if not text:
            return default
        found = known.get(text) or known.get(naming.plain_name(text))
        if found is None:
            self.fault(column, f"只能填：{'、'.join(_first_names(known))}。")
            return default
        return found


def is_example(cells: Sequence[str], places: Mapping[Column, int]) -> bool:
    """The template's own example, left in the table."""
    place = places.get(Column.OWNER_NAME, 0)
    return place < len(cells) and cells[place].strip().startswith(EXAMPLE_MARK)


def read_line(
    cells: Sequence[str], places: Mapping[Column, int], compound: str
) -> RegisterLine | tuple[CellFault, ...]:
    """The values of a line, or every fault in it (one a column)."""
    reader = _Reader(cells, places)
    _check_compound(reader, compound)
    building = reader.name(Column.BUILDING, "请填写楼栋，例如 3栋。") or ""
    stairwell = reader.name(Column.STAIRWELL)
    room = naming.room_name(reader.name(Column.ROOM, "请填写房号，例如 1101。") or "")
    kind = reader.one_of(Column.KIND, _KINDS, UnitKind.DWELLING)
    state = reader.one_of(Column.SALE_STATE, _STATES, SaleState.DELIVERED)
    unsold = state is SaleState.UNSOLD
    owner = reader.name(
        Column.OWNER_NAME,
        None if unsold else "请填写业主姓名；还没有卖出的房屋，交付状态填“未售”。",
    )
    owner_kind = reader.one_of(
        Column.OWNER_KIND, _OWNER_KINDS, OwnerKind.DEVELOPER if unsold else OwnerKind.NATURAL
    )
    if not owner and any(map(reader.text, (Column.PHONE, Column.IDENTITY, Column.SHARE))):
        reader.fault(Column.OWNER_NAME, "填了手机、证件号或份额，就要填写业主姓名。")
    line = RegisterLine(
        building=naming.building_name(building),
        stairwell=naming.stairwell_name(stairwell) if stairwell else None,
        room=room,
        floor=_floor(reader, room),
        kind=kind,
        area_centi=_area(reader),
        area_source=reader.one_of(Column.AREA_SOURCE, _SOURCES, AreaSource.REGISTER),
        sale_state=state,
        owner_name=naming.plain_name(owner) if owner_kind is OwnerKind.NATURAL and owner else owner,
        owner_kind=owner_kind,
        phone=_phone(reader),
        identity=_identity(reader, owner_kind),
        share=_share(reader),
    )
    return tuple(reader.faults) or line


def masked(identity: str) -> str:
    """The number as lists show it."""
    return mask_identity(identity)


def normalize_identity(text: str, kind: OwnerKind) -> str:
    """A resident identity number for people, a social credit code for organizations."""
    if kind is OwnerKind.NATURAL:
        return normalize_resident_id(text)
    return normalize_credit_code(text)


def _check_compound(reader: _Reader, compound: str) -> None:
    named = naming.plain_name(reader.text(Column.COMPOUND))
    if named and named != naming.plain_name(compound):
        reader.fault(Column.COMPOUND, f"这一行写的是“{named}”，而这次导入的是“{compound}”。")


def _floor(reader: _Reader, room: str) -> int | None:
    text = unicodedata.normalize("NFKC", reader.text(Column.FLOOR)).removesuffix("层")
    if not text:
        return naming.floor_of(room)
    try:
        floor = int(text)
    except ValueError:
        floor = HIGHEST_FLOOR + 1
    if not LOWEST_FLOOR <= floor <= HIGHEST_FLOOR:
        reader.fault(Column.FLOOR, "楼层要写成整数，例如 11；地下一层写 -1。")
        return None
    return floor


def _area(reader: _Reader) -> int:
    text = reader.text(Column.AREA)
    if not text:
        reader.fault(Column.AREA, "请填写面积，例如 89.50。")
        return 0
    try:
        return _parsed_area(text)
    except Invalid as refused:
        reader.fault(Column.AREA, refused.sentence)
        return 0


_parsed_area = lru_cache(8192)(parse_area)


def _phone(reader: _Reader) -> str | None:
    text = reader.text(Column.PHONE)
    if not text:
        return None
    try:
        return normalize_phone(text)
    except Invalid as refused:
        reader.fault(Column.PHONE, refused.sentence)
        return None


def _identity(reader: _Reader, kind: OwnerKind) -> str | None:
    text = reader.text(Column.IDENTITY)
    if not text:
        return None
    if _SCIENTIFIC.fullmatch(text):
        reader.fault(
            Column.IDENTITY, "证件号被表格软件改成了数字，后几位已丢失。请把这一列设为文本后重填。"
        )
        return None
    try:
        return normalize_identity(text, kind)
    except Invalid as refused:
        reader.fault(Column.IDENTITY, refused.sentence)
        return None


def _share(reader: _Reader) -> tuple[int, int] | None:
    text = reader.text(Column.SHARE)
    if not text:
        return None
    try:
        share = parse_share(text)
    except Invalid as refused:
        reader.fault(Column.SHARE, refused.sentence)
        return None
    return share.numerator, share.denominator


def _first_names(known: Mapping[str, StrEnum]) -> list[str]:
    named: dict[StrEnum, str] = {}
    for name, value in known.items():
        named.setdefault(value, name)
    return list(named.values())
