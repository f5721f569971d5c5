"""复核计票 at the desk."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import attempt
from app.kit.clock import now, say_deadline
from app.voting.actions.recounting import recount
from app.voting.filing_forms import RecountForm
from app.voting.permissions import RECOUNT
from app.voting.queries import objections
from app.voting.rules import ObjectionSubject, State
from app.voting.views import counts, desk, figures
from app.voting.views.blueprints import assemblies_blueprint as blueprint

ADDRESS = "/c/<community>/assemblies/<uuid:assembly_id>/recount"


@blueprint.get(ADDRESS)
@requires(RECOUNT)
def recount_page(assembly_id: UUID) -> ResponseReturnValue:
    """Who watches, and why; and the counts so far."""
    return _page(assembly_id, RecountForm(formdata=None))


@blueprint.post(ADDRESS)
@requires(RECOUNT)
def hold_recount(assembly_id: UUID) -> ResponseReturnValue:
    """Count again."""
    form = RecountForm()
    tried = attempt(
        form,
        lambda: recount(
            desk.locked(assembly_id), form.supervision(), held_by=here().signed_in.account_id
        ),
    )
    if tried.done:
        flash(f"第 {tried.result} 次计票完成，两次结果都在结果页上。", "success")
        place = here().community.code
        return redirect(
            url_for("voting.result", community=place, assembly_id=assembly_id), code=303
        )
    return _page(assembly_id, form), tried.status


def _page(assembly_id: UUID, form: RecountForm) -> str:
    place = here()
    row = desk.found(assembly_id)
    assembly = row.Assembly
    return render_template(
        "voting/staff/recount.html",
        community=place.community.code,
        assembly=assembly,
        compound_name=row.compound_name,
        tag=figures.state_tag(assembly),
        possible=State(assembly.state) is State.PUBLISHED,
        until=say_deadline(assembly.due_at, now()) if assembly.due_at else None,
        waiting=objections.open_objections(
            place.community.id, assembly_id, ObjectionSubject.RESULT
        ),
        counts=counts.recounts_of(assembly),
        form=form,
    )
