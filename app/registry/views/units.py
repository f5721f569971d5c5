"""Units: list, page, form, export."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.kit.areas import parse_area, plain_area, say_area
from app.kit.clock import civil_date
from app.kit.phones import mask_phone
from app.registry.actions import units as actions
from app.registry.actions.units import UnitValues
from app.registry.forms import UnitForm, value_of
from app.registry.permissions import EDIT_REGISTER, READ_REGISTER
from app.registry.queries import homes, places, units
from app.registry.queries.units import UnitFilter
from app.registry.rules import (
    AREA_SOURCE_TITLES,
    RELATION_TITLES,
    SALE_STATE_TITLES,
    UNIT_KIND_TITLES,
    AreaSource,
    SaleState,
    UnitKind,
)
from app.registry.rules.shares import say_share
from app.registry.views.room import blueprint, download, edit_page, found, identifier, to

_HEADS = (
    "小区 楼栋 单元 房号 楼层 类型 面积（㎡） 面积来源 交付状态 业主".split()  # noqa: SIM905 - reads as the header
)


@blueprint.get("/c/<community>/registry/units")
@requires(READ_REGISTER)
def unit_list() -> str:
    """The units, searched and filtered."""
    community_id, chosen = here().community.id, _chosen()
    total = units.unit_total(community_id, chosen)
    return render_template(
        "registry/units.html",
        page=units.unit_page(
            community_id, chosen, after=identifier("after"), before=identifier("before")
        ),
        chosen=chosen,
        kept=_kept(chosen),
        count=total.count,
        area=say_area(int(total.area_centi)),
        compounds=homes.compounds(community_id),
        kinds=UNIT_KIND_TITLES,
        states=SALE_STATE_TITLES,
        plain_area=plain_area,
    )


@blueprint.get("/c/<community>/registry/units/export")
@requires(READ_REGISTER)
def export_units() -> Response:
    """The units of the list as a workbook or CSV."""
    rows = (
        (
            row.compound_name,
            row.building_name,
            row.stairwell_name,
            row.room,
            row.floor,
            UNIT_KIND_TITLES[row.kind],
            plain_area(row.area_centi).replace(",", ""),
            AREA_SOURCE_TITLES[row.area_source],
            SALE_STATE_TITLES[row.sale_state],
            row.owners,
        )
        for row in units.all_units(here().community.id, _chosen())
    )
    return download("房屋清单", _HEADS, rows, as_csv=request.args.get("format") == "csv")


@blueprint.get("/c/<community>/registry/units/<uuid:unit_id>")
@requires(READ_REGISTER)
def unit(unit_id: UUID) -> str:
    """One unit: owners with shares, residents, history."""
    community_id = here().community.id
    row = found(units.unit_with_places(community_id, unit_id))
    held = units.holdings(community_id, unit_id)
    return render_template(
        "registry/unit.html",
        unit=row.PropertyUnit,
        row=row,
        area=say_area(row.PropertyUnit.area_centi),
        holdings=[one for one in held if one.Ownership.ended_at is None],
        former=[one for one in held if one.Ownership.ended_at is not None],
        residents=units.residents_of(community_id, unit_id),
        kinds=UNIT_KIND_TITLES,
        sources=AREA_SOURCE_TITLES,
        states=SALE_STATE_TITLES,
        relations=RELATION_TITLES,
        mask_phone=mask_phone,
        say_share=say_share,
        civil_date=civil_date,
    )


@blueprint.route(
    "/c/<community>/registry/buildings/<uuid:building_id>/units/new", methods=["GET", "POST"]
)
@requires(EDIT_REGISTER)
def new_unit(building_id: UUID) -> ResponseReturnValue:
    """Add a unit."""
    community_id = here().community.id
    found(places.building(community_id, building_id))
    form = _unit_form(community_id, building_id, {})

    def save() -> ResponseReturnValue:
        unit_id = actions.add_unit(community_id, building_id, _values(form))
        flash("已添加房屋。", "done")
        return redirect(to("unit", unit_id=unit_id))

    return edit_page(form, save, heading="添加房屋", back=to("building", building_id=building_id))


@blueprint.route("/c/<community>/registry/units/<uuid:unit_id>/edit", methods=["GET", "POST"])
@requires(EDIT_REGISTER)
def edit_unit(unit_id: UUID) -> ResponseReturnValue:
    """Change a unit."""
    community_id = here().community.id

    def current() -> dict[str, Any]:
        row = found(units.unit(community_id, unit_id))
        names = ("room", "floor", "kind", "area_source", "sale_state", "vacant", "version")
        shown = {name: getattr(row, name) for name in names}
        shown["stairwell_id"] = str(row.stairwell_id or "")
        shown["area"] = plain_area(row.area_centi).replace(",", "")
        return shown

    building_id = found(units.unit(community_id, unit_id)).building_id
    form = _unit_form(community_id, building_id, current())

    def save() -> ResponseReturnValue:
        actions.change_unit(community_id, unit_id, form.version_number, _values(form))
        flash("已保存。", "done")
        return redirect(to("unit", unit_id=unit_id))

    back = to("unit", unit_id=unit_id)
    return edit_page(form, save, heading="修改房屋", back=back, current=current)


def _chosen() -> UnitFilter:
    return UnitFilter(
        wanted=request.args.get("q", "").strip()[:60],
        compound_id=identifier("compound"),
        building_id=identifier("building"),
        kind=value_of(UnitKind, request.args.get("kind")),
        sale_state=value_of(SaleState, request.args.get("state")),
    )


def _kept(chosen: UnitFilter) -> dict[str, Any]:
    values = {
        "q": chosen.wanted,
        "compound": chosen.compound_id,
        "building": chosen.building_id,
        "kind": chosen.kind,
        "state": chosen.sale_state,
    }
    return {name: value for name, value in values.items() if value}


def _unit_form(community_id: int, building_id: UUID, data: dict[str, Any]) -> UnitForm:
    form = UnitForm(data=data)
    wells = places.stairwells(community_id, building_id)
    form.stairwell_id.choices = [("", "不分单元"), *((str(well.id), well.name) for well in wells)]
    return form


def _values(form: UnitForm) -> UnitValues:
    return UnitValues(
        stairwell_id=UUID(form.stairwell_id.data) if form.stairwell_id.data else None,
        room=form.room.data or "",
        floor=form.floor.data,
        kind=UnitKind(form.kind.data),
        area_centi=parse_area(form.area.data or ""),
        area_source=AreaSource(form.area_source.data),
        sale_state=SaleState(form.sale_state.data),
        vacant=bool(form.vacant.data),
    )
