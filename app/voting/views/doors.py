"""上门名单: the households of one's own place, on a phone. Participation only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.access.roles import OFFICE_ROLES, Role
from app.core.web.refused_form import show_in_form
from app.kit.clock import now, say_moment
from app.kit.refusal import NotFound, Refusal
from app.voting.actions.visits import record_visit
from app.voting.channel_forms import VisitForm
from app.voting.models import Assembly
from app.voting.permissions import CANVASS
from app.voting.queries import assemblies, participation, visits
from app.voting.rules import SETTLED, PaperEvent, State, VisitOutcome
from app.voting.views import building_pages, desk, figures
from app.voting.views.blueprints import voting_blueprint as blueprint

TONES = {
    VisitOutcome.NOT_HOME: "quiet",
    VisitOutcome.CONTACTED: "info",
    VisitOutcome.WILL_VOTE_ONLINE: "info",
    VisitOutcome.PAPER_HANDED_OUT: "due",
    VisitOutcome.PAPER_RETURNED: "done",
}
LEFT, ALL = "left", "all"


@blueprint.get("/c/<community>/votes/<uuid:assembly_id>/doors")
@requires(CANVASS)
def doors(assembly_id: UUID) -> ResponseReturnValue:
    """The households of one building, those that have not taken part first."""
    found, own = _admitted(assembly_id)
    listed = _listed(found.Assembly, own)
    chosen = _chosen(found.Assembly, own, listed.places)
    shown = request.args.get("show", LEFT)
    homes = visits.households(
        here().community.id, assembly_id, chosen.building_id, chosen.stairwell_ids
    )
    left = [home for home in homes if not home.took_part]
    return render_template(
        "voting/doors/index.html",
        frame=_frame(),
        community=here().community.code,
        assembly=found.Assembly,
        deadline=figures.deadline(found.Assembly, now()),
        places=[
            {
                "label": one.name,
                "value": one.building_id,
                "checked": one.building_id == chosen.building_id,
            }
            for one in listed.places
        ],
        paged=listed,
        chosen=chosen,
        show=shown,
        counts={LEFT: len(left), ALL: len(homes)},
        stairwells=_by_stairwell(homes if shown == ALL else left),
    )


@blueprint.route(
    "/c/<community>/votes/<uuid:assembly_id>/doors/<uuid:unit_id>", methods=["GET", "POST"]
)
@requires(CANVASS)
def door(assembly_id: UUID, unit_id: UUID) -> ResponseReturnValue:
    """One household: what came of this visit, and of those before."""
    place = here()
    found, own = _admitted(assembly_id)
    home = visits.household(place.community.id, assembly_id, unit_id)
    if home is None or not _within(home, own):
        raise NotFound
    form = VisitForm()
    if form.validate_on_submit():
        try:
            record_visit(
                found.Assembly,
                home,
                VisitOutcome(form.outcome.data),
                form.note.data or "",
                by=place.signed_in.account_id,
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
            return _door_page(found, home, form), status
        flash(f"{home.label} 已记下。", "done")
        return redirect(
            url_for(
                ".doors",
                community=place.community.code,
                assembly_id=assembly_id,
                building=home.building_id,
            ),
            code=303,
        )
    return _door_page(found, home, form), 422 if form.errors else 200


def _door_page(found: Any, home: Any, form: VisitForm) -> str:
    place = here()
    return render_template(
        "voting/doors/show.html",
        frame=_frame(),
        community=place.community.code,
        assembly=found.Assembly,
        home=_shown(home),
        building=home.building_id,
        voter_label=home.voter_label if home.unit_count > 1 else None,
        open_now=found.Assembly.state == State.OPEN,
        paper=_paper_words(home),
        form=form,
        visits=[
            {
                "what": VisitOutcome(visit.outcome).label,
                "note": visit.note,
                "when": say_moment(visit.created_at),
                "who": visit.name,
            }
            for visit in visits.visits_of(place.community.id, found.Assembly.id, home.unit_id)
        ],
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A building to go through, or these stairwells of it."""

    building_id: UUID
    name: str
    stairwell_ids: Sequence[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """The places to choose from: one's own, or a page of all."""

    places: Sequence[Place]
    typed: str = ""
    further: str | None = None
    beginning: bool = False


def _listed(assembly: Assembly, own: Sequence[Place] | None) -> Listed:
    """Whoever runs the assembly finds any building, a page at a time."""
    if own is not None:
        return Listed(own)
    typed, after = request.args.get("q", "").strip(), building_pages.after()
    rows = participation.page(assembly, after, typed)
    shown = rows[: participation.PAGE]
    return Listed(
        [Place(row.building_id, row.name) for row in shown],
        typed,
        building_pages.cursor(shown[-1]) if len(rows) > len(shown) else None,
        beginning=after is not None,
    )


def _chosen(assembly: Assembly, own: Sequence[Place] | None, places: Sequence[Place]) -> Place:
    """The building asked for, else the first of the page, else the first of all."""
    wanted = request.args.get("building", type=UUID)
    found = next((one for one in places if one.building_id == wanted), None)
    if found is None and wanted is not None and own is None:
        row = participation.of_building(assembly, wanted)
        found = Place(row.building_id, row.name) if row is not None else None
    if found is None:
        first = places or [
            Place(row.building_id, row.name) for row in participation.page(assembly, None)
        ]
        if not first:
            raise NotFound
        found = first[0]
    return found


def _admitted(assembly_id: UUID) -> tuple[Any, Sequence[Place] | None]:
    """The assembly, and where in it this person may go from door to door; none: everywhere."""
    place = here()
    found = assemblies.public_assembly(place.community.id, assembly_id)
    if found is None or found.Assembly.roll_heads is None:
        raise NotFound
    compound_id = found.Assembly.compound_id
    if _runs_it(compound_id):
        return found, None
    grants = place.signed_in.grants_in(place.community)
    rows = visits.places_of_heads(
        place.community.id,
        compound_id,
        [
            grant.building_id
            for grant in grants
            if grant.role is Role.BUILDING_HEAD and grant.building_id
        ],
        [
            grant.stairwell_id
            for grant in grants
            if grant.role is Role.STAIRWELL_HEAD and grant.stairwell_id
        ],
    )
    if not rows:
        raise NotFound
    return found, [Place(row.building_id, row.name, row.stairwell_ids) for row in rows]


def _runs_it(compound_id: UUID) -> bool:
    place = here()
    roles = place.signed_in.roles_in(place.community)
    if roles & OFFICE_ROLES:
        return True
    return Role.COMMITTEE_MEMBER in roles and compound_id in (desk.own_compounds() or ())


def _within(home: Any, own: Sequence[Place] | None) -> bool:
    return own is None or any(
        one.building_id == home.building_id
        and (one.stairwell_ids is None or home.stairwell_id in one.stairwell_ids)
        for one in own
    )


def _frame() -> str:
    place = here()
    office = place.signed_in.roles_in(place.community) & (OFFICE_ROLES | {Role.COMMITTEE_MEMBER})
    return "layouts/staff.html" if office else "layouts/resident.html"


def _by_stairwell(homes: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"name": name or "", "homes": [_shown(home) for home in group]}
        for name, group in groupby(homes, key=lambda home: home.stairwell_name)
    ]


