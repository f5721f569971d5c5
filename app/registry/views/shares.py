"""Who holds which share of a unit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.registry.actions import units as actions
from app.registry.forms import HoldingForm, ShareForm
from app.registry.permissions import EDIT_REGISTER
from app.registry.queries import units
from app.registry.rules.shares import parse_share
from app.registry.views.owners import owner_values
from app.registry.views.room import blueprint, edit_page, found, to


@blueprint.route("/c/<community>/registry/units/<uuid:unit_id>/owners/new", methods=["GET", "POST"])
@requires(EDIT_REGISTER)
def new_holding(unit_id: UUID) -> ResponseReturnValue:
    """Register an owner of a unit."""
    community_id = here().community.id
    unit = found(units.unit(community_id, unit_id))
    form = HoldingForm()
    back = to("unit", unit_id=unit_id)

    def save() -> ResponseReturnValue:
        share = parse_share(form.share.data or "")
        actions.add_share(community_id, unit_id, owner_values(form), share)
        flash("已登记业主。", "done")
        return redirect(back)

    return edit_page(form, save, heading=f"登记业主：{unit.label}", back=back)


@blueprint.route(
    "/c/<community>/registry/holdings/<uuid:ownership_id>/edit", methods=["GET", "POST"]
)
@requires(EDIT_REGISTER)
def edit_holding(ownership_id: UUID) -> ResponseReturnValue:
    """Change a share."""
    community_id = here().community.id
    held = found(units.ownership(community_id, ownership_id))
    form = ShareForm(data=_as_typed(held))
    back = to("unit", unit_id=held.unit_id)

    def save() -> ResponseReturnValue:
        actions.change_share(community_id, ownership_id, parse_share(form.share.data or ""))
        flash("份额已修改。", "done")
        return redirect(back)

    return edit_page(form, save, heading="修改份额", back=back)


@blueprint.post("/c/<community>/registry/holdings/<uuid:ownership_id>/end")
@requires(EDIT_REGISTER)
def end_holding(ownership_id: UUID) -> ResponseReturnValue:
    """The owner holds the unit no longer."""
    community_id = here().community.id
    unit_id = found(units.ownership(community_id, ownership_id)).unit_id
    actions.end_share(community_id, ownership_id)
    flash("已记为转出，历史保留在下面。", "done")
    return redirect(to("unit", unit_id=unit_id))


def _as_typed(held: Any) -> dict[str, str]:
    whole = held.share_numerator == held.share_denominator
    return {"share": "1" if whole else f"{held.share_numerator}/{held.share_denominator}"}
