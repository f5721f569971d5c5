"""One report before its reviewer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.coverage import actions, queries
from app.coverage.forms import ReviewForm
from app.coverage.permissions import REVIEW_REPORT, SEE_REGION
from app.coverage.rules import Decision, Level, NotYourTurn, choices_of
from app.coverage.views.community import sealed_file
from app.coverage.views.presenting import report_row, steps_of
from app.coverage.views.regions import levels_held
from app.coverage.views.room import blueprint
from app.kit.refusal import NotFound, Refusal

REPORT = "/r/<region>/reports/<uuid:report_id>"


@blueprint.get(REPORT)
@requires(SEE_REGION)
def review(report_id: UUID) -> ResponseReturnValue:
    """The report, and the decision where it is this reviewer's turn."""
    return _page(_report(report_id), None)


@blueprint.post(REPORT)
@requires(REVIEW_REPORT)
def decide(report_id: UUID) -> ResponseReturnValue:
    """Approve, return, or note the result of a spot check."""
    row = _report(report_id)
    level = _level(row)
    if level is None:
        raise NotYourTurn
    form: Any = ReviewForm()
    form.offer(choices_of(level, actions.decisions_of(row)))
    if not form.validate_on_submit():
        return _page(row, form), 422
    decision = Decision(form.decision.data)
    try:
        actions.review(
            report_id,
            level,
            decision,
            form.reason.data or "",
            reviewer_id=here().signed_in.account_id,
        )
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        return _page(_report(report_id), form), status
    flash(f"已登记：{level.label}{decision.label}。", "done")
    return redirect(url_for("coverage.review", region=here().region.code, report_id=report_id))


@blueprint.get(f"{REPORT}/print")
@requires(SEE_REGION)
def review_print(report_id: UUID) -> ResponseReturnValue:
    """The report on paper."""
    row = _report(report_id)
    return render_template(
        "coverage/report_print.html",
        **report_row(row),
        steps=steps_of(row, queries.reviews_of(report_id)),
    )


@blueprint.get(f"{REPORT}/sealed.json")
@requires(SEE_REGION)
def review_sealed(report_id: UUID) -> ResponseReturnValue:
    """Exactly the bytes the digest is of."""
    return sealed_file(_report(report_id).CoverageReport)


def _page(row: Any, form: Any) -> str:
    level = _level(row)
    shown: Any = form
    if shown is None and level is not None:
        shown = ReviewForm()
        shown.offer(choices_of(level, actions.decisions_of(row)))
    return render_template(
        "coverage/review.html",
        **report_row(row),
        steps=steps_of(row, queries.reviews_of(row.CoverageReport.id)),
        level=level,
        form=shown,
    )


def _level(row: Any) -> Level | None:
    """The level this reviewer holds whose turn it is."""
    decisions = actions.decisions_of(row)
    return next((level for level in levels_held() if choices_of(level, decisions)), None)


def _report(report_id: UUID) -> Any:
    row = queries.report(report_id)
    if row is None:
        raise NotFound
    return row
