"""The demo world's reports: one waits for the street, the neighbour's is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.core.db import db
from app.core.tenancy import PLATFORM_ID, CommunityRef, Scope
from app.core.transaction import transaction
from app.coverage import queries
from app.coverage.actions import begin_draft, remark, review, submit
from app.coverage.rules import Decision, Level, quarter_of
from app.demo.maintenance import keep_up
from app.demo.stage import Stage
from app.kit.clock import civil_date, now
from app.kit.ids import new_id
from app.kit.pinyin import pinyin_key
from app.maintenance.actions import register_facility
from app.maintenance.rules import FacilityKind
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
from app.registry.models import Compound
from app.registry.queries import compounds

REMARK = "地下水箱清洗已与服务单位约好，本月内完成；老院自管委员会备案材料正在准备。"
NEIGHBOUR_COMPOUND = "凤雏苑"


def load(stage: Stage) -> None:
    """Submit both reports; they need the organizations and the facilities."""
    if "garden" not in stage.places:
        return
    _report(stage.community, stage, REMARK)
    with transaction(Scope(community_id=stage.neighbour.id)):
        if not compounds(stage.neighbour.id):
            _neighbour_world(stage.neighbour.id)
    _report(stage.neighbour, stage, "")
    _approve(stage)


def _report(community: CommunityRef, stage: Stage, words: str) -> None:
    quarter = quarter_of(civil_date(now()))
    key = "secretary" if community == stage.community else "neighbour_secretary"
    with transaction(Scope(community_id=community.id)):
        if queries.reports_of(community.id, limit=1):
            return
        draft = begin_draft(community.id, quarter)
        db.session.flush()
        if words:
            remark(community.id, quarter, draft.version, words)
    with transaction(Scope(community_id=community.id)):
        kept = queries.draft(community.id, quarter)
        if kept is not None:
            submit(community, quarter, kept.version, stage.accounts.get(key))


def _approve(stage: Stage) -> None:
    neighbour, street = stage.neighbour, stage.accounts["street"]
    scope = Scope(community_id=PLATFORM_ID, account_id=street, region_path=neighbour.region_path)
    with transaction(scope):
        for row in queries.standings(neighbour.region_path, quarter_of(civil_date(now()))):
            if row.code == neighbour.code and row.report_id and not row.decisions:
                review(row.report_id, Level.STREET, Decision.APPROVE, "", reviewer_id=street)


def _neighbour_world(community_id: int) -> None:
    today = civil_date(now())
    compound = Compound(
        community_id=community_id,
        id=new_id(),
        name=NEIGHBOUR_COMPOUND,
        pinyin=pinyin_key(NEIGHBOUR_COMPOUND),
    )
    db.session.add(compound)
    db.session.flush()
    company = found_organization(
        community_id,
        OrganizationKind.PROPERTY_COMPANY,
        OrganizationDraft(name="襄阳凤雏物业管理有限公司", party_work=PartyWork.INSTRUCTOR),
    )
    signed = today - timedelta(days=200)
    contract = sign_contract(
        community_id,
        ContractDraft(compound.id, company, ServiceMode.PROFESSIONAL, signed, signed),
    )
    file_contract(community_id, contract, 1, signed + timedelta(days=5))
    _neighbour_committee(community_id, compound.id)
    for kind, ago in ((FacilityKind.LIFT_UPKEEP, 4), (FacilityKind.FIRE_TEST, 90)):
        facility = register_facility(community_id, compound.id, kind, "1 栋")
        keep_up(community_id, facility, days_ago=ago)


def _neighbour_committee(community_id: int, compound_id: UUID) -> None:
    starts = civil_date(now()) - timedelta(days=150)
    draft = OrganizationDraft(
        name="凤雏苑物业管理委员会",
        compound_id=compound_id,
        term_starts=starts,
        term_ends=starts + timedelta(days=730),
    )
    kind = OrganizationKind.TRANSITIONAL_COMMITTEE
    committee = found_organization(community_id, kind, draft)
    for number, name in enumerate(("唐国庆", "许春梅", "方志远", "姚静", "邹建设")):
        seat_member(
            community_id,
            committee,
            MemberDraft(
                name=name,
                post="委员" if number else "主任",
                party_member=number in {0, 2, 4},
                term_starts=draft.term_starts,
                term_ends=draft.term_ends,
            ),
        )
    filed = replace(draft, filed_on=starts + timedelta(days=12))
    change_organization(community_id, committee, 1, filed)
