"""Owners' own doing: a proposal that is being co-signed, and a dwelling to become a shop."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.voting.actions.consenting import enter_paper_reply, reply, start_asking
from app.voting.actions.proposing import ProposalDraft, propose, sign, withdraw_signature
from app.voting.models import ConsentProcedure, Proposal
from app.voting.queries import consents
from app.voting.rules import ConsentAnswer

TITLE = "把西门的空地改成带遮雨棚的晾晒场"
BODY = (
    "西门围墙边 90 平方米的空地一直堆着旧家具。清出来装 12 组不锈钢晾衣架和遮雨棚，"
    "预算 3.1 万元，从公共收益里出，不动维修资金。三家报价已经附在楼下公告栏。"
)
AUTHOR = "resident_02"
SIGNERS = tuple(f"resident_{number:02d}" for number in range(3, 15))
"""The residents to try the product as are not among them: they can still sign."""
CHANGED_THEIR_MIND = "resident_06"
DWELLING = "1栋2单元101"
PURPOSE = "开一家社区理发店，两个座位，每天 9 点到 20 点营业，不占用楼道，不改动承重墙。"
AGREEING = ("resident_01", "resident_03", "resident_07", "resident_09", "resident_12")
PAPER_REPLIES = (
    "书面意见存社区档案 2026-41 号。",
    "书面意见存社区档案 2026-42 号，希望晚上八点后不放音乐。",
)


def load(stage: Stage) -> None:
    """Begin both where they are missing and the compound is there."""
    garden = stage.places.get("garden")
    if garden is None:
        return
    _propose(stage, garden)
    _ask(stage, garden)


def _scope(stage: Stage) -> Scope:
    return Scope(community_id=stage.community.id)


def _propose(stage: Stage, garden: UUID) -> None:
    """Each person signs in a transaction of their own, as they would from their own phone."""
    community_id = stage.community.id
    with transaction(_scope(stage)):
        wanted = select(Proposal.id).where(
            Proposal.community_id == community_id, Proposal.title == TITLE
        )
        if db.session.scalar(wanted.limit(1)):
            return
        draft = ProposalDraft(compound_id=garden, statute=9, title=TITLE, body=BODY)
        proposal_id = propose(community_id, draft, proposed_by=stage.accounts[AUTHOR])
    for key in SIGNERS:
        with transaction(_scope(stage)):
            sign(community_id, proposal_id, account_id=stage.accounts[key])
    with transaction(_scope(stage)):
        changed = stage.accounts[CHANGED_THEIR_MIND]
        withdraw_signature(community_id, proposal_id, account_id=changed)


def _ask(stage: Stage, garden: UUID) -> None:
    community_id, office = stage.community.id, stage.accounts["staff"]
    with transaction(_scope(stage)):
        wanted = select(ConsentProcedure.id).where(ConsentProcedure.community_id == community_id)
        if db.session.scalar(wanted.limit(1)):
            return
        procedure_id = start_asking(community_id, garden, DWELLING, PURPOSE, started_by=office)
    for key in AGREEING:
        account_id = stage.accounts[key]
        with transaction(_scope(stage)):
            reply(community_id, procedure_id, ConsentAnswer.AGREE, "", account_id=account_id)
    with transaction(_scope(stage)):
        parties = consents.parties_of(community_id, procedure_id)
    waiting = [party.id for party in reversed(parties) if party.answer is None]
    for party_id, where in zip(waiting, PAPER_REPLIES, strict=False):
        with transaction(_scope(stage)):
            enter_paper_reply(
                community_id, procedure_id, party_id, ConsentAnswer.AGREE, where, entered_by=office
            )
