"""Entering paper ballots: two people, each on their own. What was entered is shown to nobody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.files.actions import Upload
from app.core.web.refused_form import show_in_form
from app.kit.refusal import Refusal
from app.voting.actions import entering
from app.voting.channel_forms import EntryForm
from app.voting.forms import ANSWER_PREFIX
from app.voting.permissions import PAPER
from app.voting.queries import assemblies, paper_counting
from app.voting.rules import (
    BLANK,
    Choice,
    MatterKind,
    masked_name,
    paper_number,
)
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint as blueprint
from app.voting.views.paper_parts import address, known, matters_shown

BLANK_PREFIX = "blank-"


SAID = {
    entering.Entered.FIRST: ("info", "第一遍已录入。请换一个人独立再录一遍，两遍一致才计入。"),
    entering.Entered.DIFFERS: ("due", "和前面录的不一致。请再换一个人，对照选票重新录一遍。"),
    entering.Entered.COUNTED: ("done", "两遍一致，这张选票已计入。"),
    entering.Entered.SPOILED: ("done", "两人都认定为废票，已登记，不计入。"),
    entering.Entered.SUPERSEDED: (
        "info",
        "两遍一致。这位业主已有另一张先投出的有效票，这张留存不计。",
    ),
}


@blueprint.route(
    "/c/<community>/assemblies/<uuid:assembly_id>/paper/<code>/entry", methods=["GET", "POST"]
)
@requires(PAPER)
def enter_paper(assembly_id: UUID, code: str) -> ResponseReturnValue:
    """Enter what stands on it. What was entered before is not shown, to nobody."""
    place = here()
    row = desk.found(assembly_id)
    found = known(assembly_id, code)
    form = EntryForm()
    signers = paper_counting.signers(place.community.id, found.voter_id)
    form.signer.choices = [
        (
            f"{signer.owner_id}:{signer.turn if signer.turn is not None else ''}",
            masked_name(signer.name) + ("（受托人）" if signer.turn is not None else ""),
        )
        for signer in signers
    ]
    form.signer.flags.required = True
    if request.method == "GET" and len(signers) == 1:
        form.signer.data = form.signer.choices[0][0]
    if form.validate_on_submit():
        try:
            entered = entering.enter_paper(
                row.Assembly, code, _reading(assembly_id, form), by=place.signed_in.account_id
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
            return _entry_page(row, found, form), status
        tone, sentence = SAID[entered]
        flash(sentence, tone)
        return redirect(address("papers", assembly_id), code=303)
    return _entry_page(row, found, form), 422 if form.errors else 200


def _reading(assembly_id: UUID, form: EntryForm) -> entering.Reading:
    owner, turn = form.signed()
    spoiled = form.spoiled_by()
    uploads = [item for item in form.scan.data or [] if getattr(item, "filename", "")]
    return entering.Reading(
        answers={} if spoiled else _answers(assembly_id),
        signed_as=UUID(owner) if owner and spoiled is None else None,
        authority_turn=turn if spoiled is None else None,
        spoiled=spoiled,
        scan=Upload(uploads[0].filename or "", uploads[0].read()) if uploads else None,
    )


def _answers(assembly_id: UUID) -> dict[UUID, str]:
    place = here()
    candidates = assemblies.candidates_of(place.community.id, assembly_id)
    answers = {}
    for matter in assemblies.matters_of(place.community.id, assembly_id):
        field = f"{ANSWER_PREFIX}{matter.id}"
        typed = request.form.getlist(field)
        if f"{BLANK_PREFIX}{matter.id}" in request.form or typed == [BLANK]:
            answers[matter.id] = BLANK
        elif typed or matter.kind == MatterKind.ELECTION:
            answers[matter.id] = entering.read_choice(matter, candidates.get(matter.id, []), typed)
    return answers


def _entry_page(row: Any, found: Any, form: EntryForm) -> str:
    return render_template(
        "voting/paper/entry.html",
        community=here().community.code,
        assembly=row.Assembly,
        code=found.code,
        number=paper_number(found.number, found.turn),
        label=found.label,
        first=found.entries == 0,
        form=form,
        matters=[_asked(matter) for matter in matters_shown(row.Assembly.id)],
    )


def _asked(matter: dict[str, Any]) -> dict[str, Any]:
    typed = request.form.getlist(matter["field"])
    options = matter["candidates"] or [
        *({"value": choice.value, "label": choice.label} for choice in Choice),
        {"value": BLANK, "label": "没填或填错"},
    ]
    return {
        **matter,
        "options": [
            {**option, "checked": option["value"] in typed, "hint": None, "icon": None}
            for option in options
        ],
        "blank": f"{BLANK_PREFIX}{matter['id']}",
        "is_blank": f"{BLANK_PREFIX}{matter['id']}" in request.form,
    }
