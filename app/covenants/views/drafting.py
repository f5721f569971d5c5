"""Drafting: begin, collect clauses, put them in order, start a new version."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import attempt, show_in_form
from app.covenants import pages, rules
from app.covenants.actions import drafting
from app.covenants.actions.drafting import ClauseChangedMeanwhile
from app.covenants.forms import ClauseForm, DraftForm
from app.covenants.permissions import DRAFT, By, capacity, headed_stairwells, works_in_office
from app.covenants.queries import places, texts
from app.covenants.views.room import Found, address, blueprint, frame, led
from app.kit.refusal import NotFound, Refusal


@blueprint.route("/c/<community>/covenants/new", methods=["GET", "POST"])
@requires(DRAFT)
def draft() -> ResponseReturnValue:
    """Begin the covenant of a stairwell."""
    place = here()
    office = works_in_office(place.signed_in, place.community)
    only = None if office else headed_stairwells(place.signed_in, place.community)
    free = places.stairwells_without_covenant(place.community.id, only)
    form = DraftForm()
    form.stairwell_id.choices = [(str(row.stairwell_id), pages.place_name(row)) for row in free]
    status = 200
    if form.validate_on_submit() and form.stairwell:
        leads = capacity(place.signed_in, place.community, form.stairwell)
        if leads is None:
            raise NotFound
        try:
            covenant_id = drafting.draft(
                place.community.id,
                form.stairwell,
                form.title.data or "",
                By(place.signed_in.account_id, leads),
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
        else:
            flash("公约建好了，现在写条款。", "success")
            return redirect(address("edit", covenant_id=covenant_id))
    elif request.method == "POST":
        status = 422
    page = render_template(
        "covenants/new.html", frame=frame(), form=form, free=free, back_url=address("index")
    )
    return page, status


@blueprint.get("/c/<community>/covenants/<uuid:covenant_id>/edit")
@requires(DRAFT)
def edit(covenant_id: UUID) -> ResponseReturnValue:
    """The workbench of a draft."""
    one = led(covenant_id)
    if one.state not in rules.EDITABLE:
        return redirect(address("show", covenant_id=covenant_id))
    return _workbench(one, ClauseForm(formdata=None))


@blueprint.post("/c/<community>/covenants/<uuid:covenant_id>/clauses")
@requires(DRAFT)
def add_clause(covenant_id: UUID) -> ResponseReturnValue:
    """Another clause, typed or taken from the examples."""
    one = led(covenant_id)
    form = ClauseForm()
    tried = attempt(
        form,
        lambda: drafting.add_clause(here().community.id, covenant_id, form.wording.data or ""),
    )
    if tried.done:
        flash("这一条加上了。", "success")
        return redirect(address("edit", covenant_id=covenant_id))
    return _workbench(one, form), tried.status


@blueprint.route(
    "/c/<community>/covenants/<uuid:covenant_id>/clauses/<uuid:clause_id>", methods=["GET", "POST"]
)
@requires(DRAFT)
def clause(covenant_id: UUID, clause_id: UUID) -> ResponseReturnValue:
    """Change the wording of a clause."""
    one = led(covenant_id)
    standing = _clause(one, clause_id)
    form, theirs = ClauseForm(), None
    if request.method == "GET":
        form.wording.data, form.version.data = standing.wording, str(standing.version)
    tried = attempt(
        form,
        lambda: drafting.change_clause(
            here().community.id, covenant_id, clause_id, form.wording.data or "", form.seen
        ),
    )
    if tried.done:
        flash("改好了。", "success")
        return redirect(address("edit", covenant_id=covenant_id))
    if isinstance(tried.refusal, ClauseChangedMeanwhile):
        theirs, form.version.data = tried.refusal.theirs, str(tried.refusal.version)
    page = render_template(
        "covenants/clause.html",
        frame=frame(),
        form=form,
        article=standing.title,
        theirs=theirs,
        back_url=address("edit", covenant_id=covenant_id),
    )
    return page, tried.status


@blueprint.post("/c/<community>/covenants/<uuid:covenant_id>/clauses/<uuid:clause_id>/move")
@requires(DRAFT)
def move_clause(covenant_id: UUID, clause_id: UUID) -> ResponseReturnValue:
    """One place up or down."""
    led(covenant_id)
    drafting.move_clause(
        here().community.id, covenant_id, clause_id, up=request.form.get("way") == "up"
    )
    return redirect(address("edit", covenant_id=covenant_id, _anchor="clauses"))


@blueprint.post("/c/<community>/covenants/<uuid:covenant_id>/clauses/<uuid:clause_id>/remove")
@requires(DRAFT)
def remove_clause(covenant_id: UUID, clause_id: UUID) -> ResponseReturnValue:
    """Take a clause out of the draft."""
    led(covenant_id)
    drafting.remove_clause(here().community.id, covenant_id, clause_id)
    flash("这一条删掉了。", "success")
    return redirect(address("edit", covenant_id=covenant_id, _anchor="clauses"))


@blueprint.post("/c/<community>/covenants/<uuid:covenant_id>/revise")
@requires(DRAFT)
def revise(covenant_id: UUID) -> ResponseReturnValue:
    """A new version of a text that is settled."""
    one = led(covenant_id)
    drafting.revise(here().community.id, covenant_id, one.by)
    flash("新版建好了，条款照抄了一份。改好以后要重新商议、重新签约。", "success")
    return redirect(address("edit", covenant_id=covenant_id))


def _workbench(one: Found, form: ClauseForm) -> str:
    clauses = texts.clauses(here().community.id, one.sheet.version_id)
    written = {item.wording for item in clauses}
    return render_template(
        "covenants/edit.html",
        frame=frame(),
        form=form,
        sheet=one.sheet,
        place=pages.place_name(one.sheet),
        state=one.state,
        clauses=pages.clauses_shown(
            clauses, texts.objections(here().community.id, one.sheet.version_id)
        ),
        examples=[example for example in rules.EXAMPLES if example.text not in written],
        full=len(clauses) >= rules.MOST_CLAUSES,
        back_url=address("show", covenant_id=one.sheet.covenant_id),
    )


def _clause(one: Found, clause_id: UUID) -> pages.ClauseShown:
    clauses = texts.clauses(here().community.id, one.sheet.version_id)
    for shown in pages.clauses_shown(clauses, []):
        if shown.id == clause_id:
            return shown
    raise NotFound
