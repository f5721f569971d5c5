"""Preparing and submitting the report of the quarter."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.coverage import actions, queries
from app.coverage.forms import ExemptionForm, RemarkForm, VersionForm, version_of
from app.coverage.permissions import PREPARE_REPORT, SUBMIT_REPORT
from app.coverage.rules import say_quarter
from app.coverage.views.community import (
    ROOT,
    indicator_named,
    page_of,
    this_quarter,
)
from app.coverage.views.presenting import cards_of
from app.coverage.views.room import blueprint
from app.kit.clock import in_beijing, say_moment
from app.kit.refusal import NotFound, Refusal


@blueprint.get(f"{ROOT}draft")
@requires(PREPARE_REPORT)
def draft() -> ResponseReturnValue:
    """The draft: what will be sent."""
    return _draft_page(None)


@blueprint.post(f"{ROOT}draft")
@requires(PREPARE_REPORT)
def begin() -> ResponseReturnValue:
    """Begin the quarter's draft with the figures of now."""
    actions.begin_draft(here().community.id, this_quarter())
    return redirect(_draft_url())


@blueprint.post(f"{ROOT}draft/compute")
@requires(PREPARE_REPORT)
def compute() -> ResponseReturnValue:
    """Take the figures of now."""
    form: Any = VersionForm()
    actions.compute_again(here().community.id, this_quarter(), version_of(form))
    flash("已按最新数据重新计算。", "done")
    return redirect(_draft_url())


@blueprint.post(f"{ROOT}draft/remark")
@requires(PREPARE_REPORT)
def remark() -> ResponseReturnValue:
    """Keep the remark."""
    form: Any = RemarkForm()
    if not form.validate_on_submit():
        return _draft_page(form), 422
    try:
        actions.remark(
            here().community.id, this_quarter(), version_of(form), form.remark.data or ""
        )
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        return _draft_page(form), status
    flash("已保存说明。", "done")
    return redirect(_draft_url())


@blueprint.post(f"{ROOT}draft/submit")
@requires(SUBMIT_REPORT)
def submit() -> ResponseReturnValue:
    """Lock the draft and hand it to the street."""
    form: Any = VersionForm()
    report_id = actions.submit(
        here().community, this_quarter(), version_of(form), here().signed_in.account_id
    )
    flash("已报送，等待街道初审。", "done")
    return redirect(
        url_for("coverage.report", community=here().community.code, report_id=report_id)
    )


@blueprint.route(f"{ROOT}draft/<name>/<subject>/exempt", methods=["GET", "POST"])
@requires(PREPARE_REPORT)
def exempt(name: str, subject: str) -> ResponseReturnValue:
    """Say why something is not counted."""
    chosen, known = indicator_named(name), _draft()
    figure = next(item for item in actions.figures_of(known) if item.indicator is chosen)
    item = next((line for line in figure.missing if line.id == subject), None)
    if item is None:
        raise NotFound
    form: Any = ExemptionForm(obj=known)
    status = 200
    if form.validate_on_submit():
        try:
            actions.exempt(
                here().community.id,
                this_quarter(),
                version_of(form),
                chosen,
                subject,
                form.reason.data,
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
        else:
            flash("已设为不计入。", "done")
            return redirect(_draft_url())
    elif form.is_submitted():
        status = 422
    page = render_template(
        "coverage/exempt.html", form=form, item=item, indicator=chosen, back=_draft_url()
    )
    return page, status


@blueprint.post(f"{ROOT}draft/<name>/<subject>/count")
@requires(PREPARE_REPORT)
def count_again(name: str, subject: str) -> ResponseReturnValue:
    """Withdraw an exemption."""
    form: Any = VersionForm()
    actions.count_again(
        here().community.id, this_quarter(), version_of(form), indicator_named(name), subject
    )
    flash("已恢复计入。", "done")
    return redirect(_draft_url())


def _draft_page(form: Any) -> str:
    known = _draft()
    shown: Any = form if form is not None else RemarkForm(obj=known)
    own = actions.exemptions_of(known)
    figures = actions.figures_of(known)
    return render_template(
        "coverage/draft.html",
        draft=known,
        quarter=say_quarter(known.period),
        computed=say_moment(in_beijing(known.computed_at)),
        cards=cards_of(figures, lambda figure: f"#{figure.indicator.value}"),
        figures=figures,
        own=own,
        page_of=page_of,
        form=shown,
    )


def _draft() -> Any:
    known = queries.draft(here().community.id, this_quarter())
    if known is None:
        raise NotFound
    return known


def _draft_url() -> str:
    return url_for("coverage.draft", community=here().community.code)
