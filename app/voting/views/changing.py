"""At the desk after the notice: extend once, call off."""

from __future__ import annotations

from uuid import UUID

from flask import flash
from flask.typing import ResponseReturnValue

from app.core.access.door import requires
from app.core.web.refused_form import show_in_form
from app.kit.clock import now, say_deadline
from app.kit.refusal import Refusal
from app.voting.actions import changing
from app.voting.forms import CancelForm, ExtendForm
from app.voting.permissions import PREPARE
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint as blueprint
from app.voting.views.preparing import page_of, to_assembly


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/extend")
@requires(PREPARE)
def extend(assembly_id: UUID) -> ResponseReturnValue:
    """Put the deadline off, with a reason."""
    form = ExtendForm()
    if not form.validate_on_submit():
        return page_of(assembly_id, extend_form=form), 422
    assembly = desk.locked(assembly_id)
    try:
        changing.extend_voting(
            assembly, desk.acting_as(), form.new_closes_at(), form.reason.data or ""
        )
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        return page_of(assembly_id, extend_form=form), status
    flash(f"已延期：{say_deadline(assembly.closes_at, now())}。业主会收到消息。", "success")
    return to_assembly(assembly_id)


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/cancel")
@requires(PREPARE)
def cancel(assembly_id: UUID) -> ResponseReturnValue:
    """Call it off before anybody has voted, with a reason the owners read."""
    form = CancelForm()
    assembly = desk.locked(assembly_id)
    if not form.validate_on_submit():
        return page_of(assembly_id, cancel_form=form), 422
    changing.cancel(assembly, desk.acting_as(), form.reason.data or "")
    flash("已取消。", "success")
    return to_assembly(assembly_id)
