"""How a report names the place it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

PLAN_SCALE = 1000
"""A point on a plan is given in thousandths of its width and height."""


class PlaceKind(StrEnum):
    """How exactly a place is known."""

    UNIT = "unit"
    STAIRWELL = "stairwell"
    BUILDING = "building"
    COMPOUND = "compound"
    COMMON = "common"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class PlanPoint:
    """A point on a compound's plan, in thousandths of its width and height."""

    x: int
    y: int

    def __str__(self) -> str:
        return f"{self.x},{self.y}"

    def far_from(self, other: PlanPoint) -> int:
        """The square of the distance, to compare distances with."""
        return (self.x - other.x) ** 2 + (self.y - other.y) ** 2


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place as a form carries it: `stairwell:<id>`, `compound:<id>@512,318` or `elsewhere`."""

    kind: PlaceKind
    id: UUID | None = None
    point: PlanPoint | None = None

    def __str__(self) -> str:
        place = f"{self.kind.value}:{self.id}" if self.id else self.kind.value
        return f"{place}@{self.point}" if self.point else place


_THOUSANDTHS = re.compile(r"\d{1,4}", re.ASCII)
ON_PLAN = frozenset({PlaceKind.COMPOUND, PlaceKind.COMMON})
"""Places that can be pointed at on the compound's plan."""
_NEAR = 60**2


def read_place(value: str | None) -> PlaceChoice | None:
    """The place a form value stands for; None when it is none."""
    place, _, spot = (value or "").partition("@")
    kind, _, key = place.partition(":")
    if kind == PlaceKind.ELSEWHERE and not key:
        return PlaceChoice(PlaceKind.ELSEWHERE)
    try:
        choice = PlaceChoice(PlaceKind(kind), UUID(key))
    except ValueError:
        return None
    if choice.kind is PlaceKind.ELSEWHERE:
        return None
    point = read_point(*spot.split(",")) if choice.kind in ON_PLAN else None
    return PlaceChoice(choice.kind, choice.id, point)


def read_point(*typed: str) -> PlanPoint | None:
    """The point two thousandths stand for; None when they are none."""
    if len(typed) != len(("x", "y")) or not all(_THOUSANDTHS.fullmatch(one) for one in typed):
        return None
    numbers = [int(one) for one in typed]
    if max(numbers) > PLAN_SCALE:
        return None
    return PlanPoint(*numbers)


def tapped(x: int, y: int, width: int, height: int) -> PlanPoint | None:
    """The point of a tap at pixel (x, y) of a plan shown `width` by `height`; None beside it.

    A picture that was "tapped" with the keyboard reports (0, 0), which is no point.
    """
    if min(width, height) <= 0 or not (0 <= x <= width and 0 <= y <= height) or x == y == 0:
        return None
    return PlanPoint(x * PLAN_SCALE // width, y * PLAN_SCALE // height)


def nearest(point: PlanPoint, marked: Mapping[UUID, PlanPoint]) -> UUID | None:
    """The common place a tap means: the nearest of those within a thumb's breadth."""
    near = {key: point.far_from(spot) for key, spot in marked.items()}
    key = min(near, key=lambda one: near[one], default=None)
    return key if key is not None and near[key] <= _NEAR else None
