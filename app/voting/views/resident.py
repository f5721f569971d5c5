"""投票: what is announced, what can be voted on now, what came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.kit.areas import say_area
from app.kit.clock import now, say_deadline, say_moment
from app.kit.ids import digest_groups, normalize_code
from app.kit.refusal import NotFound
from app.kit.shares import percent_down
from app.registry.queries import homes_of
from app.registry.rules import Relation
from app.voting.permissions import READ
from app.voting.queries import assemblies, ballots, results, roll
from app.voting.rules import Matter, Outcome, State
from app.voting.views import elected, figures, proof
from app.voting.views.blueprints import voting_blueprint as blueprint

WITH_RESULT = frozenset({State.PUBLISHED, State.FINAL})


@blueprint.get("/c/<community>/votes/")
@requires(READ)
def index() -> ResponseReturnValue:
    """Assemblies in three groups, what waits for this person first."""
    place, moment = here(), now()
    rows = assemblies.public_assemblies(place.community.id, _before())
    shown = rows[: assemblies.PAGE]
    ids = [row.Assembly.id for row in shown]
    titles = assemblies.matter_titles(place.community.id, ids)
    mine = ballots.my_voters(place.community.id, place.signed_in.account_id, ids)
    outcomes = results.outcomes_of(place.community.id, ids)
    cards = [
        {
            "id": row.Assembly.id,
            "title": row.Assembly.title,
            "compound": row.compound_name,
            "state": row.Assembly.state,
            "tag": figures.state_tag(row.Assembly),
            "matters": titles.get(row.Assembly.id, []),
            "deadline": figures.deadline(row.Assembly, moment),
            "soon": figures.closing_soon(row.Assembly, moment),
            "waiting": [
                voter
                for voter in mine
                if voter.assembly_id == row.Assembly.id and voter.cast_id is None
            ],
            "voter_count": sum(1 for voter in mine if voter.assembly_id == row.Assembly.id),
            "outcomes": [
                figures.OUTCOMES[Outcome(found.outcome)]
                for found in outcomes
                if found.assembly_id == row.Assembly.id
            ],
        }
        for row in shown
    ]
    return render_template(
        "voting/index.html",
        community=place.community.code,
        open_now=[card for card in cards if card["state"] == State.OPEN],
        noticed=[card for card in cards if card["state"] == State.NOTICED],
        past=[card for card in cards if card["state"] not in (State.OPEN, State.NOTICED)],
        older=ids[-1] if len(rows) > assemblies.PAGE else None,
    )


@blueprint.get("/c/<community>/votes/<uuid:assembly_id>")
@requires(READ)
def assembly(assembly_id: UUID) -> ResponseReturnValue:
    """The notice: what is asked, when, what it needs, and one's own weight."""
    place, moment = here(), now()
    found = _found(assembly_id)
    voters = ballots.my_voters(place.community.id, place.signed_in.account_id, [assembly_id])
    matters = assemblies.matters_of(place.community.id, assembly_id)
    return render_template(
        "voting/assembly.html",
        community=place.community.code,
        assembly=found.Assembly,
        compound_name=found.compound_name,
        tag=figures.state_tag(found.Assembly),
        deadline=figures.deadline(found.Assembly, moment),
        open_now=found.Assembly.state == State.OPEN and found.Assembly.closes_at > moment,
        has_result=found.Assembly.state in WITH_RESULT,
        matters=[
            {
                "title": matter.title,
                "body": matter.body,
                "statute": Matter(matter.statute).title,
                "needs": figures.threshold_words(matter.statute),
            }
            for matter in matters
        ],
        voters=[
            {
                "label": voter.label,
                "area": say_area(voter.area_centi),
                "cast_id": voter.cast_id,
                "cast_at": say_moment(voter.cast_at, moment) if voter.cast_at else None,
            }
            for voter in voters
        ],
        homes=_own_homes(found.Assembly.compound_id) if not voters else [],
        timeline=figures.timeline_of(found.Assembly, moment),
    )


@blueprint.get("/c/<community>/votes/<uuid:assembly_id>/result")
@requires(READ)
def result(assembly_id: UUID) -> ResponseReturnValue:
    """The result, every number explained; before the close there is none to show."""
    place, moment = here(), now()
    found = _found(assembly_id)
    if found.Assembly.state not in WITH_RESULT:
        return redirect(
            url_for(".assembly", community=place.community.code, assembly_id=assembly_id)
        )
    sealed = results.results_of(place.community.id, assembly_id)
    standings = results.candidate_results_of(place.community.id, assembly_id)
    buildings = roll.participation_by_building(place.community.id, assembly_id)
    return render_template(
        "voting/result.html",
        community=place.community.code,
        assembly=found.Assembly,
        compound_name=found.compound_name,
        tag=figures.state_tag(found.Assembly),
        published=say_moment(found.Assembly.published_at, moment),
        closed=say_deadline(found.Assembly.closes_at, moment).split("，", 1)[0],
        pieces=[
            {
                "title": matter.title,
                "statute": Matter(matter.statute).title,
                "digest": row.digest,
                "ballots_digest": digest_groups(row.ballots_digest),
                "ballots": row.took_heads,
                **_piece(row, matter, standings.get((matter.id, row.counting), [])),
            }
            for row, matter in sealed
        ],
        buildings=[
            {
                "name": row.name,
                "heads": row.heads,
                "roll_heads": row.roll_heads,
                "area": say_area(row.area_centi),
                "share": percent_down(row.heads, row.roll_heads, 1),
                "area_share": percent_down(row.area_centi, row.roll_area_centi, 1),
            }
            for row in buildings
        ],
        proof=proof.seal_shown(assembly_id),
        timeline=figures.timeline_of(found.Assembly, moment),
    )


@blueprint.get("/c/<community>/votes/check")
@requires(READ)
def check() -> ResponseReturnValue:
    """Whether the ballot of a receipt code is in; never how it was cast."""
    place = here()
    typed = request.args.get("code", "").strip()
    code = normalize_code(typed)
    found = ballots.cast_by_code(place.community.id, code) if code else None
    page = render_template(
        "voting/check.html",
        community=place.community.code,
        typed=typed,
        asked=bool(typed),
        found=_checked(found) if found else None,
    )
    return page, 404 if typed and found is None else 200


def _piece(row: Any, matter: Any, standings: Sequence[Any]) -> dict[str, Any]:
    if matter.seats is not None:
        return elected.election_piece(row, matter, standings)
    return {"standings": [], **figures.result_piece(row, matter.statute)}


def _checked(found: Any) -> dict[str, Any]:
    return {
        "code": found.code,
        "title": found.title,
        "cast_at": say_moment(found.cast_at),
        "counted": found.counted,
        "closed": found.state in WITH_RESULT,
        "assembly_id": found.assembly_id,
    }


def _found(assembly_id: UUID) -> Any:
    found = assemblies.public_assembly(here().community.id, assembly_id)
    if found is None:
        raise NotFound
    return found


def _own_homes(compound_id: UUID) -> list[dict[str, Any]]:
    place = here()
    return [
        {"label": home.label, "area": say_area(home.area_centi)}
        for home in homes_of(place.community.id, place.signed_in.account_id)
        if home.compound_id == compound_id and home.relation == Relation.OWNER
    ]


def _before() -> UUID | None:
    return request.args.get("before", type=UUID)
