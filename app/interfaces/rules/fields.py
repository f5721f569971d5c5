"""What a program can send: each field read and described in one place.

A field that is empty is treated as one that was not sent (GeoReport v2, "Optional Arguments").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.kit.refusal import Invalid

Reader = Callable[[str], Any]
Values = Mapping[str, str]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOMENT = re.compile(
    r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z", re.IGNORECASE
)
_MICRO = 1_000_000
_DECIMAL = re.compile(r"\A-?\d{1,3}(\.\d{1,20})?\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what it means, its JSON schema, and how its text is read."""

    name: str
    description: str
    read: Reader
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


class Unreadable(ValueError):  # noqa: N818 - says what the text is
    """The text is none of what the field takes; the message says what it takes."""


def read_fields(fields: Iterable[Field], given: Values) -> dict[str, Any]:
    """Every field's value, None where it was not sent.

    Raises Invalid naming each field that is missing or cannot be read.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in fields:
        text = given.get(one.name, "")
        values[one.name] = None
        if _CONTROL.search(text):
            errors[one.name] = f"{one.name} 里有不能使用的控制字符。"
        elif not text.strip():
            if one.required:
                errors[one.name] = f"缺少 {one.name}。"
        else:
            try:
                values[one.name] = one.read(text.strip())
            except Unreadable as sentence:
                errors[one.name] = f"{one.name} {sentence}"
    if errors:
        raise Invalid(next(iter(errors.values())), errors=errors)
    return values


def text_up_to(most: int) -> Reader:
    """Text of a limited length."""

    def read(text: str) -> str:
        if len(text) > most:
            raise Unreadable(f"不能超过 {most} 个字。")
        return text

    return read


def matching(pattern: str, sentence: str) -> Reader:
    """Text of a fixed form."""
    form = re.compile(pattern)

    def read(text: str) -> str:
        if not form.fullmatch(text):
            raise Unreadable(sentence)
        return text

    return read


def several(most: int, among: frozenset[str] | None = None) -> Reader:
    """Values with commas between them; `among`: only these."""

    def read(text: str) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if len(values) > most:
            raise Unreadable(f"一次最多 {most} 个。")
        if among is not None and not among.issuperset(values):
            raise Unreadable(f"只能是：{'、'.join(sorted(among))}。")
        return values

    return read


def moment(text: str) -> datetime:
    """A moment in W3C form, with its time zone."""
    sentence = "应写成 2026-03-08T14:05:00+08:00 的样子，要带时区。"
    if not _MOMENT.match(text):
        raise Unreadable(sentence)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(sentence) from None


def whole_up_to(most: int) -> Reader:
    """A whole number from 1."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not 1 <= int(text) <= most:
            raise Unreadable(f"应是 1 到 {most} 的整数。")
        return int(text)

    return read


def degrees(limit: int) -> Reader:
    """A coordinate (WGS 84) in millionths of a degree."""

    def read(text: str) -> int:
        if not _DECIMAL.match(text) or abs(float(text)) > limit:
            raise Unreadable(f"应是 -{limit} 到 {limit} 之间的小数（WGS 84）。")
        return round(float(text) * _MICRO)

    return read


def say_degrees(micro: int | None) -> float | None:
    """The coordinate as a number of degrees."""
    return None if micro is None else micro / _MICRO
