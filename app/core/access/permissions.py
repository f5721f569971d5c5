"""Permissions: a name, where it applies, and the roles that have it. Default is nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.core.access.actor import Actor, Grant
from app.core.access.roles import SECOND_FACTOR_ROLES, Role
from app.core.tenancy import CommunityRef, RegionRef


class Place(StrEnum):
    """Where a permission applies, which is where the URL says we are."""

    PUBLIC = "public"
    ACCOUNT = "account"
    COMMUNITY = "community"
    REGION = "region"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of a feature's permission table."""

    name: str
    place: Place
    roles: frozenset[Role] = frozenset()

    def grants(
        self, actor: Actor, community: CommunityRef | None, region: RegionRef | None
    ) -> tuple[Grant, ...]:
        """The actor's memberships that carry this permission here."""
        held: tuple[Grant, ...] = ()
        if self.place is Place.COMMUNITY and community is not None:
            held = actor.grants_in(community)
        elif self.place is Place.REGION and region is not None:
            held = actor.grants_over(region)
        elif self.place is Place.PLATFORM:
            held = actor.grants
        return tuple(grant for grant in held if grant.role in self.roles)


def needs_second_factor(grants: Iterable[Grant]) -> bool:
    """Whether every one of these memberships may only be used after a second factor."""
    return all(grant.role in SECOND_FACTOR_ROLES for grant in grants)


PUBLIC = Permission("public", Place.PUBLIC)
"""Anybody, signed in or not."""
SIGNED_IN = Permission("signed_in", Place.ACCOUNT)
"""Anybody with an account; the page shows only what is their own."""


def in_community(name: str, *roles: Role | frozenset[Role]) -> Permission:
    """A permission inside one community."""
    return Permission(name, Place.COMMUNITY, _flatten(roles))


def in_region(name: str, *roles: Role | frozenset[Role]) -> Permission:
    """A permission over a region (reviewers)."""
    return Permission(name, Place.REGION, _flatten(roles))


def on_platform(name: str) -> Permission:
    """A permission of those who run the platform."""
    return Permission(name, Place.PLATFORM, frozenset({Role.PLATFORM_OPERATOR}))


def _flatten(roles: Iterable[Role | frozenset[Role]]) -> frozenset[Role]:
    flat: set[Role] = set()
    for item in roles:
        if isinstance(item, Role):
            flat.add(item)
        else:
            flat.update(item)
    return frozenset(flat)
