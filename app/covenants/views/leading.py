"""Leading: the steps, the legality check, filing, answers to opinions."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import attempt
from app.covenants import pages
from app.covenants.actions import objections, steps
from app.covenants.forms import AnswerForm, CheckForm, FilingForm, ReasonForm
from app.covenants.permissions import DECIDE, DRAFT
from app.covenants.queries import texts
from app.covenants.rules import State
from app.covenants.views.room import address, blueprint, frame, led
from app.kit.clock import now
from app.kit.refusal import NotFound

_PLAIN_STEPS = {
    "deliberate": (steps.deliberate, "已经通知全楼道的住户来提意见。"),
    "send_to_check": (steps.send_to_check, "已经交给社区审查。"),
}


@blueprint.post("/c/<community>/covenants/<uuid:covenant_id>/steps")
@requires(DRAFT)
def take_step(covenant_id: UUID) -> ResponseReturnValue:
    """A step that needs no words."""
    one = led(covenant_id)
    if request.form.get("step") not in _PLAIN_STEPS:
        raise NotFound
    take, said = _PLAIN_STEPS[request.form["step"]]
    take(here().community.id, covenant_id, one.by)
    flash(said, "success")
    return redirect(address("show", covenant_id=covenant_id))


@blueprint.route("/c/<community>/covenants/<uuid:covenant_id>/withdraw", methods=["GET", "POST"])
@requires(DRAFT)
def withdraw(covenant_id: UUID) -> ResponseReturnValue:
    """Give a version up, with a reason."""
    one = led(covenant_id)
    form = ReasonForm()
    tried = attempt(
        form,
        lambda: steps.withdraw(here().community.id, covenant_id, one.by, form.reason.data or ""),
    )
    if tried.done:
        flash("已经撤回，也通知了楼道里的住户。", "success")
        return redirect(address("show", covenant_id=covenant_id))
    page = render_template(
        "covenants/withdraw.html",
        frame=frame(),
        form=form,
        sheet=one.sheet,
        place=pages.place_name(one.sheet),
        back_url=address("show", covenant_id=covenant_id),
    )
    return page, tried.status


@blueprint.route("/c/<community>/covenants/<uuid:covenant_id>/check", methods=["GET", "POST"])
@requires(DECIDE)
def check(covenant_id: UUID) -> ResponseReturnValue:
    """合法性审查: the words found are marked, a person decides."""
    one = led(covenant_id)
    if one.state is not State.CHECKING and request.method == "GET":
        return redirect(address("show", covenant_id=covenant_id))
    form = CheckForm()
    decide = steps.open_signing if form.decision.data == "pass" else steps.send_back
    tried = attempt(
        form, lambda: decide(here().community.id, covenant_id, one.by, form.reason.data or "")
    )
    if tried.done:
        flash("审查结论已经记下，也通知了楼道里的住户。", "success")
        return redirect(address("show", covenant_id=covenant_id))
    clauses = texts.clauses(here().community.id, one.sheet.version_id)
    page = render_template(
        "covenants/check.html",
        frame=frame(),
        form=form,
        sheet=one.sheet,
        place=pages.place_name(one.sheet),
        clauses=pages.clauses_shown(clauses, []),
        back_url=address("show", covenant_id=covenant_id),
    )
    return page, tried.status


@blueprint.route("/c/<community>/covenants/<uuid:covenant_id>/filing", methods=["GET", "POST"])
@requires(DECIDE)
def filing(covenant_id: UUID) -> ResponseReturnValue:
    """备案, after the publication."""
    one = led(covenant_id)
    form = FilingForm()
    tried = attempt(
        form,
        lambda: steps.file(here().community.id, covenant_id, one.by, form.filed_under.data or ""),
    )
    if tried.done:
        flash("备案已经登记，公约马上生效并通知住户。", "success")
        return redirect(address("show", covenant_id=covenant_id))
    page = render_template(
        "covenants/filing.html",
        frame=frame(),
        form=form,
        sheet=one.sheet,
        place=pages.place_name(one.sheet),
        standing=pages.standing_of(one.sheet, now()),
        back_url=address("show", covenant_id=covenant_id),
    )
    return page, tried.status


@blueprint.route(
    "/c/<community>/covenants/<uuid:covenant_id>/objections/<uuid:objection_id>",
    methods=["GET", "POST"],
)
@requires(DRAFT)
def answer(covenant_id: UUID, objection_id: UUID) -> ResponseReturnValue:
    """Answer an opinion."""
    one = led(covenant_id)
    known = texts.objections(here().community.id, one.sheet.version_id)
    opinion = next((item for item in known if item.id == objection_id), None)
    if opinion is None:
        raise NotFound
    form = AnswerForm()
    tried = attempt(
        form,
        lambda: objections.answer(
            here().community.id, covenant_id, objection_id, one.by, form.answer.data or ""
        ),
    )
    if tried.done:
        flash("答复已经发给提意见的住户。", "success")
        return redirect(address("show", covenant_id=covenant_id, _anchor="opinions"))
    page = render_template(
        "covenants/answer.html",
        frame=frame(),
        form=form,
        opinion=opinion,
        back_url=address("show", covenant_id=covenant_id),
    )
    return page, tried.status
