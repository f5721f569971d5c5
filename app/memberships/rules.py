"""Who may grant which role in a community, and to what a role is narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from app.core.access.actor import Grant
from app.core.access.roles import COMMUNITY_ROLES, OFFICE_ROLES, Role
from app.kit.refusal import NotFound, Refusal

GRANTED_BY: dict[Role, frozenset[Role]] = {
    Role.PARTY_SECRETARY: COMMUNITY_ROLES - {Role.PARTY_SECRETARY},
    Role.COMMUNITY_STAFF: COMMUNITY_ROLES - OFFICE_ROLES,
    Role.PROPERTY_MANAGER: frozenset({Role.PROPERTY_STAFF}),
}
"""Secretaries themselves and reviewers are appointed from above, by the platform's command."""


class Narrowing(StrEnum):
    """What a role in a community is bound to."""

    COMMUNITY = "community"
    COMPOUND = "compound"
    BUILDING = "building"
    STAIRWELL = "stairwell"
    COMPANY = "company"
    COMMITTEE = "committee"

    @property
    def label(self) -> str:
        """The question in the form."""
        return _LABELS[self]

    @property
    def column(self) -> str | None:
        """The column of a membership that holds it."""
        return _COLUMNS.get(self)


_LABELS = {
    Narrowing.COMMUNITY: "整个社区",
    Narrowing.COMPOUND: "负责哪个小区？",
    Narrowing.BUILDING: "负责哪一栋？",
    Narrowing.STAIRWELL: "负责哪个单元？",
    Narrowing.COMPANY: "在哪家物业企业？",
    Narrowing.COMMITTEE: "在哪个委员会？",
}
_COLUMNS = {
    Narrowing.COMPOUND: "compound_id",
    Narrowing.BUILDING: "building_id",
    Narrowing.STAIRWELL: "stairwell_id",
    Narrowing.COMPANY: "organization_id",
    Narrowing.COMMITTEE: "organization_id",
}
NARROWED_TO = {
    Role.STAIRWELL_HEAD: Narrowing.STAIRWELL,
    Role.BUILDING_HEAD: Narrowing.BUILDING,
    Role.HUNDRED_HOUSEHOLDS_HEAD: Narrowing.COMPOUND,
    Role.RED_STEWARD: Narrowing.COMPOUND,
    Role.COMMITTEE_MEMBER: Narrowing.COMMITTEE,
    Role.PROPERTY_STAFF: Narrowing.COMPANY,
    Role.PROPERTY_MANAGER: Narrowing.COMPANY,
}


class OwnLastRole(Refusal):
    """Ending one's own office role would lock the office out by mistake."""

    code = "own_role"
    sentence = "不能结束自己的工作身份。请让另一位社区工作人员来办。"


def narrowing_of(role: Role) -> Narrowing:
    """What this role is bound to."""
    return NARROWED_TO.get(role, Narrowing.COMMUNITY)


def grantable(grants: Iterable[Grant]) -> tuple[Role, ...]:
    """The roles somebody with these grants may give and end, in the order of `Role`."""
    allowed: set[Role] = set()
    for grant in grants:
        allowed |= GRANTED_BY.get(grant.role, frozenset())
    return tuple(role for role in Role if role in allowed)


def companies_of(grants: Iterable[Grant]) -> frozenset[UUID] | None:
    """The companies a grantor is bound to; None when they may choose any."""
    grants = tuple(grants)
    if any(grant.role in OFFICE_ROLES for grant in grants):
        return None
    return frozenset(
        grant.organization_id
        for grant in grants
        if grant.role is Role.PROPERTY_MANAGER and grant.organization_id is not None
    )


def check_grantable(role: Role, organization_id: UUID | None, grants: Iterable[Grant]) -> None:
    """Refuse what lies outside the table; absent and forbidden look the same."""
    grants = tuple(grants)
    if role not in grantable(grants):
        raise NotFound
    own = companies_of(grants)
    if own is not None and organization_id not in own:
        raise NotFound
