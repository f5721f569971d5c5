"""The notice as people meet it: the published roll, the poster, the stairwell sheets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import segno
from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core.access.door import here, requires
from app.core.web.sheets import pdf_response
from app.kit.areas import say_area
from app.kit.clock import civil_date, in_beijing, now, say_deadline, say_moment
from app.kit.refusal import NotFound, Refusal
from app.voting.models import Assembly
from app.voting.permissions import PREPARE, READ
from app.voting.queries import assemblies, places, published_roll, scopes
from app.voting.rules import Matter, MatterKind, Mode, Origin
from app.voting.views import desk, figures
from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint


@voting_blueprint.get("/c/<community>/votes/<uuid:assembly_id>/roll")
@requires(READ)
def published(assembly_id: UUID) -> ResponseReturnValue:
    """Rooms and areas, one building at a time; nobody's name."""
    place = here()
    assembly = _public(assembly_id)
    parking = _parking_votes(assembly)
    buildings = published_roll.buildings_on_roll(assembly, parking_votes=parking)
    wanted = request.args.get("building", type=UUID)
    chosen = next(
        (row for row in buildings if row.id == wanted), buildings[0] if buildings else None
    )
    rooms = (
        published_roll.rooms_on_roll(assembly, chosen.id, parking_votes=parking) if chosen else []
    )
    return render_template(
        "voting/roll.html",
        community=place.community.code,
        assembly=assembly,
        frozen=assembly.roll_heads is not None,
        total_units=sum(row.units for row in buildings),
        total_area=say_area(sum(row.area_centi for row in buildings)),
        buildings=[
            {
                "id": row.id,
                "name": row.name,
                "units": row.units,
                "area": say_area(row.area_centi),
                "current": row is chosen,
            }
            for row in buildings
        ],
        chosen=chosen.name if chosen else None,
        rooms=[_room(row) for row in rooms],
    )


@voting_blueprint.get("/c/<community>/votes/<uuid:assembly_id>/notice.pdf")
@requires(READ)
def poster(assembly_id: UUID) -> ResponseReturnValue:
    """The notice on A4, for the wall."""
    assembly = _public(assembly_id)
    page = render_template("voting/poster.html", **sheet_of(assembly))
    return pdf_response(page, f"{assembly.title}公告")


@assemblies_blueprint.get("/c/<community>/assemblies/<uuid:assembly_id>/stairwells.pdf")
@requires(PREPARE)
def stairwell_sheets(assembly_id: UUID) -> ResponseReturnValue:
    """One sheet for each stairwell of a building: the notice in short, and its own rooms."""
    assembly: Assembly = desk.found(assembly_id).Assembly
    if assembly.notice_at is None:
        raise Refusal("公告发布以后才能打印单元张贴页。", code="not_noticed")
    parking = _parking_votes(assembly)
    buildings = published_roll.buildings_on_roll(assembly, parking_votes=parking)
    wanted = request.args.get("building", type=UUID)
    chosen = next((row for row in buildings if row.id == wanted), None)
    if chosen is None:
        raise NotFound
    rooms = published_roll.rooms_on_roll(assembly, chosen.id, parking_votes=parking)
    page = render_template(
        "voting/staff/stairwell_sheets.html",
        building=chosen.name,
        stairwells=[
            {"name": name or "", "rooms": [_room(row) for row in found]}
            for name, found in groupby(rooms, key=lambda row: row.stairwell_name)
        ],
        **sheet_of(assembly),
    )
    return pdf_response(page, f"{assembly.title} {chosen.name}")


def sheet_of(assembly: Assembly) -> dict[str, Any]:
    """What a printed notice says."""
    place = here()
    code = place.community.code
    base = current_app.extensions["gongzhi.config"].base_url
    address = base + url_for("voting.assembly", community=code, assembly_id=assembly.id)
    return {
        "assembly": assembly,
        "compound_name": places.compound_name(assembly.community_id, assembly.compound_id),
        "opens": say_moment(assembly.opens_at),
        "closes": say_deadline(assembly.closes_at, now()).split(" 截止", 1)[0],
        "noticed": _day(assembly),
        "matters": matters_of(assembly),
        "square": _square(address),
        **facts_of(assembly),
    }


def facts_of(assembly: Assembly) -> dict[str, str]:
    """Scope, way of voting and who called it, in words."""
    return {
        "scope": figures.say_scope(assembly, scopes.places_of(assembly.community_id, assembly.id)),
        "mode": Mode(assembly.mode).label,
        "origin": Origin(assembly.origin).label,
    }


def matters_of(assembly: Assembly) -> list[dict[str, Any]]:
    """Every matter as the notice tells it, elections with their candidates."""
    community_id = assembly.community_id
    found = assemblies.matters_of(community_id, assembly.id)
    elected = [matter.id for matter in found if matter.kind == MatterKind.ELECTION]
    standing = assemblies.candidates_of(community_id, assembly.id) if elected else {}
    return [
        {
            "title": matter.title,
            "body": matter.body,
            "statute": Matter(matter.statute).title,
            "needs": figures.threshold_words(matter.statute, matter.seats),
            "seats": matter.seats,
            "candidates": [
                figures.introduced(candidate) for candidate in standing.get(matter.id, [])
            ],
        }
        for matter in found
    ]


def _public(assembly_id: UUID) -> Assembly:
    found = assemblies.public_assembly(here().community.id, assembly_id)
    if found is None:
        raise NotFound
    assembly: Assembly = found.Assembly
    return assembly


def _parking_votes(assembly: Assembly) -> bool:
    if assembly.parking_votes is not None:
        return assembly.parking_votes
    return places.settings_of(assembly.community_id).parking_spaces_vote


def _room(row: Any) -> dict[str, Any]:
    return {"label": row.label, "area": say_area(row.area_centi), "note": "；".join(_notes(row))}


def _notes(row: Any) -> Sequence[str]:
    notes = []
    if row.developer:
        notes.append("建设单位未售或未交付，合为一票")
    elif not row.owners:
        notes.append("还没有登记业主")
    elif row.owners > 1:
        notes.append(f"{row.owners} 人共有，共一票")
    if row.joined and not row.developer:
        notes.append("和同一业主的其他房屋合为一票")
    return notes


def _day(assembly: Assembly) -> str:
    day = civil_date(in_beijing(assembly.notice_at or now()))
    return f"{day.year}年{day.month}月{day.day}日"


def _square(address: str) -> Markup:
    drawing = segno.make(address, error="m", micro=False)
    svg = drawing.svg_inline(
        omitsize=True, border=2, svgclass=None, lineclass=None, dark="#000", light="#fff"
    )
    return Markup(svg)  # noqa: S704 - drawn by segno from our own address
