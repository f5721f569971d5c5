"""公共地方: staff keep the list of common places and the plan of each compound."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions import spots as actions
from app.complaints.forms import uploads
from app.complaints.forms_places import CommonPlaceForm, PlanForm
from app.complaints.models import CommonPlace
from app.complaints.permissions import KEEP_PLACES
from app.complaints.queries import spots
from app.complaints.queries.spots import COMPOUND_PLAN
from app.complaints.rules.places import tapped
from app.complaints.views import places, sight
from app.core.access.door import Here, here, requires
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.refused_form import show_in_form
from app.core.web.shell import navigation_item
from app.kit.refusal import NotFound, Refusal
from app.registry.queries import compounds
from app.registry.queries import places as register
from app.registry.views.room import edit_page

blueprint = Blueprint("spots", __name__)
navigation_item("公共地方", "map-pin", "spots.index", order=52)


@blueprint.get("/c/<community>/common-places/")
@requires(KEEP_PLACES)
def index() -> str:
    """The compounds, each with its list."""
    return render_template("complaints/spots.html", compounds=compounds(here().community.id))


@blueprint.get("/c/<community>/common-places/compounds/<uuid:compound_id>")
@requires(KEEP_PLACES)
def compound(compound_id: UUID) -> str:
    """The common places of a compound and its plan."""
    return _page(compound_id, CommonPlaceForm(formdata=None), PlanForm(formdata=None))


@blueprint.post("/c/<community>/common-places/compounds/<uuid:compound_id>")
@requires(KEEP_PLACES)
def add(compound_id: UUID) -> ResponseReturnValue:
    """Add a place."""
    form = CommonPlaceForm()
    sight.found(register.compound(here().community.id, compound_id))
    try:
        if form.validate():
            actions.add_common_place(here().community.id, compound_id, form.name.data or "", None)
            flash(f"已添加“{form.name.data}”，居民反映时可以选到。", "success")
            return redirect(_to(".compound", compound_id=compound_id))
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        return _page(compound_id, form, PlanForm(formdata=None)), status
    return _page(compound_id, form, PlanForm(formdata=None)), 422


@blueprint.post("/c/<community>/common-places/compounds/<uuid:compound_id>/plan")
@requires(KEEP_PLACES)
def set_plan(compound_id: UUID) -> ResponseReturnValue:
    """Upload the plan (平面图) residents can tap on."""
    form = PlanForm()
    sight.found(register.compound(here().community.id, compound_id))
    pictures = uploads(form.plan)
    try:
        if pictures:
            actions.set_plan(
                here().community.id, compound_id, here().signed_in.account_id, pictures[0]
            )
            flash("平面图已换好。请给常用的地方点一下位置。", "success")
            return redirect(_to(".compound", compound_id=compound_id))
        form.plan.errors = ["请选择一张平面图的图片。"]
    except Refusal as refusal:
        show_in_form(form, refusal)
        form.plan.errors = [refusal.sentence]
    return _page(compound_id, CommonPlaceForm(formdata=None), form), 422


@blueprint.route("/c/<community>/common-places/<uuid:place_id>", methods=["GET", "POST"])
@requires(KEEP_PLACES)
def edit(place_id: UUID) -> ResponseReturnValue:
    """Rename a place."""
    row = _place(place_id)
    form = CommonPlaceForm(data={"name": row.name, "version": str(row.version)})
    back = _to(".compound", compound_id=row.compound_id)

    def save() -> ResponseReturnValue:
        actions.change_common_place(
            here().community.id, place_id, form.version_number, form.name.data or ""
        )
        flash("已保存。", "success")
        return redirect(back)

    def current() -> dict[str, Any]:
        fresh = _place(place_id)
        return {"name": fresh.name, "version": fresh.version}

    return edit_page(form, save, heading="修改公共地方", back=back, current=current)


@blueprint.get("/c/<community>/common-places/<uuid:place_id>/mark")
@requires(KEEP_PLACES)
def mark(place_id: UUID) -> ResponseReturnValue:
    """Show the plan, to tap where the place is."""
    row = _place(place_id)
    plan = places.plan_to_tap(row.compound_id, light=False)
    if plan is None:
        flash("这个小区还没有平面图，请先上传。", "error")
        return redirect(_to(".compound", compound_id=row.compound_id))
    return render_template(
        "complaints/spot_mark.html",
        place=row,
        plan={**plan, "x": row.plan_x, "y": row.plan_y},
        back_url=_to(".compound", compound_id=row.compound_id),
    )


@blueprint.post("/c/<community>/common-places/<uuid:place_id>/mark")
@requires(KEEP_PLACES)
def set_mark(place_id: UUID) -> ResponseReturnValue:
    """The point that was tapped."""
    row = _place(place_id)
    plan = places.plan_to_tap(row.compound_id, light=False)
    x, y = (request.form.get(f"at.{axis}", type=int) for axis in ("x", "y"))
    known = plan is not None and x is not None and y is not None
    point = tapped(x or 0, y or 0, plan["width"], plan["height"]) if known and plan else None
    if point is None:
        flash("没有点在平面图上，请再点一次。", "error")
        return redirect(_to(".mark", place_id=place_id))
    version = request.form.get("version", 0, type=int)
    actions.mark_common_place(here().community.id, place_id, version, point)
    flash(f"已记下“{row.name}”的位置。", "success")
    return redirect(_to(".compound", compound_id=row.compound_id))


@blueprint.post("/c/<community>/common-places/<uuid:place_id>/retire")
@requires(KEEP_PLACES)
def retire(place_id: UUID) -> ResponseReturnValue:
    """Take a place off the list."""
    row = _place(place_id)
    version = request.form.get("version", 0, type=int)
    actions.retire_common_place(here().community.id, place_id, version)
    flash(f"“{row.name}”不再给居民选；以前反映的不受影响。", "success")
    return redirect(_to(".compound", compound_id=row.compound_id))


@decides_for(COMPOUND_PLAN)
def may_see_plan(_place: Here, _stored: StoredFile) -> bool:
    """Whoever belongs to the community."""
    return True


def _page(compound_id: UUID, form: CommonPlaceForm, plan_form: PlanForm) -> str:
    community_id = here().community.id
    return render_template(
        "complaints/spots_compound.html",
        compound=sight.found(register.compound(community_id, compound_id)),
        places=spots.common_places(community_id, compound_id),
        plan=places.plan_to_tap(compound_id, light=False),
        form=form,
        plan_form=plan_form,
    )


def _place(place_id: UUID) -> CommonPlace:
    row: CommonPlace = sight.found(spots.common_place(here().community.id, place_id))
    if row.retired_at is not None:
        raise NotFound
    return row


def _to(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, community=here().community.code, **values)
