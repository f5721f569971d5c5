"""The demo world's three parties: party organization, property company, committees, contracts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from app.core.access.roles import Role
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.people import narrow
from app.demo.stage import Stage
from app.kit.clock import civil_date, now
from app.kit.identity import credit_check
from app.organizations import queries
from app.organizations.actions import (
    ContractDraft,
    MemberDraft,
    OrganizationDraft,
    change_organization,
    file_contract,
    found_organization,
    seat_member,
    sign_contract,
)
from app.organizations.rules import OrganizationKind, PartyWork, ServiceMode
from app.registry.queries import compounds

COMPANY = "襄阳汉江物业服务有限公司"
GARDEN_COMMITTEE = (
    ("吴文斌", "主任", True),
    ("张建军", "副主任", True),
    ("王秀英", "委员", False),
    ("黄志明", "委员", True),
    ("郭晓东", "委员", False),
)
OLD_YARD_COMMITTEE = (("肖军", "组长", True), ("田秀兰", "成员", False), ("潘永福", "成员", False))
PARTY_POSTS = (("高明远", "书记"), ("林静", "副书记"), ("何晓燕", "组织委员"))


def load(stage: Stage) -> None:
    """Found the organizations; they need the compounds of the register."""
    garden, old_yard = stage.places.get("garden"), stage.places.get("old_yard")
    if garden is None or old_yard is None:
        return
    community_id = stage.community.id
    with transaction(Scope(community_id=community_id)):
        company = queries.organization_named(
            community_id, OrganizationKind.PROPERTY_COMPANY, COMPANY
        )
        company_id = company.id if company else _found(community_id, stage, garden, old_yard)
    for key, role in (
        ("property_manager", Role.PROPERTY_MANAGER),
        ("property_staff", Role.PROPERTY_STAFF),
    ):
        narrow(stage, key, role, organization_id=company_id)


def _found(community_id: int, stage: Stage, garden: UUID, old_yard: UUID) -> UUID:
    today = civil_date(now())
    party = found_organization(
        community_id,
        OrganizationKind.PARTY_ORGANIZATION,
        OrganizationDraft(name="中共檀溪社区委员会", party_member_count=86),
    )
    for name, post in PARTY_POSTS:
        seat_member(community_id, party, MemberDraft(name=name, post=post, party_member=True))
    company = found_organization(
        community_id,
        OrganizationKind.PROPERTY_COMPANY,
        OrganizationDraft(
            name=COMPANY,
            credit_code=_invented_code("91420600MA4DEMO01"),
            party_work=PartyWork.JOINT,
            party_member_count=4,
        ),
    )
    for key, post in (("property_manager", "项目经理"), ("property_staff", "客服")):
        seat_member(
            community_id,
            company,
            MemberDraft(
                name={"property_manager": "郑海涛", "property_staff": "马小军"}[key],
                post=post,
                account_id=stage.accounts.get(key),
            ),
        )
    names = {row.id: row.name for row in compounds(community_id)}
    for place, kind in (
        (garden, OrganizationKind.OWNERS_COMMITTEE),
        (old_yard, OrganizationKind.SELF_MANAGED_COMMITTEE),
    ):
        _elect(community_id, place, kind, f"{names[place]}{kind.label}", today)
    _contract(community_id, garden, company, today)
    sign_contract(
        community_id,
        ContractDraft(
            compound_id=old_yard,
            company_id=None,
            mode=ServiceMode.SELF_MANAGED,
            signed_on=today - timedelta(days=300),
            starts_on=today - timedelta(days=290),
        ),
    )
    return company


def _elect(
    community_id: int, compound_id: UUID, kind: OrganizationKind, name: str, today: date
) -> None:
    """The self-managed committee is not filed yet, so that the report has something missing."""
    elected = kind is OrganizationKind.OWNERS_COMMITTEE
    starts = today - timedelta(days=5 * 365 - 60) if elected else today - timedelta(days=120)
    draft = OrganizationDraft(
        name=name,
        compound_id=compound_id,
        term_starts=starts,
        term_ends=starts + timedelta(days=5 * 365),
    )
    committee = found_organization(community_id, kind, draft)
    for person, post, party_member in GARDEN_COMMITTEE if elected else OLD_YARD_COMMITTEE:
        seat_member(
            community_id,
            committee,
            MemberDraft(
                name=person,
                post=post,
                party_member=party_member,
                term_starts=draft.term_starts,
                term_ends=draft.term_ends,
            ),
        )
    if elected:
        filed = replace(draft, filed_on=starts + timedelta(days=20))
        change_organization(community_id, committee, 1, filed)


def _contract(community_id: int, compound_id: UUID, company_id: UUID, today: date) -> None:
    signed = today - timedelta(days=400)
    contract = sign_contract(
        community_id,
        ContractDraft(
            compound_id=compound_id,
            company_id=company_id,
            mode=ServiceMode.PROFESSIONAL,
            signed_on=signed,
            starts_on=signed + timedelta(days=10),
            ends_on=signed + timedelta(days=3 * 365),
        ),
    )
    file_contract(community_id, contract, 1, signed + timedelta(days=9))


def _invented_code(first17: str) -> str:
    """A code that passes the check but belongs to nobody."""
    readable = first17.replace("O", "Q").replace("I", "J")
    return readable + credit_check(readable)
