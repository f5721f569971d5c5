"""The ballot in two steps, choose and check, and its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core.access.door import here, requires
from app.kit.areas import say_area
from app.kit.clock import now, say_deadline, say_moment
from app.kit.ids import digest_groups
from app.kit.refusal import NotFound
from app.voting.actions.casting import cast_ballot
from app.voting.forms import read_answers, read_ticks, read_voter
from app.voting.permissions import CAST
from app.voting.queries import assemblies, ballots
from app.voting.rules import State, check_ballot
from app.voting.views import answers, figures, proof
from app.voting.views.blueprints import voting_blueprint as blueprint
from app.voting.views.resident import WITH_RESULT


@blueprint.get("/c/<community>/votes/<uuid:assembly_id>/ballot")
@requires(CAST)
def ballot(assembly_id: UUID) -> ResponseReturnValue:
    """The ballot of one's (first, or chosen) voter, own weight first."""
    found, voters = _admitted(assembly_id)
    waiting = [voter for voter in voters if voter.cast_id is None]
    if not waiting:
        flash("您的票已经投过了，一票只能投一次。", "info")
        return redirect(_receipt_address(assembly_id, voters[0].cast_id))
    wanted = request.args.get("voter", type=UUID)
    voter = next((voter for voter in waiting if voter.voter_id == wanted), waiting[0])
    return _ballot_page(found, voter, len(waiting) - 1, answers.paper_of(assembly_id), {})


@blueprint.post("/c/<community>/votes/<uuid:assembly_id>/ballot")
@requires(CAST)
def check_answers(assembly_id: UUID) -> ResponseReturnValue:
    """All answers once more before they are cast; or back to change one."""
    found, voters = _admitted(assembly_id)
    voter_id = read_voter(request.form)
    voter = next((voter for voter in voters if voter.voter_id == voter_id), None)
    if voter is None:
        raise NotFound
    paper, ticks = answers.paper_of(assembly_id), read_ticks(request.form)
    settled, errors = answers.settle(paper, ticks)
    if "change" in request.form:
        return _ballot_page(found, voter, 0, paper, ticks)
    if errors:
        return _ballot_page(found, voter, 0, paper, ticks, errors), 422
    return render_template(
        "voting/ballot_check.html",
        community=here().community.code,
        assembly=found.Assembly,
        voter=_voter(voter),
        answers=answers.checked(paper, settled),
    )


@blueprint.post("/c/<community>/votes/<uuid:assembly_id>/ballot/cast")
@requires(CAST)
def cast(assembly_id: UUID) -> ResponseReturnValue:
    """Cast every answer at once. The database decides whether it is in time and the first."""
    place = here()
    receipt_of = cast_ballot(
        place.community.id,
        assembly_id,
        read_voter(request.form),
        place.signed_in.account_id,
        read_answers(request.form),
    )
    return redirect(_receipt_address(assembly_id, receipt_of.cast_id), code=303)


@blueprint.get("/c/<community>/votes/<uuid:assembly_id>/receipts/<uuid:cast_id>")
@requires(CAST)
def receipt(assembly_id: UUID, cast_id: UUID) -> ResponseReturnValue:
    """That a ballot was cast, when and on what. Not how: nobody can ask to be shown it."""
    place, moment = here(), now()
    mine = place.signed_in.account_id
    found = ballots.receipt(place.community.id, mine, assembly_id, cast_id)
    if found is None:
        raise NotFound
    others = ballots.my_voters(place.community.id, mine, [assembly_id])
    return render_template(
        "voting/receipt.html",
        community=place.community.code,
        receipt=found,
        code=digest_groups(found.code, 5).upper(),
        cast_at=say_moment(found.cast_at, moment),
        area=say_area(found.area_centi),
        mine=found.cast_by == mine,
        deadline=say_deadline(found.closes_at, moment),
        closed=found.state in WITH_RESULT,
        waiting=[voter for voter in others if voter.cast_id is None and found.state == State.OPEN],
        proofs=proof.of_cast(found) if found.state in WITH_RESULT else None,
        titles=[matter.title for matter in assemblies.matters_of(place.community.id, assembly_id)],
        qr_code=_qr(found.code),
    )


def _admitted(assembly_id: UUID) -> tuple[Any, Sequence[Any]]:
    """The open assembly and this person's voters in it; owners of nothing there see no ballot."""
    place = here()
    found = assemblies.public_assembly(place.community.id, assembly_id)
    if found is None:
        raise NotFound
    subject = found.Assembly
    check_ballot(State(subject.state), subject.opens_at, subject.closes_at, now())
    voters = ballots.my_voters(place.community.id, place.signed_in.account_id, [assembly_id])
    if not voters:
        raise NotFound(
            "您不在这次业主大会的表决人名册上，不能投票。名册在开始投票时按业主登记确定；"
            "如有疑问请联系社区。"
        )
    return found, voters


def _ballot_page(
    found: Any,
    voter: Any,
    others: int,
    paper: answers.Paper,
    ticks: answers.Ticks,
    errors: Mapping[UUID, str] | None = None,
) -> str:
    return render_template(
        "voting/ballot.html",
        community=here().community.code,
        assembly=found.Assembly,
        deadline=figures.deadline(found.Assembly, now()),
        voter=_voter(voter),
        others=others,
        matters=answers.shown(paper, ticks, errors or {}),
    )


def _voter(voter: Any) -> dict[str, Any]:
    return {
        "id": voter.voter_id,
        "label": voter.label,
        "area": say_area(voter.area_centi),
        "shared": voter.member_count > 1,
    }


def _receipt_address(assembly_id: UUID, cast_id: UUID) -> str:
    return url_for(
        ".receipt",
        community=here().community.code,
        assembly_id=assembly_id,
        cast_id=cast_id,
    )


def _qr(code: str) -> Markup:
    base = current_app.extensions["gongzhi.config"].base_url
    address = url_for(".check", community=here().community.code, code=code)
    drawing = segno.make(base + address, error="m", micro=False)
    svg = drawing.svg_inline(omitsize=True, border=2, dark="#1f2328", light="#ffffff")
    return Markup(svg)  # noqa: S704 - drawn by segno from our own address
