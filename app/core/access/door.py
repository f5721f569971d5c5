"""The door of every view: place → actor → permission → one transaction → answer.

A route without `@requires(…)` does not exist: `check_doors` fails at start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access.actor import Actor
from app.core.access.permissions import Permission, Place, needs_second_factor
from app.core.tenancy import PLATFORM_ID, CommunityRef, RegionRef, Scope, place_directory
from app.core.transaction import run
from app.kit.refusal import NotFound

View = Callable[..., ResponseReturnValue]
ACCOUNT_KEY = "account"


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare who may enter a view and run it in one transaction under the URL's scope.

    The view receives its URL values without `community` and `region`, which stand in
    `here().community` and `here().region`.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def door(**values: Any) -> ResponseReturnValue:
            here = _arrive(permission, values)
            answer = run(lambda: _enter(permission, here, view, values), here.scope)
            for action in here.after_commit:
                action()
            return answer

        door.permission = permission  # type: ignore[attr-defined]
        return door

    return wrap


class Here:
    """Where the request stands: its community or region, its actor, its scope."""

    def __init__(self, community: CommunityRef | None, region: RegionRef | None) -> None:
        self._community = community
        self._region = region
        self.actor: Actor | None = None
        self.after_commit: list[Callable[[], None]] = []
        self.scope = Scope(
            community_id=community.id if community else PLATFORM_ID,
            account_id=_account_in_cookie(),
            region_path=region.path if region else None,
        )

    @property
    def community(self) -> CommunityRef:
        """The community of the URL."""
        if self._community is None:
            raise NotFound
        return self._community

    @property
    def region(self) -> RegionRef:
        """The region of the URL."""
        if self._region is None:
            raise NotFound
        return self._region

    @property
    def community_or_none(self) -> CommunityRef | None:
        """The community of the URL, if any."""
        return self._community

    @property
    def region_or_none(self) -> RegionRef | None:
        """The region of the URL, if any."""
        return self._region

    @property
    def place(self) -> CommunityRef | RegionRef | None:
        """The community or region of the URL, if any."""
        return self._community or self._region

    @property
    def signed_in(self) -> Actor:
        """The actor, where the permission guarantees one."""
        if self.actor is None:
            raise NotFound
        return self.actor


def here() -> Here:
    """The place and actor of the running request."""
    return cast("Here", g.here)


def permission_of(view: Any) -> Permission | None:
    """The permission a view declares."""
    return cast("Permission | None", getattr(view, "permission", None))


def check_doors(app: Flask) -> None:
    """Fail at start when a route declares no permission (default deny)."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and permission_of(app.view_functions[rule.endpoint]) is None:
            raise RuntimeError(f"{rule.rule} ({rule.endpoint}) declares no permission")


def _arrive(permission: Permission, values: dict[str, Any]) -> Here:
    community = region = None
    if "community" in values:
        community = place_directory().community(values.pop("community"))
        if community is None:
            raise NotFound
    if "region" in values:
        region = place_directory().region(values.pop("region"))
        if region is None:
            raise NotFound
    if permission.place is Place.COMMUNITY and community is None:
        raise RuntimeError(f"{permission.name} needs a community in the URL")
    if permission.place is Place.REGION and region is None:
        raise RuntimeError(f"{permission.name} needs a region in the URL")
    arrived = Here(community, region)
    g.here = arrived
    return arrived


def _enter(
    permission: Permission, place: Here, view: View, values: dict[str, Any]
) -> ResponseReturnValue:
    place.after_commit.clear()
    place.actor = getattr(current_user, "actor", None)
    turned_away = _turn_away(permission, place)
    return view(**values) if turned_away is None else turned_away


def _turn_away(permission: Permission, place: Here) -> Response | None:
    if permission.place is Place.PUBLIC:
        return None
    if place.actor is None:
        return _to_login()
    if permission.place is Place.ACCOUNT:
        return None
    grants = permission.grants(place.actor, place.community_or_none, place.region_or_none)
    if not grants:
        raise NotFound
    if needs_second_factor(grants) and not place.actor.second_factor:
        return cast("Response", redirect(url_for("people.second_factor", next=_wanted())))
    return None


def _to_login() -> Response:
    return cast("Response", redirect(url_for("people.login", next=_wanted())))


def _wanted() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _account_in_cookie() -> UUID | None:
    value = session.get(ACCOUNT_KEY)
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
