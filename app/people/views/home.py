"""The start: public, or the way to one's own start page."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.access.permissions import PUBLIC, SIGNED_IN
from app.core.web.shell import LAST_HOME
from app.people import queries
from app.people.rules import Face, Home, homes
from app.people.views.room import blueprint

_ENDPOINTS = {
    Face.RESIDENT: ("desk.home", "community"),
    Face.OFFICE: ("desk.staff_home", "community"),
    Face.REVIEW: ("coverage.region_home", "region"),
    Face.DEPARTMENT: ("called.index", "region"),
    Face.PLATFORM: ("platform.communities", None),
}


def home_address(home: Home) -> str | None:
    """The address of a start page; None while the product has none for it."""
    endpoint, value = _ENDPOINTS[home.face]
    if endpoint not in current_app.view_functions:
        return None
    values: dict[str, Any] = {value: home.code} if value else {}
    return url_for(endpoint, **values)


@blueprint.get("/")
@requires(PUBLIC)
def home() -> ResponseReturnValue:
    """To one's start page: the only one, or the one visited last; else a choice."""
    actor = here().actor
    if actor is None:
        return render_template("people/welcome.html")
    found = homes(queries.membership_lines(actor.account_id))
    if not found:
        return redirect(url_for("people.choose_community"))
    last = session.get(LAST_HOME)
    chosen = next((one for one in found if one.key == last), None)
    if chosen is None and len(found) == 1:
        chosen = found[0]
    address = home_address(chosen) if chosen else None
    return redirect(address or url_for("people.choose_membership"))


@blueprint.get("/memberships")
@requires(SIGNED_IN)
def choose_membership() -> str:
    """Every place where this person has a role."""
    found = homes(queries.membership_lines(here().signed_in.account_id))
    return render_template(
        "people/memberships.html", homes=[(one, home_address(one)) for one in found]
    )
