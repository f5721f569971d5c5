"""Who works in this community: the list, granting and ending roles."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.actor import Grant
from app.core.access.door import here, requires
from app.core.access.roles import Role
from app.core.db import db
from app.core.web.shell import navigation_item
from app.kit.phones import mask_phone
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.memberships import actions, queries
from app.memberships.forms import GrantForm
from app.memberships.permissions import MANAGE_PEOPLE
from app.memberships.rules import Narrowing, companies_of, grantable, narrowing_of

blueprint = Blueprint("memberships", __name__)
navigation_item("人员与角色", "users", "memberships.index", order=80)


@blueprint.get("/c/<community>/people")
@requires(MANAGE_PEOPLE)
def index() -> str:
    """Everyone whose role this person may give or end."""
    roles = grantable(_own_grants())
    companies = companies_of(_own_grants())
    chosen = next((role for role in roles if role == request.args.get("role")), None)
    wanted = request.args.get("q", "").strip()
    rows = queries.members(
        here().community.id,
        roles=[chosen] if chosen else roles,
        wanted=wanted,
        companies=companies,
        before=request.args.get("before", type=UUID),
    )
    return render_template(
        "memberships/index.html",
        members=rows[: queries.PAGE],
        older=rows[queries.PAGE - 1].id if len(rows) > queries.PAGE else None,
        roles=roles,
        counts=queries.role_counts(here().community.id, companies),
        role=chosen,
        q=wanted,
        mask_phone=mask_phone,
        role_names={role.value: role.label for role in roles},
    )


@blueprint.get("/c/<community>/people/new")
@requires(MANAGE_PEOPLE)
def choose_role() -> str:
    """First question: which role?"""
    return render_template("memberships/choose_role.html", roles=grantable(_own_grants()))


@blueprint.route("/c/<community>/people/new/<role>", methods=["GET", "POST"])
@requires(MANAGE_PEOPLE)
def grant(role: str) -> ResponseReturnValue:
    """Second question: who, and for which place?"""
    wanted = next((one for one in grantable(_own_grants()) if one == role), None)
    if wanted is None:
        raise NotFound
    form = _form(wanted)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            refusal = _grant(form, wanted)
            if refusal is None:
                return redirect(url_for("memberships.index", community=here().community.code))
            status = refusal.status
    page = render_template(
        "memberships/grant.html",
        form=form,
        role=wanted,
        narrowed=narrowing_of(wanted) is not Narrowing.COMMUNITY,
    )
    return page, status


@blueprint.post("/c/<community>/people/<uuid:membership_id>/end")
@requires(MANAGE_PEOPLE)
def end(membership_id: UUID) -> ResponseReturnValue:
    """End a role."""
    role = actions.end(here().signed_in, here().community, membership_id)
    flash(f"已结束这位{role.label}的身份。", "done")
    return redirect(url_for("memberships.index", community=here().community.code))


def _grant(form: GrantForm, role: Role) -> Refusal | None:
    try:
        actions.grant(
            here().signed_in,
            here().community,
            role,
            phone=form.phone.data or "",
            name=form.name.data or "",
            place=form.place.data,
        )
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        errors = dict(getattr(refusal, "errors", {}))
        if "place" in errors:
            form.place.errors = [errors["place"]]
        elif isinstance(refusal, Invalid):
            form.phone.errors = [refusal.sentence]
        else:
            form.form_errors.append(refusal.sentence)
        return refusal
    flash(f"已添加{role.label}。对方用手机号和短信验证码就能登录。", "done")
    return None


def _form(role: Role) -> GrantForm:
    form = GrantForm()
    narrowing = narrowing_of(role)
    form.place.label.text = narrowing.label
    form.place.flags.required = True
    form.place.choices = [
        ("", "请选择"),
        *queries.choices(here().community.id, narrowing, companies_of(_own_grants())),
    ]
    return form


def _own_grants() -> tuple[Grant, ...]:
    return here().signed_in.grants_in(here().community)