def _shown(home: Any) -> dict[str, Any]:
    return {
        "unit_id": home.unit_id,
        "room": home.room,
        "label": home.label,
        "state": _state(home),
        "note": home.note or None,
        "when": say_moment(home.visited_at) if home.visited_at else None,
        "who": home.visitor_name,
    }


def _state(home: Any) -> dict[str, str]:
    if home.took_part:
        return {"kind": "done", "text": "已参与"}
    if PaperEvent.RETURNED in home.paper_events and not SETTLED & set(home.paper_events):
        return {"kind": "done", "text": VisitOutcome.PAPER_RETURNED.label}
    if home.outcome is None:
        return {"kind": "quiet", "text": "还没上门"}
    outcome = VisitOutcome(home.outcome)
    return {"kind": TONES[outcome], "text": outcome.label}


def _paper_words(home: Any) -> str:
    if home.paper_code is None:
        return "没有编号"
    done = next((PaperEvent(kind) for kind in home.paper_events if kind in SETTLED), None)
    if done is not None:
        return done.label
    if PaperEvent.RETURNED in home.paper_events:
        return PaperEvent.RETURNED.label
    if PaperEvent.HANDED_OUT in home.paper_events:
        return PaperEvent.HANDED_OUT.label
    return "已编号，没发出"
