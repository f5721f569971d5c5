from __future__ import annotations

from uuid import uuid4

import pytest

from app.core.access.actor import Grant
from app.core.access.roles import COMMUNITY_ROLES, Role
from app.kit.refusal import NotFound
from app.memberships.rules import (
    Narrowing,
    check_grantable,
    companies_of,
    grantable,
    narrowing_of,
)

COMPANY = uuid4()


@pytest.mark.parametrize(
    ("grantor", "role", "allowed"),
    [
        (Role.PARTY_SECRETARY, Role.COMMUNITY_STAFF, True),
        (Role.PARTY_SECRETARY, Role.PARTY_SECRETARY, False),
        (Role.PARTY_SECRETARY, Role.PROPERTY_MANAGER, True),
        (Role.COMMUNITY_STAFF, Role.GRID_MEMBER, True),
        (Role.COMMUNITY_STAFF, Role.PROPERTY_MANAGER, True),
        (Role.COMMUNITY_STAFF, Role.COMMUNITY_STAFF, False),
        (Role.COMMUNITY_STAFF, Role.PARTY_SECRETARY, False),
        (Role.PROPERTY_MANAGER, Role.PROPERTY_MANAGER, False),
        (Role.PROPERTY_MANAGER, Role.GRID_MEMBER, False),
        (Role.PROPERTY_STAFF, Role.PROPERTY_STAFF, False),
        (Role.RESIDENT, Role.RESIDENT, False),
        (Role.COMMITTEE_MEMBER, Role.COMMITTEE_MEMBER, False),
        (Role.PLATFORM_OPERATOR, Role.COMMUNITY_STAFF, False),
    ],
)
def test_who_may_grant_what(grantor, role, allowed):
    assert (role in grantable([Grant(grantor, community_id=1)])) is allowed


@pytest.mark.parametrize("grantor", sorted(Role))
def test_nobody_in_a_community_grants_what_lies_outside_it(grantor):
    assert set(grantable([Grant(grantor, community_id=1)])) <= COMMUNITY_ROLES


@pytest.mark.parametrize(("company", "allowed"), [(COMPANY, True), (uuid4(), False), (None, False)])
def test_a_property_manager_grants_only_for_their_own_company(company, allowed):
    grants = [Grant(Role.PROPERTY_MANAGER, community_id=1, organization_id=COMPANY)]
    if allowed:
        check_grantable(Role.PROPERTY_STAFF, company, grants)
    else:
        with pytest.raises(NotFound):
            check_grantable(Role.PROPERTY_STAFF, company, grants)


def test_a_manager_without_company_grants_nothing():
    with pytest.raises(NotFound):
        check_grantable(Role.PROPERTY_STAFF, None, [Grant(Role.PROPERTY_MANAGER, community_id=1)])


def test_the_office_may_choose_any_company():
    assert companies_of([Grant(Role.COMMUNITY_STAFF, community_id=1)]) is None


@pytest.mark.parametrize(
    ("role", "narrowing"),
    [
        (Role.RESIDENT, Narrowing.COMMUNITY),
        (Role.STAIRWELL_HEAD, Narrowing.STAIRWELL),
        (Role.BUILDING_HEAD, Narrowing.BUILDING),
        (Role.PROPERTY_STAFF, Narrowing.COMPANY),
        (Role.COMMITTEE_MEMBER, Narrowing.COMMITTEE),
    ],
)
def test_a_role_is_bound_to_its_kind_of_place(role, narrowing):
    assert narrowing_of(role) is narrowing
