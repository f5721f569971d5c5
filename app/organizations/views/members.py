"""Seating and relieving members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import attempt
from app.kit.clock import civil_date, now
from app.kit.refusal import NotFound
from app.organizations import actions, queries
from app.organizations.forms import DayForm, MemberForm, version_of
from app.organizations.permissions import KEEP_ORGANIZATIONS
from app.organizations.rules import OrganizationKind, is_committee
from app.organizations.views.room import blueprint

ROOT = "/c/<community>/organizations/<uuid:organization_id>/members/"


@blueprint.route(f"{ROOT}new", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def seat(organization_id: UUID) -> ResponseReturnValue:
    """Seat a person in a post."""
    community_id = here().community.id
    organization = queries.organization(community_id, organization_id)
    if organization is None:
        raise NotFound
    form: Any = MemberForm()
    if not form.is_submitted() and is_committee(OrganizationKind(organization.kind)):
        form.term_starts.data = organization.term_starts
        form.term_ends.data = organization.term_ends
    name = organization.name
    tried = attempt(form, lambda: actions.seat_member(community_id, organization_id, _draft(form)))
    if tried.done:
        flash(f"已登记{form.name.data}任{form.post.data}。", "done")
        return redirect(_page(organization_id))
    page = render_template(
        "organizations/member.html", form=form, name=name, back=_page(organization_id)
    )
    return page, tried.status


@blueprint.route(f"{ROOT}<uuid:member_id>/relieve", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def relieve(organization_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """A member leaves the post."""
    community_id = here().community.id
    member = queries.member(community_id, member_id)
    if member is None or member.organization_id != organization_id or member.relieved_at:
        raise NotFound
    form: Any = DayForm(obj=member)
    if not form.is_submitted():
        form.on.data = civil_date(now())
    heading = f"{member.name}（{member.post}）哪一天离任？"
    tried = attempt(
        form,
        lambda: actions.relieve_member(community_id, member_id, version_of(form), form.on.data),
    )
    if tried.done:
        flash("已办理离任。", "done")
        return redirect(_page(organization_id))
    page = render_template(
        "organizations/day.html",
        form=form,
        heading=heading,
        lead="离任以后名字仍留在历届成员里，不会删除。",
        label="办理离任",
        back=_page(organization_id),
    )
    return page, tried.status


def _draft(form: Any) -> actions.MemberDraft:
    return actions.MemberDraft(
        name=form.name.data,
        post=form.post.data,
        party_member=form.party_member.data,
        term_starts=form.term_starts.data,
        term_ends=form.term_ends.data,
    )


def _page(organization_id: UUID) -> str:
    return url_for(
        "organizations.show", community=here().community.code, organization_id=organization_id
    )
