"""投票: what is announced, what can be voted on now, what came out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
from app.voting.models import Assembly
from app.voting.permissions import READ
from app.voting.queries import assemblies, ballots, paper, participation, proxies, results
from app.voting.rules import (
    SETTLED,
    Matter,
    Mode,
    ObjectionSubject,
    Outcome,
    PaperEvent,
    State,
    masked_name,
    may_object,
)
from app.voting.views import building_pages, counts, elected, figures, notice, proof
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
            "has_result": row.Assembly.state in WITH_RESULT,
            "tag": figures.state_tag(row.Assembly),
            "matters": titles.get(row.Assembly.id, []),
            "deadline": figures.deadline(row.Assembly, moment),
            "soon": figures.closing_soon(row.Assembly, moment),
            "waiting": [
                voter
                for voter in mine
                if voter.assembly_id == row.Assembly.id
                and voter.cast_id is None
                and not voter.paper_held
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
    standing = _authorities(assembly_id, voters)
    return render_template(
        "voting/assembly.html",
        community=place.community.code,
        assembly=found.Assembly,
        compound_name=found.compound_name,
        tag=figures.state_tag(found.Assembly),
        deadline=figures.deadline(found.Assembly, moment),
        open_now=found.Assembly.state == State.OPEN and found.Assembly.closes_at > moment,
        online=found.Assembly.mode != Mode.PAPER,
        has_result=found.Assembly.state in WITH_RESULT,
        matters=notice.matters_of(found.Assembly),
        may_object=may_object(ObjectionSubject.ROLL, State(found.Assembly.state)),
        first_deadline=_first_deadline(found.Assembly, moment),
        **notice.facts_of(found.Assembly),
        voters=[
            {
                "label": voter.label,
                "area": say_area(voter.area_centi),
                "cast_id": voter.cast_id,
                "cast_at": say_moment(voter.cast_at, moment) if voter.cast_at else None,
                "id": voter.voter_id,
                "proxy_for": masked_name(voter.proxy_for) if voter.proxy_for else None,
                "paper_held": voter.paper_held,
                "authority": standing.get(voter.voter_id),
                "waiting": voter.cast_id is None and not voter.paper_held,
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
    newest = {matter.id: row.counting for row, matter in sealed}
    standings = results.candidate_results_of(place.community.id, assembly_id)
    typed = request.args.get("q", "").strip()
    found_here = participation.page(found.Assembly, building_pages.after(), typed)
    buildings = found_here[: participation.PAGE]
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
            if newest[matter.id] == row.counting
        ],
        recounts=counts.recounts_of(found.Assembly),
        standing=counts.say_standing(found.Assembly, moment),
        may_object=may_object(ObjectionSubject.RESULT, State(found.Assembly.state)),
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
        typed=typed,
        further=building_pages.cursor(buildings[-1])
        if len(found_here) > participation.PAGE
        else None,
        beginning=building_pages.after() is not None,
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
    on_paper = paper.paper_by_receipt(place.community.id, code) if code and not found else None
    page = render_template(
        "voting/check.html",
        community=place.community.code,
        typed=typed,
        asked=bool(typed),
        found=_checked(found) if found else None,
        on_paper=_on_paper(on_paper) if on_paper else None,
    )
    return page, 404 if typed and found is None and on_paper is None else 200


def _on_paper(known: Any) -> dict[str, str]:
    """Where a paper ballot stands, for whoever kept its counterfoil."""
    done = next((PaperEvent(kind) for kind in known.events if kind in SETTLED), None)
    if done is not None:
        return {"title": known.title, "state": "这张选票没有计入", "words": f"{done.label}。"}
    if PaperEvent.RETURNED in known.events:
        words = "工作人员两人分别录入、一致以后计入，请过几天再查。"
        return {"title": known.title, "state": "选票已收回登记", "words": words}
    words = "填好签名后，请交给工作人员；交回登记以后再来查。"
    return {"title": known.title, "state": "选票还没有交回", "words": words}


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


def _authorities(assembly_id: UUID, voters: Sequence[Any]) -> dict[UUID, Any]:
    """The authority that stands for each of one's own voters."""
    own = [voter.voter_id for voter in voters if voter.proxy_for is None]
    if not own:
        return {}
    place = here()
    given = proxies.authorities_of_owner(
        place.community.id, place.signed_in.account_id, assembly_id, own
    )
    return {authority.voter_id: authority for authority in given if authority.end_kind is None}


def _found(assembly_id: UUID) -> Any:
    found = assemblies.public_assembly(here().community.id, assembly_id)
    if found is None:
        raise NotFound
    return found


def _first_deadline(assembly: Assembly, moment: datetime) -> str | None:
    if assembly.first_closes_at is None:
        return None
    return say_deadline(assembly.first_closes_at, moment).split(" 截止", 1)[0]


def _own_homes(compound_id: UUID) -> list[dict[str, Any]]:
    place = here()
    return [
        {"label": home.label, "area": say_area(home.area_centi)}
        for home in homes_of(place.community.id, place.signed_in.account_id)
        if home.compound_id == compound_id and home.relation == Relation.OWNER
    ]


def _before() -> UUID | None:
    return request.args.get("before", type=UUID)
