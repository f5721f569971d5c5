"""The demo compound has elected its next committee: counted, sealed, the result published.

Seven candidates for five seats, all held to the negative list; most owners voted on paper.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.holding import (
    CLOSING_IN,
    Story,
    announce,
    begin,
    is_there,
    noticed,
    open_up,
    opening,
)
from app.demo.returns import return_paper, vote_online
from app.demo.stage import Stage
from app.voting.actions.closing import close_voting
from app.voting.actions.electing import CandidateDraft, CheckDraft, add_candidate, check_candidate
from app.voting.actions.preparing import MatterDraft
from app.voting.models import Assembly
from app.voting.queries import assemblies, elections
from app.voting.rules import BETWEEN, Actor, Finding, MatterKind, NegativeItem

ELECTION = Story(
    title="檀溪花园业主委员会换届选举",
    statement="本届业委会任期即将届满。七位邻居愿意为大家做事，请从中选出五位委员，最多选五人。",
    matters=(
        MatterDraft(
            statute=3,
            kind=MatterKind.ELECTION,
            seats=5,
            title="选举新一届业主委员会委员",
            body="应选委员 5 名，候选人 7 名，差额选举，任期五年。候选人由业主推荐和自荐产生，"
            "社区已逐项核查任职条件。",
        ),
    ),
    paper_share=76,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who stands for election, and what they say of themselves."""

    name: str
    words: str


CANDIDATES = (
    Standing("吴文斌", "现任主任，中共党员。五年里公示了每一笔公共收益，愿意再干一届。"),
    Standing("王秀英", "退休教师，住了十二年，谁家有事都愿意跑一趟。"),
    Standing("张建军", "退伍军人，中共党员，懂消防，想把楼道的堆物彻底清掉。"),
    Standing("黄志明", "会计师，中共党员。维修资金和公共收益的账，我来给大家看。"),
    Standing("杨雪", "儿科护士，想把东边的儿童活动场修好。"),
    Standing("郭晓东", "电梯工程师，愿意盯住电梯和水泵的维保。"),
    Standing("胡玉珍", "舞蹈队队长，老人的事我最清楚。"),
)
# fmt: off
BALLOTS = (
    "12345", "12345", "12346", "12345", "12356",
    "12345", "1246", "13457", "12345", "23456",
    "1257", "12346", "13567", "12345", "12467",
    "23456", "1267", "12346", "13456", "0",
)
# fmt: on
"""Whom a ballot chooses, by place on the list; 0 chooses nobody."""
FOUND = {
    NegativeItem.INCAPACITY: "本人到场面谈，表达清楚。",
    NegativeItem.LISTED_DEBTOR: "查询中国执行信息公开网，没有记录。",
    NegativeItem.PROPERTY_COMPANY: "本人书面承诺，和物业企业的员工名单核对过。",
    NegativeItem.ILLEGAL_BUILDING: "网格员上门看过，没有搭建。",
    NegativeItem.ARREARS: "物业企业出具证明，物业费和维修资金都已结清。",
}
"""How each item of the negative list was checked."""


def load(stage: Stage) -> None:
    """Hold the election where it is missing and the compound is there."""
    garden = stage.places.get("garden")
    scope = Scope(community_id=stage.community.id)
    if garden is None or is_there(stage, garden, ELECTION.title):
        return
    with transaction(scope):
        moment = assemblies.database_now()
        opens_at, closes_at = opening(moment, 20), moment + CLOSING_IN
        assembly = begin(stage, garden, ELECTION, opens_at=opens_at, closes_at=closes_at)
        for candidate_id in put_up(assembly, CANDIDATES):
            clear(stage, assembly, candidate_id)
        announce(assembly, noticed(opens_at))
        open_up(assembly)
        _vote(stage, assembly)
        assembly_id = assembly.id
    time.sleep(CLOSING_IN.total_seconds())
    with transaction(scope):
        closed = assemblies.assembly_locked(stage.community.id, assembly_id)
        if closed is not None:
            close_voting(closed, Actor.CLOCK)


def put_up(assembly: Assembly, standing: Iterable[Standing]) -> list[UUID]:
    """List the candidates of the assembly's first matter."""
    matter = assemblies.matters_of(assembly.community_id, assembly.id)[0]
    found = []
    for one in standing:
        owners = elections.owners_like(assembly.community_id, assembly.compound_id, one.name)
        (owner_id,) = [owner.id for owner in owners if owner.name == one.name]
        draft = CandidateDraft(owner_id=owner_id, statement=one.words)
        found.append(add_candidate(assembly, matter.id, draft, added_by=None))
    return found


def clear(stage: Stage, assembly: Assembly, candidate_id: UUID) -> None:
    """Note that nothing on the negative list was found about a candidate."""
    for item, note in FOUND.items():
        check = CheckDraft(item=item, finding=Finding.CLEAR, note=note)
        check_candidate(assembly, candidate_id, check, checked_by=stage.accounts["staff"])


def _vote(stage: Stage, assembly: Assembly) -> None:
    matter = assemblies.matters_of(assembly.community_id, assembly.id)[0]
    standing = assemblies.candidates_of(assembly.community_id, assembly.id)
    listed = [one.id for one in standing[matter.id]]
    answers = {matter.id: [_chosen(ballot, listed) for ballot in BALLOTS]}
    vote_online(stage, assembly.id, answers)
    return_paper(stage, assembly.id, answers, ELECTION.paper_share)


def _chosen(ballot: str, listed: Sequence[UUID]) -> str:
    return BETWEEN.join(str(listed[int(place) - 1]) for place in ballot if place != "0")
