"""What the covenants' doors share: finding the sheet, the frame, answers to refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for

from app.core.access.door import here
from app.core.access.roles import NEIGHBOUR_ROLES
from app.core.web.shell import navigation_item
from app.covenants import rules
from app.covenants.permissions import By, Standpoint, standpoint
from app.covenants.queries import places, texts
from app.kit.refusal import NotFound

blueprint = Blueprint("covenants", __name__)
navigation_item("公约", "file-signature", "covenants.index", order=40, resident=True)
navigation_item("楼道公约", "file-signature", "covenants.all_covenants", order=40)


@dataclass(frozen=True, slots=True)
class Found:
    """A version on the screen and how the reader stands to it."""

    sheet: Any
    standpoint: Standpoint

    @property
    def state(self) -> rules.State:
        """Where the version stands."""
        return rules.State(self.sheet.state)

    @property
    def by(self) -> By:
        """Who leads; absent and forbidden look the same."""
        if self.standpoint.capacity is None:
            raise NotFound
        return By(here().signed_in.account_id, self.standpoint.capacity)


def found(covenant_id: UUID, number: int | None = None) -> Found:
    """The covenant, if this person may read it. Outsiders are shown the version in force."""
    community_id = here().community.id
    sheet = texts.sheet(community_id, covenant_id, number)
    if sheet is None:
        raise NotFound
    stand = stand_to(sheet.stairwell_id)
    if not stand.may_read(rules.State(sheet.state)):
        if number is not None or sheet.number_in_force is None:
            raise NotFound
        sheet = texts.sheet(community_id, covenant_id, sheet.number_in_force)
    return Found(sheet, stand)


def led(covenant_id: UUID) -> Found:
    """The current version, for whoever leads it; a head of another stairwell finds nothing."""
    one = found(covenant_id)
    if one.standpoint.capacity is None:
        raise NotFound
    return one


def stand_to(stairwell_id: UUID) -> Standpoint:
    """How the signed-in person stands to a stairwell."""
    place = here()
    homes = places.claimed_homes(place.community.id, place.signed_in.account_id)
    return standpoint(place.signed_in, place.community, stairwell_id, homes)


def frame() -> str:
    """Residents and those who work here see the same pages in different frames."""
    roles = here().signed_in.roles_in(here().community)
    return f"layouts/{'resident' if roles <= NEIGHBOUR_ROLES else 'staff'}.html"


def address(endpoint: str, **values: Any) -> str:
    """A page of this room in this community."""
    return url_for(f"covenants.{endpoint}", community=here().community.code, **values)
