"""Numbering and printing paper ballots by building or stairwell."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.sheets import pdf_response
from app.kit.areas import say_area
from app.kit.clock import now, say_deadline
from app.kit.ids import digest_groups
from app.kit.refusal import NotFound
from app.voting.actions import paper as acts
from app.voting.permissions import PAPER
from app.voting.queries import paper
from app.voting.rules import (
    SETTLED,
    paper_number,
)
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint as blueprint
from app.voting.views.paper_parts import address, matters_shown, place_choices, state_tag
from app.voting.views.squares import square


@blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/paper")
@requires(PAPER)
def issue_papers(assembly_id: UUID) -> ResponseReturnValue:
    """Number the ballots of a building or stairwell, then show them to be printed."""
    building_id, stairwell_id = _wanted_place(request.form.get("place", ""))
    issued = acts.issue_papers(
        desk.found(assembly_id).Assembly,
        building_id,
        stairwell_id,
        issued_by=here().signed_in.account_id,
    )
    flash(
        f"新编了 {issued} 张选票。" if issued else "这里没有要新编的选票：已编过、已投票的不再编。",
        "done" if issued else "info",
    )
    return redirect(
        address("printed_papers", assembly_id, building=building_id, stairwell=stairwell_id),
        code=303,
    )


@blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>/paper/printed")
@requires(PAPER)
def printed_papers(assembly_id: UUID) -> ResponseReturnValue:
    """The numbered ballots of one place and how each stands."""
    row = desk.found(assembly_id)
    place = here()
    building_id = request.args.get("building", type=UUID)
    stairwell_id = request.args.get("stairwell", type=UUID)
    if building_id is None:
        raise NotFound
    found = paper.papers_in_place(place.community.id, assembly_id, building_id, stairwell_id)
    return render_template(
        "voting/paper/printed.html",
        community=place.community.code,
        assembly=row.Assembly,
        rows=[
            {
                "label": one.label,
                "number": paper_number(one.number, one.turn) if one.id else None,
                "code": one.code,
                "state": state_tag(one.events) if one.id else _unprinted(one),
                "settled": bool(one.id and SETTLED & set(one.events)),
            }
            for one in found
        ],
        printable=sum(1 for one in found if _printable(one)),
        building=building_id,
        stairwell=stairwell_id,
        place_name=_place_name(row.Assembly.compound_id, building_id, stairwell_id),
    )


@blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>/paper/ballots.pdf")
@requires(PAPER)
def paper_sheets(assembly_id: UUID) -> ResponseReturnValue:
    """The ballots of one place as PDF, one sheet a voter; settled ones are left out."""
    row = desk.found(assembly_id)
    place = here()
    building_id = request.args.get("building", type=UUID)
    if building_id is None:
        raise NotFound
    found = paper.papers_in_place(
        place.community.id,
        assembly_id,
        building_id,
        request.args.get("stairwell", type=UUID),
    )
    ballots = [one for one in found if _printable(one)]
    if not ballots:
        raise NotFound("这里没有可以打印的选票。请先编号。")
    page = render_template(
        "voting/paper/sheet.html",
        assembly=row.Assembly,
        compound_name=row.compound_name,
        deadline=say_deadline(row.Assembly.closes_at, now()).split("，", 1)[0],
        matters=matters_shown(assembly_id),
        ballots=[
            {
                "label": one.label,
                "area": say_area(one.area_centi),
                "number": paper_number(one.number, one.turn),
                "code": digest_groups(one.code, 5).upper(),
                "square": square(address("one_paper", assembly_id, code=one.code)),
                "check_square": square(
                    url_for("voting.check", community=place.community.code, code=one.code)
                ),
            }
            for one in ballots
        ],
    )
    return pdf_response(page, f"纸质选票 {row.compound_name}")


def _place_name(compound_id: UUID, building_id: UUID, stairwell_id: UUID | None) -> str:
    value = f"{building_id}/{stairwell_id}" if stairwell_id else str(building_id)
    for choice in place_choices(compound_id):
        if choice["value"] == value:
            return str(choice["label"])
    raise NotFound


def _wanted_place(typed: str) -> tuple[UUID, UUID | None]:
    building, _, stairwell = typed.partition("/")
    try:
        return UUID(building), UUID(stairwell) if stairwell else None
    except ValueError:
        raise NotFound from None


def _unprinted(one: Any) -> dict[str, str]:
    if one.has_voted:
        return {"kind": "done", "text": "已投票，不用纸质选票"}
    if not one.member_count:
        return {"kind": "due", "text": "没有登记业主，不能发"}
    return {"kind": "quiet", "text": "没有编号"}


def _printable(one: Any) -> bool:
    return bool(one.id and not SETTLED & set(one.events) and not one.has_voted)
