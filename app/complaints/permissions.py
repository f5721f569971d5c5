"""Who may do what with complaints.

| who | sees | does |
|---|---|---|
| reporter | the own complaint | files, adds, confirms or returns |
| whoever belongs to the community | the public board: no words, no names | residents join |
| staff of the responsible company | its cases, no identity where anonymous | works on them |
| community staff | all cases of the community | dispatches, calls back, enters, keeps places |
| community staff, secretary | the figures of the community and the cases behind them | exports |
| property manager | the same of the own company's cases | exports |
| reviewers of a region | sums of months and communities, no case | |
| anybody else | nothing (404) | |
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.core.access.actor import Actor
from app.core.access.permissions import in_community, in_region
from app.core.access.roles import (
    COMMUNITY_ROLES,
    NEIGHBOUR_ROLES,
    OFFICE_ROLES,
    PROPERTY_ROLES,
    REVIEWER_ROLES,
    Role,
)
from app.core.tenancy import CommunityRef

FILE_COMPLAINTS = in_community(
    "complaints.file", NEIGHBOUR_ROLES, Role.COMMITTEE_MEMBER, Role.GRID_MEMBER
)
READ_BOARD = in_community("complaints.read_board", COMMUNITY_ROLES)
KEEP_PLACES = in_community("complaints.keep_places", OFFICE_ROLES)
RUN_THE_DESK = in_community("complaints.run_the_desk", OFFICE_ROLES)
WORK_TICKETS = in_community("complaints.work", PROPERTY_ROLES, OFFICE_ROLES)
SEE_FIGURES = in_community("complaints.see_figures", OFFICE_ROLES, Role.PROPERTY_MANAGER)
SEE_REGION_FIGURES = in_region("complaints.see_region_figures", REVIEWER_ROLES)


@dataclass(frozen=True, slots=True)
class Desk:
    """For whom somebody works here: the community's office, or property companies."""

    office: bool
    companies: frozenset[UUID]

    def may_see(self, organization_id: UUID | None) -> bool:
        """Whether cases of this responsible organization lie on this desk."""
        return self.office or organization_id in self.companies

    @property
    def companies_seen(self) -> frozenset[UUID] | None:
        """Whose cases lie here; None: all of the community."""
        return None if self.office else self.companies

    def may_know_reporter(self, *, anonymous: bool) -> bool:
        """Anonymous means: towards the property company."""
        return self.office or not anonymous


def companies_led(actor: Actor, community: CommunityRef) -> frozenset[UUID] | None:
    """Whose cases this person's figures are of; None: all of the community.

    Somebody who manages one company and only works for another sees the figures of the first.
    """
    grants = SEE_FIGURES.grants(actor, community, None)
    if any(grant.role in OFFICE_ROLES for grant in grants):
        return None
    return frozenset(grant.organization_id for grant in grants if grant.organization_id is not None)


def desk_of(actor: Actor, community: CommunityRef) -> Desk:
    """The desk of this person in this community."""
    grants = actor.grants_in(community)
    return Desk(
        office=any(grant.role in OFFICE_ROLES for grant in grants),
        companies=frozenset(
            grant.organization_id
            for grant in grants
            if grant.role in PROPERTY_ROLES and grant.organization_id is not None
        ),
    )
