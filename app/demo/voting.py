"""Two owners' assemblies of the demo compound: one being voted on, one closed with its result.

Prepared, opened, cast and closed by the product's own actions, with earlier moments. Owners who
have no account here have returned paper ballots, which the office entered.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.channels import name_somebody, walk_round
from app.demo.holding import (
    CLOSING_IN,
    DAY,
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
from app.kit.clock import civil_date, end_of_day
from app.voting.actions.closing import close_voting
from app.voting.actions.preparing import MatterDraft
from app.voting.models import Assembly
from app.voting.queries import assemblies
from app.voting.rules import Actor, Choice

ON_PAPER = (Choice.FOR,) * 79 + (Choice.AGAINST,) * 15 + (Choice.ABSTAIN,) * 6
CLOSED = Story(
    title="2026 年第一次业主大会会议",
    statement="小区的监控已经用了十二年，去年丢了三辆电动车。请大家都来表个态，有疑问可以找业委会。",
    matters=(
        MatterDraft(
            statute=5,
            title="使用维修资金更换小区监控",
            body="更换 64 路高清摄像头和录像设备，预算 18.6 万元，从公共维修资金列支，"
            "按面积分摊，平均每平方米 4.32 元。施工 20 天，三家比价后选定单位，"
            "合同和发票全部公示。",
        ),
        MatterDraft(
            statute=8,
            title="利用北门空地设置充电车棚并收取场地费",
            body="北门东侧 120 平方米空地设置电动自行车充电车棚，运营方每年付场地费 2.4 万元，"
            "收入归全体业主，半年公示一次。",
        ),
    ),
    paper_share=78,
)
OPEN = Story(
    title="2026 年第二次业主大会会议",
    statement="物业服务合同年底到期。两次座谈的意见已经写进方案，请每位业主都来投一票。",
    matters=(
        MatterDraft(
            statute=4,
            title="续聘现在的物业企业三年",
            body="续聘三年，物业费每平方米每月 1.60 元不变；新增每季度公示收支、"
            "电梯故障两小时内到场两条约定，做不到按次扣减服务费。",
        ),
        MatterDraft(
            statute=5,
            title="使用维修资金更换 1 栋加压水泵",
            body="1 栋两台加压水泵已过使用年限，更换预算 6.2 万元，从公共维修资金列支。"
            "施工两天，期间供应桶装水。",
        ),
    ),
    paper_share=54,
)


def load(stage: Stage) -> None:
    """Make both assemblies where they are missing and the compound is there."""
    compound_id = stage.places.get("garden")
    scope = Scope(community_id=stage.community.id)
    if compound_id is None or is_there(stage, compound_id, CLOSED.title):
        return
    with transaction(scope):
        moment = assemblies.database_now()
        closed_id = _hold(
            stage, compound_id, CLOSED, opens_at=opening(moment, 14), closes_at=moment + CLOSING_IN
        ).id
        _cast(stage, closed_id, CLOSED, [Choice.FOR, Choice.FOR, Choice.FOR, Choice.AGAINST])
    with transaction(scope):
        closes_at = end_of_day(civil_date(moment) + 5 * DAY)
        opened = _hold(stage, compound_id, OPEN, opens_at=opening(moment, 4), closes_at=closes_at)
        _cast(stage, opened.id, OPEN, [Choice.FOR, Choice.AGAINST, Choice.FOR, Choice.ABSTAIN])
        walk_round(stage, opened)
        name_somebody(stage, opened)
    time.sleep(CLOSING_IN.total_seconds())
    with transaction(scope):
        assembly = assemblies.assembly_locked(stage.community.id, closed_id)
        if assembly is not None:
            close_voting(assembly, Actor.CLOCK)


def _hold(
    stage: Stage, compound_id: UUID, story: Story, *, opens_at: datetime, closes_at: datetime
) -> Assembly:
    assembly = begin(stage, compound_id, story, opens_at=opens_at, closes_at=closes_at)
    announce(assembly, noticed(opens_at))
    open_up(assembly)
    return assembly


def _cast(stage: Stage, assembly_id: UUID, story: Story, online: Sequence[Choice]) -> None:
    matters = [matter.id for matter in assemblies.matters_of(stage.community.id, assembly_id)]
    vote_online(stage, assembly_id, dict.fromkeys(matters, online))
    return_paper(stage, assembly_id, dict.fromkeys(matters, ON_PAPER), story.paper_share)
