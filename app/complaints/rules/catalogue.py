"""The catalogue (事项目录): what can be reported, who it falls to, how long it may take.

Shipped as a table: items of property service and the classes of urban management (部件, 事件). A
community may publish versions of its own; a complaint keeps the version it was filed under.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.complaints.rules.deadlines import Responsible, Urgency
from app.complaints.rules.spans import Span
from app.kit.digests import canonical_json, sha256_hex

_SHIPPED_VERSION = "2026-1"
_TABLE = Path(__file__).with_name("catalogue.csv")
_PLAIN_ICON = "message-circle"


@dataclass(frozen=True, slots=True)
class Category:
    """One line of the catalogue.

    `limit`: the item's own limit for solving; without one the table of deadlines holds. `basis`:
    what the item rests on (管理依据), as whoever wrote the catalogue says it.
    """

    code: str
    group: str
    title: str
    responsible: Responsible
    urgency: Urgency
    hint: str = ""
    limit: Span | None = None
    basis: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A version of the catalogue: its name and its items by code, in their order."""

    version: str
    items: Mapping[str, Category]

    def get(self, code: str) -> Category | None:
        """The item with this code, if it can be chosen in this version."""
        return self.items.get(code)

    def groups(self) -> tuple[tuple[str, tuple[Category, ...]], ...]:
        """The items by group, both in the order of the table."""
        grouped: dict[str, list[Category]] = {}
        for item in self.items.values():
            grouped.setdefault(item.group, []).append(item)
        return tuple((name, tuple(items)) for name, items in grouped.items())


def by_code(items: Iterable[Category]) -> Mapping[str, Category]:
    """Items as a catalogue holds them."""
    return MappingProxyType({item.code: item for item in items})


def digest_of(items: Iterable[Category]) -> str:
    """SHA-256 over every item in its order: two catalogues with the same digest say the same."""
    lines = [
        [
            item.code,
            item.group,
            item.title,
            item.hint,
            item.responsible.value,
            item.urgency.value,
            str(item.limit) if item.limit else None,
            item.basis,
        ]
        for item in items
    ]
    return sha256_hex(canonical_json(lines))


def _read(table: Path) -> Mapping[str, Category]:
    with table.open(encoding="utf-8", newline="") as lines:
        return by_code(
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
        )


SHIPPED = Catalogue(_SHIPPED_VERSION, _read(_TABLE))
"""What holds where a community has published nothing of its own."""


def icon_of(code: str) -> str:
    """The picture of an item; one for all that we did not draw."""
    known = SHIPPED.get(code)
    return known.icon if known else _PLAIN_ICON


def shipped_icon(code: str) -> str:
    """The picture of an item we ship; empty for others."""
    known = SHIPPED.get(code)
    return known.icon if known else ""


def title_of(code: str) -> str:
    """The title of a shipped item, for rows that were written before they kept their own."""
    known = SHIPPED.get(code)
    return known.title if known else code
