"""Choosing a place: one's own home and what is around it, common places, any building, a plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import url_for

from app.complaints.queries import spots
from app.complaints.rules.places import (
    PlaceChoice,
    PlaceKind,
    PlanPoint,
    nearest,
    tapped,
)
from app.complaints.views import sight
from app.core.access.door import here
from app.registry.queries import compounds, homes_of
from app.registry.queries import places as register

PLAN_WIDTH = 320
"""As wide as the plan is shown, in pixels: without script a tap says no more than its pixel."""
ICONS = {
    PlaceKind.UNIT: "house",
    PlaceKind.STAIRWELL: "layers",
    PlaceKind.BUILDING: "building",
    PlaceKind.COMPOUND: "building-2",
    PlaceKind.COMMON: "map-pin",
    PlaceKind.ELSEWHERE: "map",
}


def own_choices() -> list[dict[str, Any]]:
    """My home, my stairwell, my building, my compound."""
    found: dict[str, dict[str, Any]] = {}
    for home in homes_of(here().community.id, here().signed_in.account_id):
        around = f"{home.compound_name} {home.building_name}"
        _offer(found, PlaceKind.UNIT, home.unit_id, "我家里", f"{home.compound_name} {home.label}")
        if home.stairwell_id:
            stairwell = f"{around} {home.stairwell_name}"
            _offer(found, PlaceKind.STAIRWELL, home.stairwell_id, "我这个楼道", stairwell)
        _offer(found, PlaceKind.BUILDING, home.building_id, "我这栋楼", around)
        _offer(found, PlaceKind.COMPOUND, home.compound_id, "小区里公共地方", home.compound_name)
    return list(found.values())


def other_compounds(own: Iterable[dict[str, Any]]) -> list[Any]:
    """The compounds of the community: those one lives in first."""
    lived_in = {one["id"] for one in own if one["kind"] is PlaceKind.COMPOUND}
    rows = compounds(here().community.id)
    return sorted(rows, key=lambda row: row.id not in lived_in)


def elsewhere() -> dict[str, Any]:
    """Outside every compound."""
    return _choice(PlaceKind.ELSEWHERE, None, "别的地方", "小区外的路上、街边等，下一步写清楚")


def inside_compound(compound_id: UUID) -> list[dict[str, Any]]:
    """The compound itself and its common places."""
    row = sight.found(register.compound(here().community.id, compound_id))
    return [
        _choice(PlaceKind.COMPOUND, row.id, "小区里公共地方", row.name),
        *common_choices(compound_id),
    ]


def common_choices(compound_id: UUID) -> list[dict[str, Any]]:
    """The common places staff have listed."""
    rows = spots.common_places(here().community.id, compound_id)
    return [_choice(PlaceKind.COMMON, row.id, row.name, None) for row in rows]


def inside_building(building_id: UUID) -> list[dict[str, Any]]:
    """A building and its stairwells."""
    community_id = here().community.id
    building = sight.found(register.building(community_id, building_id))
    wells = register.stairwells(community_id, building_id)
    return [
        _choice(PlaceKind.BUILDING, building.id, f"{building.name}整栋", "楼外墙、楼顶等"),
        *(
            _choice(PlaceKind.STAIRWELL, well.id, f"{building.name}{well.name}", None)
            for well in wells
        ),
    ]


def plan_to_tap(compound_id: UUID, *, light: bool = True) -> dict[str, Any] | None:
    """The plan of a compound as it is shown to be tapped; None where there is none.

    `light`: the small picture, for residents, whose pages have to be quick on a bad line.
    """
    plan = spots.plan_of(here().community.id, compound_id)
    if plan is None:
        return None
    return _shown(plan.id, plan.width, plan.height, compound_id, light=light)


def tapped_place(compound_id: UUID, x: int, y: int) -> PlaceChoice | None:
    """What a tap on the plan means: the common place there, or the point in the compound."""
    community_id = here().community.id
    plan = spots.plan_of(community_id, compound_id)
    if plan is None:
        return None
    point = tapped(x, y, PLAN_WIDTH, shown_height(plan.width, plan.height))
    if point is None:
        return None
    marks = {
        row.id: PlanPoint(row.plan_x, row.plan_y)
        for row in spots.common_places(community_id, compound_id)
        if row.plan_x is not None and row.plan_y is not None
    }
    place_id = nearest(point, marks)
    if place_id is None:
        return PlaceChoice(PlaceKind.COMPOUND, compound_id, point)
    return PlaceChoice(PlaceKind.COMMON, place_id, point)


def point_on_plan(compound_id: UUID | None, place: PlaceChoice) -> dict[str, Any] | None:
    """The plan with the point just tapped."""
    shown = plan_to_tap(compound_id) if compound_id and place.point else None
    if shown is None or place.point is None:
        return None
    return {**shown, "x": place.point.x, "y": place.point.y}


def spot_on_plan(complaint_id: UUID) -> dict[str, Any] | None:
    """The plan with the point a complaint was given."""
    spot = spots.spot_of(here().community.id, complaint_id)
    if spot is None:
        return None
    shown = _shown(spot.plan_id, spot.width, spot.height, None)
    return {**shown, "x": spot.plan_x, "y": spot.plan_y}


def title_of(place: PlaceChoice, ground: Any) -> str:
    """A chosen place in words. `ground`: the place with its names, as filing knows it."""
    if place.kind is PlaceKind.ELSEWHERE:
        return "别的地方"
    if ground is None:
        return "您选的地方"
    if place.kind is PlaceKind.UNIT:
        return f"我家里（{ground.compound_name} {ground.unit_label}）"
    names = (
        ground.compound_name,
        ground.building_name,
        ground.stairwell_name,
        ground.common_name,
    )
    return " ".join(name for name in names if name)


def shown_height(width: int, height: int) -> int:
    """How high a plan is when it is as wide as it is shown."""
    return max(1, round(PLAN_WIDTH * height / width))


def _shown(
    plan_id: UUID, width: int, height: int, compound_id: UUID | None, *, light: bool = False
) -> dict[str, Any]:
    picture = "files.thumbnail" if light else "files.show"
    return {
        "compound_id": compound_id,
        "url": url_for(picture, community=here().community.code, file_id=plan_id),
        "width": PLAN_WIDTH,
        "height": shown_height(width, height),
        "scale_height": round(1000 * height / width),
    }


def _offer(
    found: dict[str, dict[str, Any]], kind: PlaceKind, key: UUID, label: str, hint: str
) -> None:
    choice = _choice(kind, key, label, hint)
    found.setdefault(choice["value"], choice)


def _choice(kind: PlaceKind, key: UUID | None, label: str, hint: str | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": key,
        "value": str(PlaceChoice(kind, key)),
        "label": label,
        "hint": hint,
        "icon": ICONS[kind],
    }
