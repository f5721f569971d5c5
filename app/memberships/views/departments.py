"""部门账号: reviewers keep the departments of their region and who acts for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.communities.queries import department_at, departments_at
from app.core.access.door import here, requires
from app.core.web.refused_form import attempt
from app.core.web.shell import navigation_item
from app.kit.phones import mask_phone
from app.kit.refusal import NotFound, Refusal
from app.memberships import queries
from app.memberships.actions import departments as actions
from app.memberships.forms import DepartmentForm, DepartmentMemberForm
from app.memberships.permissions import KEEP_DEPARTMENTS

blueprint = Blueprint("departments", __name__)
navigation_item("部门账号", "users", "departments.index", order=80)
ROOT = "/r/<region>/departments/"


@blueprint.route(ROOT, methods=["GET", "POST"])
@requires(KEEP_DEPARTMENTS)
def index() -> ResponseReturnValue:
    """The departments of this region; a new one."""
    form = DepartmentForm()
    taken = attempt(form, lambda: actions.found(here().region, form.name.data or ""))
    if taken.done:
        flash("部门已建好，请添加工作人员。", "success")
        return redirect(_to("show", department_id=taken.result))
    known = departments_at(here().region.code)
    page = render_template(
        "memberships/departments.html",
        region=here().region,
        departments=known,
        counts=queries.people_counts([one.id for one in known]),
        form=form,
    )
    return page, taken.status


@blueprint.route(f"{ROOT}<uuid:department_id>", methods=["GET", "POST"])
@requires(KEEP_DEPARTMENTS)
def show(department_id: UUID) -> ResponseReturnValue:
    """Who acts for a department; somebody new."""
    if department_at(here().region.code, department_id) is None:
        raise NotFound
    form = DepartmentMemberForm()

    def act() -> UUID:
        typed = (form.phone.data or "", form.name.data or "")
        return actions.appoint(here().signed_in, here().region, department_id, *typed)

    taken = attempt(form, act)
    if taken.done:
        flash("已添加，对方现在就可以用手机号登录。", "success")
        return redirect(_to("show", department_id=department_id))
    page = render_template(
        "memberships/department.html",
        department=department_at(here().region.code, department_id),
        people=queries.department_people(department_id),
        form=form,
        mask_phone=mask_phone,
        index_url=_to("index"),
    )
    return page, taken.status


@blueprint.post(f"{ROOT}<uuid:department_id>/people/<uuid:membership_id>/end")
@requires(KEEP_DEPARTMENTS)
def dismiss(department_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """End somebody's role in a department."""
    actions.dismiss(here().region, department_id, membership_id)
    flash("已结束，马上生效。", "success")
    return redirect(_to("show", department_id=department_id))


@blueprint.post(f"{ROOT}<uuid:department_id>/retire")
@requires(KEEP_DEPARTMENTS)
def retire(department_id: UUID) -> ResponseReturnValue:
    """Let nobody call a department any more."""
    try:
        actions.retire(here().region, department_id)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(refusal.sentence, "error")
        return redirect(_to("show", department_id=department_id))
    flash("部门已停用，以后不会再请到它；以前的记录还在。", "success")
    return redirect(_to("index"))


def _to(endpoint: str, **values: Any) -> str:
    return url_for(f"departments.{endpoint}", region=here().region.code, **values)
