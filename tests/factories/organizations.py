"""Organizations, contracts and facilities for tests."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from factories.world import World

from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.maintenance.actions import UpkeepDraft, record_upkeep, register_facility
from app.maintenance.rules import FacilityKind
from app.organizations.actions import (
    ContractDraft,
    MemberDraft,
    OrganizationDraft,
    found_organization,
    seat_member,
    sign_contract,
)
from app.organizations.rules import OrganizationKind, PartyWork, ServiceMode


def today() -> date:
    return civil_date(now())


def company(world: World, community: CommunityRef, name: str = "汉江物业") -> UUID:
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return found_organization(
            community.id,
            OrganizationKind.PROPERTY_COMPANY,
            OrganizationDraft(name=name, party_work=PartyWork.NONE),
        )


def committee(world: World, community: CommunityRef, compound_id: UUID, members: int = 0) -> UUID:
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        found = found_organization(
            community.id,
            OrganizationKind.OWNERS_COMMITTEE,
            OrganizationDraft(name="业主委员会", compound_id=compound_id),
        )
        for number in range(members):
            seat_member(community.id, found, MemberDraft(name=f"委员{number}", post="委员"))
        return found


def contract(
    world: World, community: CommunityRef, compound_id: UUID, company_id: UUID, signed_days_ago: int
) -> UUID:
    signed = today() - timedelta(days=signed_days_ago)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return sign_contract(
            community.id,
            ContractDraft(compound_id, company_id, ServiceMode.PROFESSIONAL, signed, signed),
        )


def facility(
    world: World,
    community: CommunityRef,
    compound_id: UUID,
    kind: FacilityKind = FacilityKind.WATER_TANK,
    done_days_ago: int | None = None,
    name: str = "水箱",
) -> UUID:
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        made = register_facility(community.id, compound_id, kind, name)
        if done_days_ago is not None:
            draft = UpkeepDraft(done_on=today() - timedelta(days=done_days_ago), done_by="清洗队")
            record_upkeep(community.id, made, draft, recorded_by=None)
        return made
