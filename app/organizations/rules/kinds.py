"""Kinds of organizations and of their work."""

from __future__ import annotations

from enum import StrEnum


class OrganizationKind(StrEnum):
    """The parties of the three-party joint action (三方联动) and their relatives."""

    PARTY_ORGANIZATION = "party_organization"
    PROPERTY_COMPANY = "property_company"
    OWNERS_COMMITTEE = "owners_committee"
    SELF_MANAGED_COMMITTEE = "self_managed_committee"
    TRANSITIONAL_COMMITTEE = "transitional_committee"
    ENVIRONMENT_PROPERTY_COMMITTEE = "environment_property_committee"

    @property
    def label(self) -> str:
        """The Chinese name of the kind."""
        return _KIND_TITLES[self]


class PartyWork(StrEnum):
    """How a property company's party work is covered (党的组织和工作覆盖)."""

    OWN = "own"
    JOINT = "joint"
    INSTRUCTOR = "instructor"
    NONE = "none"


class ServiceMode(StrEnum):
    """How a compound is served (物业服务方式)."""

    PROFESSIONAL = "professional"
    UNIT_MANAGED = "unit_managed"
    SELF_MANAGED = "self_managed"
    CARETAKER = "caretaker"


_KIND_TITLES = {
    OrganizationKind.PARTY_ORGANIZATION: "党组织",
    OrganizationKind.PROPERTY_COMPANY: "物业企业",
    OrganizationKind.OWNERS_COMMITTEE: "业主委员会",
    OrganizationKind.SELF_MANAGED_COMMITTEE: "自管委员会",
    OrganizationKind.TRANSITIONAL_COMMITTEE: "物业管理委员会",
    OrganizationKind.ENVIRONMENT_PROPERTY_COMMITTEE: "环境和物业管理委员会",
}
PARTY_WORK_TITLES = {
    PartyWork.OWN: "单独建立党组织",
    PartyWork.JOINT: "联合建立党组织",
    PartyWork.INSTRUCTOR: "选派党建指导员",
    PartyWork.NONE: "尚未覆盖",
}
SERVICE_MODE_TITLES = {
    ServiceMode.PROFESSIONAL: "专业物业服务",
    ServiceMode.UNIT_MANAGED: "单位自管",
    ServiceMode.SELF_MANAGED: "业主自管",
    ServiceMode.CARETAKER: "街道社区托管",
}
COMPOUND_COMMITTEES = frozenset(
    {
        OrganizationKind.OWNERS_COMMITTEE,
        OrganizationKind.SELF_MANAGED_COMMITTEE,
        OrganizationKind.TRANSITIONAL_COMMITTEE,
    }
)
"""Committees of one compound; the environment and property committee is the community's."""
COMMITTEES = COMPOUND_COMMITTEES | {OrganizationKind.ENVIRONMENT_PROPERTY_COMMITTEE}
COMMITTEES = COMPOUND_COMMITTEES | {OrganizationKind.ENVIRONMENT_PROPERTY_COMMITTEE}
