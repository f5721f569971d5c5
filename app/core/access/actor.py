"""Who is asking: an account with the memberships it holds, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.core.access.roles import Role
from app.core.tenancy import CommunityRef, RegionRef


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership: a role in a community (optionally narrowed) or over a region.

    A member of a department (部门) acts for it in the region the department is bound to.
    """

    role: Role
    community_id: int | None = None
    region_path: str | None = None
    organization_id: UUID | None = None
    compound_id: UUID | None = None
    building_id: UUID | None = None
    stairwell_id: UUID | None = None
    department_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person. `second_factor` tells whether this session has given one."""

    account_id: UUID
    name: str
    grants: tuple[Grant, ...]
    second_factor: bool

    def grants_in(self, community: CommunityRef) -> tuple[Grant, ...]:
        """Memberships in this community."""
        return tuple(grant for grant in self.grants if grant.community_id == community.id)

    def grants_over(self, region: RegionRef) -> tuple[Grant, ...]:
        """Reviewer memberships whose region is this one or lies above it."""
        return tuple(
            grant
            for grant in self.grants
            if grant.region_path is not None and region.path.startswith(grant.region_path)
        )

    def roles_in(self, community: CommunityRef) -> frozenset[Role]:
        """Roles held in this community."""
        return frozenset(grant.role for grant in self.grants_in(community))

    def organizations_in(self, community: CommunityRef) -> frozenset[UUID]:
        """Organizations this person acts for in this community."""
        return frozenset(
            grant.organization_id
            for grant in self.grants_in(community)
            if grant.organization_id is not None
        )
