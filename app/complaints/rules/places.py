"""How a report names the place it is about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class PlaceKind(StrEnum):
    """How exactly a place is known."""

    UNIT = "unit"
    STAIRWELL = "stairwell"
    BUILDING = "building"
    COMPOUND = "compound"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place as a form carries it: `stairwell:<id>` or `elsewhere`."""

    kind: PlaceKind
    id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}" if self.id else self.kind.value


def read_place(value: str | None) -> PlaceChoice | None:
    """The place a form value stands for; None when it is none."""
    kind, _, key = (value or "").partition(":")
    if kind == PlaceKind.ELSEWHERE and not key:
        return PlaceChoice(PlaceKind.ELSEWHERE)
    try:
        choice = PlaceChoice(PlaceKind(kind), UUID(key))
    except ValueError:
        return None
    return None if choice.kind is PlaceKind.ELSEWHERE else choice
