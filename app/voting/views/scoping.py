"""Whose matter an assembly is: the page where buildings or stairwells are ticked."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.kit.refusal import Refusal
from app.registry.queries.places import buildings
from app.voting.actions import preparing
from app.voting.forms import ScopeForm
from app.voting.permissions import PREPARE
from app.voting.queries import scopes
from app.voting.rules import State, VotingScope
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint as blueprint
from app.voting.views.preparing import assembly_address, to_assembly


@blueprint.route("/c/<community>/assemblies/<uuid:assembly_id>/scope", methods=["GET", "POST"])
@requires(PREPARE)
def scope(assembly_id: UUID) -> ResponseReturnValue:
    """Tick the buildings or stairwells that decide."""
    place = here()
    row = desk.found(assembly_id)
    if row.Assembly.state != State.DRAFT:
        return redirect(assembly_address(assembly_id))
    form, status = ScopeForm(), 200
    compound_id = row.Assembly.compound_id
    form.buildings.choices = [
        (str(found.id), found.name) for found in buildings(place.community.id, compound_id)
    ]
    form.stairwells.choices = [
        (str(found.id), f"{found.building_name} {found.name}")
        for found in scopes.stairwells_of_compound(place.community.id, compound_id)
    ]
    if request.method == "GET":
        _show(form, assembly_id, row.Assembly.scope)
    elif form.validate():
        try:
            preparing.choose_scope(desk.locked(assembly_id), form.choice())
        except Refusal as refusal:
            status = show_in_form(form, refusal)
        else:
            flash("表决范围已保存。", "success")
            return to_assembly(assembly_id)
    else:
        status = 422
    page = render_template(
        "voting/staff/scope.html",
        community=place.community.code,
        assembly=row.Assembly,
        compound_name=row.compound_name,
        form=form,
    )
    return page, status


def _show(form: ScopeForm, assembly_id: UUID, scope_now: str) -> None:
    named = scopes.places_of(here().community.id, assembly_id)
    form.scope.data = scope_now
    if scope_now == VotingScope.BUILDINGS:
        form.buildings.data = [str(found.building_id) for found in named]
    elif scope_now == VotingScope.STAIRWELLS:
        form.stairwells.data = [str(found.stairwell_id) for found in named]
