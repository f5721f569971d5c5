"""What every page's frame needs: names, navigation, unread count, type size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_login import current_user

from app.core.access.door import Here, permission_of
from app.core.access.roles import NEIGHBOUR_ROLES
from app.core.config import Config
from app.core.tenancy import CommunityRef, RegionRef
from app.core.web.assets import asset
from app.core.web.headers import csp_nonce
from app.kit.clock import civil_date, now, say_date, say_moment

LARGE_TYPE_COOKIE = "large_type"
LAST_HOME = "home"
"""In the session: the start page visited last, as `face:code`; only the frame follows it."""
RESIDENT_FACE = "resident"


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """An entry of the navigation: shown to those whose permission lets them in."""

    label: str
    icon: str
    endpoint: str
    order: int
    resident: bool = False
    also: tuple[str, ...] = ()


_items: list[NavigationItem] = []


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation item as a page draws it."""

    label: str
    icon: str
    url: str
    current: bool
    badge: int | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page."""

    community: CommunityRef | RegionRef | None
    person_name: str | None
    unread: int
    navigation: tuple[Link, ...]
    large_type: bool
    demo: bool
    home_url: str
    login_url: str
    logout_url: str
    notifications_url: str
    account_url: str
    type_size_url: str
    switch_url: str
    resident: bool


def navigation_item(
    label: str,
    icon: str,
    endpoint: str,
    *,
    order: int,
    resident: bool = False,
    also: tuple[str, ...] = (),
) -> None:
    """Add an entry. Residents' entries form the bottom bar; the others the side navigation.

    It is the current one on pages of its blueprint, and of those named in `also`.
    """
    item = NavigationItem(label, icon, endpoint, order, resident, also)
    if item not in _items:
        _items.append(item)
        _items.sort(key=lambda entry: entry.order)


def init_shell(app: Flask, config: Config) -> None:
    """Give every template the frame and the few global functions."""
    app.jinja_env.globals.update(asset=asset, csp_nonce=csp_nonce, may_enter=may_enter)
    app.jinja_env.filters.update(moment=_moment, day=_day)

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"shell": _Lazy(lambda: build_shell(config))}


def _moment(moment: datetime) -> str:
    return say_moment(moment, now())


def _day(moment: datetime) -> str:
    return say_date(civil_date(moment), civil_date(now()))


class _Lazy:
    """The shell, built when a template first looks at it (fragments never do)."""

    def __init__(self, build: Callable[[], Shell]) -> None:
        self._build = build
        self._shell: Shell | None = None

    def __getattr__(self, name: str) -> Any:
        if self._shell is None:
            self._shell = self._build()
        return getattr(self._shell, name)


def build_shell(config: Config) -> Shell:
    """The frame of the running request."""
    place: Here | None = g.get("here")
    actor = place.actor if place else None
    return Shell(
        community=_own_place(place) if place else None,
        person_name=actor.name if actor else None,
        unread=current_user.unread if actor else 0,
        navigation=_navigation(place) if place and actor else (),
        large_type=request.cookies.get(LARGE_TYPE_COOKIE) == "1",
        demo=config.demo,
        home_url=url_for("people.home"),
        login_url=url_for("people.login"),
        logout_url=url_for("people.logout"),
        notifications_url=url_for("notifications.index"),
        account_url=url_for("people.account"),
        type_size_url=url_for("preferences.type_size"),
        switch_url=url_for("people.choose_membership"),
        resident=place is not None and _acts_as_resident(place),
    )


def _own_place(place: Here) -> CommunityRef | RegionRef | None:
    """The place of the URL if the actor belongs there: a refusal must not name it to others."""
    if place.actor is None:
        return None
    if isinstance(place.place, CommunityRef):
        return place.place if place.actor.grants_in(place.place) else None
    if isinstance(place.place, RegionRef):
        return place.place if place.actor.grants_over(place.place) else None
    return None


def _navigation(place: Here) -> tuple[Link, ...]:
    links = []
    only_resident = _acts_as_resident(place)
    for item in _items:
        if item.resident is only_resident and may_enter(item.endpoint):
            url = url_for(item.endpoint, **_place_values(place))
            blueprint = item.endpoint.split(".", 1)[0]
            current = (
                request.endpoint == item.endpoint
                or request.blueprint in item.also
                or (request.blueprint == blueprint and not _named_elsewhere(blueprint, item))
            )
            links.append(Link(item.label, item.icon, url, current))
    return tuple(links)


def _named_elsewhere(blueprint: str, item: NavigationItem) -> bool:
    return any(
        other is not item
        and other.resident is item.resident
        and other.endpoint.split(".", 1)[0] == blueprint
        and may_enter(other.endpoint)
        for other in _items
    )


def _acts_as_resident(place: Here) -> bool:
    from_community = isinstance(place.place, CommunityRef)
    if place.actor is None or not from_community:
        return False
    roles = place.actor.roles_in(place.community)
    came_as_resident = session.get(LAST_HOME, "").startswith(f"{RESIDENT_FACE}:")
    return bool(roles & NEIGHBOUR_ROLES) and (roles <= NEIGHBOUR_ROLES or came_as_resident)


def may_enter(endpoint: str) -> bool:
    """Whether the person of this request has the permission of that route here.

    Pages ask this before they draw a button, so that nobody is led to a closed door.
    """
    place: Here | None = g.get("here")
    permission = permission_of(current_app.view_functions[endpoint])
    if permission is None or place is None or place.actor is None:
        return False
    return bool(permission.grants(place.actor, place.community_or_none, place.region_or_none))


def _place_values(place: Here) -> dict[str, Any]:
    if isinstance(place.place, CommunityRef):
        return {"community": place.place.code}
    if isinstance(place.place, RegionRef):
        return {"region": place.place.code}
    return {}
