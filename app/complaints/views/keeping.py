"""What people keep for their work: templates of replies and saved filters."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.complaints.actions import desk as actions
from app.complaints.forms_desk import FilterForm, TemplateForm
from app.complaints.permissions import WORK_TICKETS
from app.complaints.queries import desk as queries
from app.complaints.views import sight
from app.complaints.views.tickets import blueprint, to
from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.kit.refusal import Invalid


@blueprint.route("/c/<community>/tickets/templates", methods=["GET", "POST"])
@requires(WORK_TICKETS)
def templates() -> ResponseReturnValue:
    """The templates of this desk, and a form for one more."""
    desk, form, status = sight.desk_here(), TemplateForm(), 200
    if request.method == "POST":
        if form.validate():
            actions.save_template(
                here().community.id, desk, form.title.data or "", form.text.data or ""
            )
            flash("已保存，答复居民时可以直接选用。", "success")
            return redirect(to("templates"))
        status = 422
    kept = queries.templates_of(here().community.id, desk)
    return render_template("complaints/templates.html", form=form, kept=kept), status


@blueprint.post("/c/<community>/tickets/templates/<uuid:template_id>/remove")
@requires(WORK_TICKETS)
def remove_template(template_id: UUID) -> ResponseReturnValue:
    """Let a template go."""
    actions.remove_template(here().community.id, sight.desk_here(), template_id)
    flash("已删除。", "success")
    return redirect(to("templates"))


@blueprint.route("/c/<community>/tickets/filters", methods=["GET", "POST"])
@requires(WORK_TICKETS)
def filters() -> ResponseReturnValue:
    """The visitor's saved filters; a POST keeps the present one."""
    account_id, form, status = here().signed_in.account_id, FilterForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                actions.save_filter(
                    here().community.id, account_id, form.name.data or "", form.query.data or ""
                )
            except Invalid as refusal:
                status = show_in_form(form, refusal)
            else:
                flash("已保存，列表上方可以直接打开。", "success")
                return redirect(f"{to('index')}?{form.query.data or ''}")
    kept = queries.filters_of(here().community.id, account_id)
    return render_template("complaints/filters.html", form=form, kept=kept), status


@blueprint.post("/c/<community>/tickets/filters/<uuid:filter_id>/remove")
@requires(WORK_TICKETS)
def remove_filter(filter_id: UUID) -> ResponseReturnValue:
    """Let one of the own filters go."""
    actions.remove_filter(here().community.id, here().signed_in.account_id, filter_id)
    flash("已删除。", "success")
    return redirect(to("filters"))
