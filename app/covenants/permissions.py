"""Who may do what with covenants.

| who | sees | does |
|---|---|---|
| residents of the stairwell (approved claim) | their covenant in every state | object, sign |
| head of the stairwell (单元长) | the same | drafts, answers, leads the steps |
| community staff | every covenant | drafts, checks, files |
| everybody else of the community, property staff too | covenants in force | nothing |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.access.actor import Actor
from app.core.access.permissions import in_community
from app.core.access.roles import COMMUNITY_ROLES, NEIGHBOUR_ROLES, OFFICE_ROLES, Role
from app.core.tenancy import CommunityRef
from app.covenants import rules

READ = in_community("covenants.read", COMMUNITY_ROLES)
TAKE_PART = in_community("covenants.take_part", NEIGHBOUR_ROLES)
DRAFT = in_community("covenants.draft", Role.STAIRWELL_HEAD, OFFICE_ROLES)
DECIDE = in_community("covenants.decide", OFFICE_ROLES)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and in which capacity."""

    account_id: UUID
    capacity: rules.Actor


def capacity(actor: Actor, community: CommunityRef, stairwell_id: UUID) -> rules.Actor | None:
    """As what this person may lead the covenant of a stairwell; None for everybody else."""
    if works_in_office(actor, community):
        return rules.Actor.COMMUNITY
    if stairwell_id in headed_stairwells(actor, community):
        return rules.Actor.STAIRWELL_HEAD
    return None


def works_in_office(actor: Actor, community: CommunityRef) -> bool:
    """Whether this person acts for the community's office (second factor given)."""
    return actor.second_factor and bool(actor.roles_in(community) & OFFICE_ROLES)


def headed_stairwells(actor: Actor, community: CommunityRef) -> tuple[UUID, ...]:
    """The stairwells whose head (单元长) this person is."""
    return tuple(
        grant.stairwell_id
        for grant in actor.grants_in(community)
        if grant.role is Role.STAIRWELL_HEAD and grant.stairwell_id is not None
    )


@dataclass(frozen=True, slots=True)
class Standpoint:
    """How a reader stands to one covenant: their homes in the stairwell and their capacity."""

    capacity: rules.Actor | None
    homes: Sequence[Any]
    neighbour: bool

    @property
    def inside(self) -> bool:
        """Whether the stairwell's own affairs are this reader's."""
        return self.capacity is not None or bool(self.homes)

    def may_read(self, state: rules.State) -> bool:
        """What is in force is for everybody of the community."""
        return self.inside or state in rules.OPEN_TO_ALL

    @property
    def may_sign(self) -> bool:
        """Residents sign; staff does not, whatever else they may do."""
        return self.neighbour and bool(self.homes)


def standpoint(
    actor: Actor, community: CommunityRef, stairwell_id: UUID, homes: Sequence[Any]
) -> Standpoint:
    """`homes`: all dwellings of this person in the community."""
    return Standpoint(
        capacity=capacity(actor, community, stairwell_id),
        homes=[home for home in homes if home.stairwell_id == stairwell_id],
        neighbour=bool(actor.roles_in(community) & NEIGHBOUR_ROLES),
    )
