"""A new resident finds their community and joins it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.communities import queries as communities
from app.communities.models import Region
from app.core.access.actor import Actor
from app.core.access.door import here, requires
from app.core.access.permissions import PUBLIC
from app.core.access.roles import Role
from app.core.db import db
from app.core.web.limits import limiter
from app.kit.clock import now
from app.kit.refusal import Invalid
from app.people.actions.accounts import Place, ensure_account, ensure_membership
from app.people.actions.passwords import set_password
from app.people.actions.sessions import start_session
from app.people.forms import JoinForm
from app.people.identity import remember
from app.people.rules import PROOF_LASTS
from app.people.views.room import blueprint, device, show_errors
from app.people.views.sign_in import PROVEN_AT, PROVEN_PHONE


@blueprint.get("/register")
@requires(PUBLIC)
def choose_community() -> ResponseReturnValue:
    """Find one's community by name, or walk down from the province."""
    if here().actor is None and proven_phone() is None:
        return redirect(url_for("people.request_code", next=url_for("people.choose_community")))
    wanted = request.args.get("q", "").strip()
    region = communities.region_by_code(request.args.get("region", ""))
    if region is None and not wanted:
        region = _first_branching()
    return render_template(
        "people/choose_community.html",
        q=wanted,
        region=region,
        above=communities.regions_above(region) if region else [],
        regions=[] if wanted else communities.regions_below(region.code if region else None),
        communities=communities.find_communities(wanted, region.path if region else None)
        if wanted or (region and region.level == "street")
        else [],
    )


@blueprint.route("/c/<community>/join", methods=["GET", "POST"])
@limiter.limit("20/hour", methods=["POST"])
@requires(PUBLIC)
def join() -> ResponseReturnValue:
    """Become a resident here: with the account one has, or a new one for the proven phone."""
    actor = here().actor
    phone = proven_phone()
    if actor is None and phone is None:
        return redirect(url_for("people.request_code", next=request.path))
    if actor is not None:
        return _join_as(actor)
    form = JoinForm()
    if form.validate_on_submit() and phone is not None:
        return _register(form, phone)
    return _page(form)


def _first_branching() -> Region | None:
    """Where the tree first offers a choice: with one city alone, that city."""
    region, below = None, communities.regions_below(None)
    while len(below) == 1:
        region, below = below[0], communities.regions_below(below[0].code)
    return region


def proven_phone() -> str | None:
    """The number this browser has proven by a code not long ago."""
    phone: str | None = session.get(PROVEN_PHONE)
    age = now().timestamp() - session.get(PROVEN_AT, 0)
    return phone if phone and age < PROOF_LASTS.total_seconds() else None


def _join_as(actor: Actor) -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("people/join.html", form=None, community=here().community)
    community = here().community
    ensure_membership(
        actor.account_id,
        Role.RESIDENT,
        Place(community_id=community.id),
        granted_by=actor.account_id,
    )
    return _welcome()


def _register(form: JoinForm, phone: str) -> ResponseReturnValue:
    password = form.password.data
    account_id = ensure_account(phone, (form.name.data or "").strip())
    if password:
        try:
            set_password(account_id, password, phone)
        except Invalid as refusal:
            db.session.rollback()
            show_errors(form, refusal.sentence, refusal.errors)
            return _page(form)
    ensure_membership(
        account_id, Role.RESIDENT, Place(community_id=here().community.id), granted_by=account_id
    )
    started = start_session(account_id, device(), way="register")
    remember(started)
    return _welcome()


def _welcome() -> ResponseReturnValue:
    flash("欢迎加入。下一步认领自己的房屋，就能参加投票和签公约。", "done")
    return redirect(url_for("desk.home", community=here().community.code))


def _page(form: JoinForm) -> ResponseReturnValue:
    status = 422 if request.method == "POST" else 200
    return render_template("people/join.html", form=form, community=here().community), status
