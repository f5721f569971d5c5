"""A resident says which unit is theirs: one question a page, with or without script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.files.actions import Upload
from app.core.web.limits import by_person, limiter
from app.core.web.refused_form import show_in_form
from app.kit.refusal import Refusal
from app.registry.actions import claims as actions
from app.registry.actions.claims import ClaimValues
from app.registry.forms import ClaimForm
from app.registry.permissions import CLAIM_UNIT
from app.registry.queries import claims, homes, places, units
from app.registry.rules import CLAIM_STATE_TITLES, RELATION_TITLES, Relation
from app.registry.views.claims import TONES, links
from app.registry.views.room import blueprint, identifier, to

NO_STAIRWELL = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """The next thing to choose, and what has been chosen so far."""

    step: int
    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    chosen: dict[str, str]
    places: Sequence[tuple[str, str]]


@blueprint.route("/c/<community>/claim", methods=["GET", "POST"])
@limiter.limit("20/hour", key_func=by_person, methods=["POST"])
@requires(CLAIM_UNIT)
def claim() -> ResponseReturnValue:
    """Choose compound, building, stairwell and room, then say how one stands to it."""
    unit_id = request.form.get("unit_id", type=UUID) or identifier("unit")
    row = unit_id and units.unit_with_places(here().community.id, unit_id)
    if row is None:
        return _ask(_next_question())
    return _last_step(row)


def _last_step(row: Any) -> ResponseReturnValue:
    unit = row.PropertyUnit
    form = ClaimForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _file(form, unit.id)
            except Refusal as refusal:
                status = show_in_form(form, refusal)
    form.unit_id.data = str(unit.id)
    page = render_template(
        "registry/claim.html",
        form=form,
        label=f"{row.compound_name} {unit.label}",
        back=to("claim"),
    )
    return page, status


def _file(form: ClaimForm, unit_id: UUID) -> ResponseReturnValue:
    sent = form.photo.data
    data = sent.read() if sent else b""
    verdict = actions.file_claim(
        here().community.id,
        here().signed_in.account_id,
        ClaimValues(
            unit_id=unit_id,
            relation=Relation(form.relation.data),
            note=form.note.data or "",
            photo=Upload(sent.filename or "", data) if data else None,
        ),
        links(),
    )
    if verdict.matched:
        flash("认领成功：您的手机号和业主登记一致。", "done")
        return redirect(url_for("people.home"))
    flash("已提交，社区核对后会通知您。", "done")
    return redirect(to("claim"))


def _ask(question: Question | None) -> ResponseReturnValue:
    mine = claims.claims_of(here().community.id, here().signed_in.account_id)
    return render_template(
        "registry/claim_place.html",
        question=question,
        mine=mine,
        titles=CLAIM_STATE_TITLES,
        tones=TONES,
        relations=RELATION_TITLES,
        code=here().community.code,
    )


def _next_question() -> Question | None:
    """Walk down as far as the address says; a single choice is not asked for."""
    community_id = here().community.id
    compounds = [(str(row.id), row.name) for row in homes.compounds(community_id)]
    if not compounds:
        return None
    walk = _Walk()
    compound = walk.choose(1, "compound", "哪个小区？", compounds)
    if compound is None:
        return walk.question
    buildings = places.buildings(community_id, UUID(compound))
    building = walk.choose(2, "building", "哪一栋？", [(str(b.id), b.name) for b in buildings])
    if building is None:
        return walk.question
    wells = [(str(w.id), w.name) for w in places.stairwells(community_id, UUID(building))]
    if places.rooms_to_choose(community_id, UUID(building), None):
        wells.append((NO_STAIRWELL, "不分单元"))
    well = walk.choose(3, "stairwell", "哪个单元？", wells)
    if well is None:
        return walk.question
    well_id = None if well == NO_STAIRWELL else UUID(well)
    rooms = places.rooms_to_choose(community_id, UUID(building), well_id)
    walk.ask(4, "unit", "哪个房号？", [(str(room.id), room.room) for room in rooms])
    return walk.question


class _Walk:
    """The way down from compound to room."""

    def __init__(self) -> None:
        self.question: Question | None = None
        self._chosen: dict[str, str] = {}
        self._places: list[tuple[str, str]] = []

    def choose(
        self, step: int, name: str, label: str, choices: Sequence[tuple[str, str]]
    ) -> str | None:
        wanted = request.args.get(name)
        known = dict(choices)
        value = wanted if wanted in known else None
        if value is None and len(choices) == 1:
            value = choices[0][0]
        if value is None:
            self.ask(step, name, label, choices)
            return None
        self._chosen[name] = value
        self._places.append(
            (label.removeprefix("哪个").removeprefix("哪一").rstrip("？"), known[value])
        )
        return value

    def ask(self, step: int, name: str, label: str, choices: Sequence[tuple[str, str]]) -> None:
        self.question = Question(step, name, label, choices, self._chosen, self._places)
