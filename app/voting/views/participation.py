"""While voting is open: who took part, by building and room. Choices are nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.kit.areas import say_area
from app.kit.clock import now
from app.kit.shares import percent_down
from app.voting.models import Assembly
from app.voting.permissions import PREPARE
from app.voting.queries import participation
from app.voting.rules import Weight
from app.voting.views import building_pages, desk, figures
from app.voting.views.blueprints import assemblies_blueprint as blueprint


@blueprint.get(
    "/c/<community>/assemblies/<uuid:assembly_id>/participation", endpoint="participation"
)
@requires(PREPARE)
def show_participation(assembly_id: UUID) -> ResponseReturnValue:
    """Maintained counts, and one building's rooms; the cost does not grow with the voters."""
    place, moment = here(), now()
    row = desk.found(assembly_id)
    if row.Assembly.roll_heads is None:
        return redirect(url_for(".show", community=place.community.code, assembly_id=assembly_id))
    typed = request.args.get("q", "").strip()
    found_here = participation.page(row.Assembly, building_pages.after(), typed)
    buildings = found_here[: participation.PAGE]
    chosen = _chosen(row.Assembly, buildings)
    took_part = participation.took_part(place.community.id, assembly_id)
    total = Weight(row.Assembly.roll_area_centi, row.Assembly.roll_heads)
    return render_template(
        "voting/staff/participation.html",
        community=place.community.code,
        assembly=row.Assembly,
        compound_name=row.compound_name,
        tag=figures.state_tag(row.Assembly),
        deadline=figures.deadline(row.Assembly, moment),
        measures=figures.participation_measures(took_part, total),
        missing=figures.missing_quorum(took_part, total),
        buildings=[
            {
                "id": found.building_id,
                "name": found.name,
                "heads": found.heads,
                "roll_heads": found.roll_heads,
                "missing": found.roll_heads - found.heads,
                "share": percent_down(found.heads, found.roll_heads, 1),
                "area": say_area(found.area_centi),
                "area_share": percent_down(found.area_centi, found.roll_area_centi, 1),
                "current": found.building_id == chosen.building_id,
            }
            for found in buildings
        ],
        typed=typed,
        further=building_pages.cursor(buildings[-1])
        if len(found_here) > participation.PAGE
        else None,
        beginning=building_pages.after() is not None,
        chosen={"name": chosen.name, "id": chosen.building_id},
        grid=figures.grid_of(
            participation.rooms_of_building(place.community.id, assembly_id, chosen.building_id)
        ),
        states=figures.ROOM_STATES,
    )


def _chosen(assembly: Assembly, buildings: Sequence[Any]) -> Any:
    """The building whose rooms are shown: the one asked for, else the first of the page."""
    wanted = request.args.get("building", type=UUID)
    found = next((found for found in buildings if found.building_id == wanted), None)
    if found is None and wanted is not None:
        found = participation.of_building(assembly, wanted)
    if found is None:
        found = (buildings or participation.page(assembly, None))[0]
    return found
