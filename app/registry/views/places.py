"""Compounds, buildings and stairwells."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.kit.areas import plain_area
from app.registry.actions import places as actions
from app.registry.actions.places import CompoundValues
from app.registry.forms import BuildingForm, CompoundForm, StairwellForm
from app.registry.models import Building, Compound
from app.registry.permissions import EDIT_REGISTER, READ_REGISTER
from app.registry.queries import places
from app.registry.rules import SALE_STATE_TITLES, UNIT_KIND_TITLES, SaleState
from app.registry.rules.grid import draw
from app.registry.views.room import blueprint, edit_page, found, to

_STATES = (
    {"key": "claimed", "label": "居民已认领", "tone": "done", "icon": "user-check"},
    {"key": "owned", "label": "已登记业主", "tone": "part", "icon": "key-round"},
    {"key": "unsold", "label": "未售", "tone": "empty", "icon": "circle-dashed"},
    {"key": "vacant", "label": "空置", "tone": "quiet", "icon": "door-closed"},
    {"key": "unknown", "label": "没有业主信息", "tone": "due", "icon": "circle-help"},
)


@blueprint.get("/c/<community>/registry/")
@requires(READ_REGISTER)
def index() -> str:
    """The compounds of the community."""
    return render_template(
        "registry/index.html",
        compounds=places.compounds_with_counts(here().community.id),
        plain_area=plain_area,
    )


@blueprint.get("/c/<community>/registry/compounds/<uuid:compound_id>")
@requires(READ_REGISTER)
def compound(compound_id: UUID) -> str:
    """One compound and its buildings."""
    community_id = here().community.id
    return render_template(
        "registry/compound.html",
        compound=found(places.compound(community_id, compound_id)),
        buildings=places.buildings_with_counts(community_id, compound_id),
        plain_area=plain_area,
    )


@blueprint.route("/c/<community>/registry/compounds/new", methods=["GET", "POST"])
@requires(EDIT_REGISTER)
def new_compound() -> ResponseReturnValue:
    """Add a compound."""
    form = CompoundForm()

    def save() -> ResponseReturnValue:
        compound_id = actions.add_compound(here().community.id, _compound_values(form))
        flash(f"已添加小区“{form.name.data}”。", "done")
        return redirect(to("compound", compound_id=compound_id))

    return edit_page(form, save, heading="添加小区", back=to("index"))


@blueprint.route(
    "/c/<community>/registry/compounds/<uuid:compound_id>/edit", methods=["GET", "POST"]
)
@requires(EDIT_REGISTER)
def edit_compound(compound_id: UUID) -> ResponseReturnValue:
    """Change a compound."""
    community_id = here().community.id

    def current() -> dict[str, Any]:
        row: Compound = found(places.compound(community_id, compound_id))
        names = ("name", "address", "residential", "old", "version")
        return {name: getattr(row, name) for name in names}

    form = CompoundForm(data=current())

    def save() -> ResponseReturnValue:
        values = _compound_values(form)
        actions.change_compound(community_id, compound_id, form.version_number, values)
        flash("已保存。", "done")
        return redirect(to("compound", compound_id=compound_id))

    back = to("compound", compound_id=compound_id)
    return edit_page(form, save, heading="修改小区", back=back, current=current)


@blueprint.get("/c/<community>/registry/buildings/<uuid:building_id>")
@requires(READ_REGISTER)
def building(building_id: UUID) -> str:
    """One building, drawn room by room."""
    community_id = here().community.id
    row: Building = found(places.building(community_id, building_id))
    wells = places.stairwells(community_id, building_id)
    rooms = places.rooms_of_building(community_id, building_id)
    names = {well.id: well.name for well in wells}
    drawing = draw(rooms, [*names, None])
    return render_template(
        "registry/building.html",
        building=row,
        compound=found(places.compound(community_id, row.compound_id)),
        wells=wells,
        stairwells=[
            {"label": names[well] if well else "不分单元", "rooms": width}
            for well, width in drawing.columns
        ],
        floors=[
            {"label": str(floor), "rooms": [cell and _cell(cell) for cell in cells]}
            for floor, cells in drawing.floors
        ],
        states=_STATES,
        elsewhere=[(room, UNIT_KIND_TITLES[room.kind]) for room in drawing.elsewhere],
        claimed=sum(room.claimed for room in rooms),
        total=len(rooms),
    )


@blueprint.route(
    "/c/<community>/registry/compounds/<uuid:compound_id>/buildings/new", methods=["GET", "POST"]
)
@requires(EDIT_REGISTER)
def new_building(compound_id: UUID) -> ResponseReturnValue:
    """Add a building."""
    community_id = here().community.id
    found(places.compound(community_id, compound_id))
    form = BuildingForm()

    def save() -> ResponseReturnValue:
        building_id = actions.add_building(
            community_id, compound_id, form.name.data or "", form.floors.data
        )
        flash("已添加楼栋。", "done")
        return redirect(to("building", building_id=building_id))

    back = to("compound", compound_id=compound_id)
    return edit_page(form, save, heading="添加楼栋", back=back)


@blueprint.route(
    "/c/<community>/registry/buildings/<uuid:building_id>/edit", methods=["GET", "POST"]
)
@requires(EDIT_REGISTER)
def edit_building(building_id: UUID) -> ResponseReturnValue:
    """Change a building."""
    community_id = here().community.id

    def current() -> dict[str, Any]:
        row: Building = found(places.building(community_id, building_id))
        return {"name": row.name, "floors": row.floors, "version": row.version}

    form = BuildingForm(data=current())

    def save() -> ResponseReturnValue:
        actions.change_building(
            community_id,
            building_id,
            form.version_number,
            form.name.data or "",
            form.floors.data,
        )
        flash("已保存。", "done")
        return redirect(to("building", building_id=building_id))

    back = to("building", building_id=building_id)
    return edit_page(form, save, heading="修改楼栋", back=back, current=current)


@blueprint.route(
    "/c/<community>/registry/buildings/<uuid:building_id>/stairwells/new", methods=["GET", "POST"]
)
@requires(EDIT_REGISTER)
def new_stairwell(building_id: UUID) -> ResponseReturnValue:
    """Add a stairwell."""
    community_id = here().community.id
    found(places.building(community_id, building_id))
    form = StairwellForm()
    back = to("building", building_id=building_id)

    def save() -> ResponseReturnValue:
        actions.add_stairwell(community_id, building_id, form.name.data or "")
        flash("已添加单元。", "done")
        return redirect(back)

    return edit_page(form, save, heading="添加单元", back=back)


@blueprint.route(
    "/c/<community>/registry/stairwells/<uuid:stairwell_id>/edit", methods=["GET", "POST"]
)
@requires(EDIT_REGISTER)
def edit_stairwell(stairwell_id: UUID) -> ResponseReturnValue:
    """Change a stairwell."""
    community_id = here().community.id

    def current() -> dict[str, Any]:
        row = found(places.stairwell(community_id, stairwell_id))
        return {"name": row.name, "version": row.version}

    form = StairwellForm(data=current())
    building_id = found(places.stairwell(community_id, stairwell_id)).building_id
    back = to("building", building_id=building_id)

    def save() -> ResponseReturnValue:
        actions.change_stairwell(
            community_id, stairwell_id, form.version_number, form.name.data or ""
        )
        flash("已保存。", "done")
        return redirect(back)

    return edit_page(form, save, heading="修改单元", back=back, current=current)


def _compound_values(form: CompoundForm) -> CompoundValues:
    return CompoundValues(
        name=form.name.data or "",
        address=form.address.data or "",
        residential=bool(form.residential.data),
        old=bool(form.old.data),
    )


def _cell(room: Any) -> dict[str, Any]:
    return {
        "label": room.room,
        "state": _state(room),
        "url": to("unit", unit_id=room.id),
        "note": SALE_STATE_TITLES[room.sale_state],
        "mine": False,
    }


def _state(room: Any) -> str:
    if room.claimed:
        return "claimed"
    if room.sale_state == SaleState.UNSOLD:
        return "unsold"
    if room.vacant:
        return "vacant"
    return "owned" if room.owned else "unknown"
