"""The catalogue (事项目录): what can be reported, who it falls to, how urgent it is.

Shipped as a table with a version: items of property service and the classes of urban management
(部件, 事件). A complaint keeps the version it was filed under.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.complaints.rules.deadlines import Responsible, Urgency

VERSION = "2026-1"
_TABLE = Path(__file__).with_name("catalogue.csv")


@dataclass(frozen=True, slots=True)
class Category:
    """One line of the catalogue."""

    code: str
    group: str
    title: str
    hint: str
    icon: str
    responsible: Responsible
    urgency: Urgency


def _read(table: Path) -> Mapping[str, Category]:
    with table.open(encoding="utf-8", newline="") as lines:
        rows = [
            Category(
                code=line["code"],
                group=line["group"],
                title=line["title"],
                hint=line["hint"],
                icon=line["icon"],
                responsible=Responsible(line["responsible"]),
                urgency=Urgency(line["urgency"]),
            )
            for line in csv.DictReader(lines)
        ]
    return MappingProxyType({row.code: row for row in rows})


CATALOGUE = _read(_TABLE)


def groups() -> tuple[tuple[str, tuple[Category, ...]], ...]:
    """The categories by group, in the order of the table."""
    names = dict.fromkeys(category.group for category in CATALOGUE.values())
    return tuple(
        (name, tuple(one for one in CATALOGUE.values() if one.group == name)) for name in names
    )


def title_of(code: str) -> str:
    """The title of a category; a code of an older version is shown as it is."""
    known = CATALOGUE.get(code)
    return known.title if known else code
