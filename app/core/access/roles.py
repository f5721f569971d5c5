"""The roles a membership can carry. The table of who may do what is in each feature's room."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role held in one community, in one region, or on the platform."""

    RESIDENT = "resident"
    STAIRWELL_HEAD = "stairwell_head"
    BUILDING_HEAD = "building_head"
    HUNDRED_HOUSEHOLDS_HEAD = "hundred_households_head"
    RED_STEWARD = "red_steward"
    GRID_MEMBER = "grid_member"
    COMMITTEE_MEMBER = "committee_member"
    PROPERTY_STAFF = "property_staff"
    PROPERTY_MANAGER = "property_manager"
    COMMUNITY_STAFF = "community_staff"
    PARTY_SECRETARY = "party_secretary"
    STREET_REVIEWER = "street_reviewer"
    DISTRICT_REVIEWER = "district_reviewer"
    CITY_REVIEWER = "city_reviewer"
    DEPARTMENT_MEMBER = "department_member"
    PLATFORM_OPERATOR = "platform_operator"

    @property
    def label(self) -> str:
        """The role's Chinese name."""
        return _TITLES[self]


_TITLES = {
    Role.RESIDENT: "居民",
    Role.STAIRWELL_HEAD: "单元长",
    Role.BUILDING_HEAD: "楼栋长",
    Role.HUNDRED_HOUSEHOLDS_HEAD: "百户长",
    Role.RED_STEWARD: "红管家",
    Role.GRID_MEMBER: "网格员",
    Role.COMMITTEE_MEMBER: "业委会委员",
    Role.PROPERTY_STAFF: "物业员工",
    Role.PROPERTY_MANAGER: "物业经理",
    Role.COMMUNITY_STAFF: "社区工作人员",
    Role.PARTY_SECRETARY: "社区党组织书记",
    Role.STREET_REVIEWER: "街道组织部门",
    Role.DISTRICT_REVIEWER: "区委组织部门",
    Role.CITY_REVIEWER: "市委组织部门",
    Role.DEPARTMENT_MEMBER: "部门工作人员",
    Role.PLATFORM_OPERATOR: "平台运维",
}

NEIGHBOUR_ROLES = frozenset(
    {
        Role.RESIDENT,
        Role.STAIRWELL_HEAD,
        Role.BUILDING_HEAD,
        Role.HUNDRED_HOUSEHOLDS_HEAD,
        Role.RED_STEWARD,
    }
)
PROPERTY_ROLES = frozenset({Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER})
OFFICE_ROLES = frozenset({Role.COMMUNITY_STAFF, Role.PARTY_SECRETARY})
REVIEWER_ROLES = frozenset({Role.STREET_REVIEWER, Role.DISTRICT_REVIEWER, Role.CITY_REVIEWER})
COMMUNITY_ROLES = (
    NEIGHBOUR_ROLES | PROPERTY_ROLES | OFFICE_ROLES | {Role.GRID_MEMBER, Role.COMMITTEE_MEMBER}
)
SECOND_FACTOR_ROLES = (
    PROPERTY_ROLES
    | OFFICE_ROLES
    | REVIEWER_ROLES
    | {
        Role.GRID_MEMBER,
        Role.COMMITTEE_MEMBER,
        Role.DEPARTMENT_MEMBER,
        Role.PLATFORM_OPERATOR,
    }
)
"""Staff, reviewers and departments must give a second factor before using such a role."""
REVIEWER_LEVELS = {
    Role.STREET_REVIEWER: "street",
    Role.DISTRICT_REVIEWER: "district",
    Role.CITY_REVIEWER: "city",
}
