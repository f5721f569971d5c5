"""Two owners' assemblies of the demo compound: one being voted on, one closed with its result.

Prepared, opened, cast and closed by the product's own actions, with earlier moments. Owners who
have no account here have returned paper ballots, which the office entered.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.channels import name_somebody, walk_round
from app.demo.stage import Stage
from app.kit.clock import civil_date, end_of_day, start_of_day
from app.kit.periods import period_end
from app.voting.actions.casting import cast_ballot
from app.voting.actions.closing import close_voting
from app.voting.actions.opening import open_voting
from app.voting.actions.preparing import (
    Draft,
    MatterDraft,
    add_matter,
    draft_assembly,
    publish_notice,
    submit,
)
from app.voting.models import Assembly
from app.voting.queries import assemblies, ballots, places
from app.voting.rules import Actor, Choice, Mode

DAY = timedelta(days=1)
CLOSING_IN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Story:
    """An assembly of the demo world. `paper_share` of a hundred owners returned paper."""

    title: str
    statement: str
    matters: tuple[MatterDraft, ...]
    paper_share: int


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

_PAPER = text("""
WITH returned AS (
    SELECT voter.id AS voter_id, voter.building_id, voter.number, voter.area_centi,
        gen_random_uuid() AS cast_id,
        (SELECT owner_id FROM roll_member
         WHERE community_id = :community_id AND voter_id = voter.id LIMIT 1) AS owner_id
    FROM roll_voter AS voter
    WHERE voter.community_id = :community_id AND voter.assembly_id = :assembly_id
        AND voter.number * 37 % 100 < :share
        AND NOT EXISTS (
            SELECT 1 FROM roll_member AS member
            JOIN owner ON owner.community_id = :community_id AND owner.id = member.owner_id
            WHERE member.community_id = :community_id AND member.voter_id = voter.id
                AND owner.account_id IS NOT NULL)
), act AS (
    INSERT INTO ballot_cast
        (community_id, id, assembly_id, voter_id, channel, code, cast_by, cast_as)
    SELECT :community_id, cast_id, :assembly_id, voter_id, 'paper',
        upper(substr(md5(cast_id::text), 1, 10)), :entered_by, owner_id
    FROM returned WHERE owner_id IS NOT NULL
), counted AS (
    INSERT INTO ballot
        (community_id, id, assembly_id, matter_id, voter_id, cast_id, choice, nonce)
    SELECT :community_id, gen_random_uuid(), :assembly_id, matter.id, returned.voter_id,
        returned.cast_id,
        CASE WHEN (returned.number * 13 + matter.position * 29) % 100 < 79 THEN 'for'
             WHEN (returned.number * 13 + matter.position * 29) % 100 < 94 THEN 'against'
             ELSE 'abstain' END,
        md5(returned.cast_id::text || matter.id::text)
    FROM returned
    JOIN assembly_matter AS matter ON matter.community_id = :community_id
        AND matter.assembly_id = :assembly_id
    WHERE returned.owner_id IS NOT NULL
)
UPDATE assembly_participation AS part
SET heads = part.heads + gone.heads, area_centi = part.area_centi + gone.area_centi
FROM (
    SELECT building_id, number % 8 AS slice, count(*) AS heads, sum(area_centi) AS area_centi
    FROM returned WHERE owner_id IS NOT NULL GROUP BY building_id, number % 8
) AS gone
WHERE part.community_id = :community_id AND part.assembly_id = :assembly_id
    AND part.building_id = gone.building_id AND part.slice = gone.slice
""")


def load(stage: Stage) -> None:
    """Make both assemblies where they are missing and the compound is there."""
    compound_id = stage.places.get("garden")
    scope = Scope(community_id=stage.community.id)
    if compound_id is None:
        return
    with transaction(scope):
        if _is_there(stage, compound_id):
            return
    with transaction(scope):
        moment = assemblies.database_now()
        closed_id = _hold(
            stage, compound_id, CLOSED, opens_at=_opening(moment, 14), closes_at=moment + CLOSING_IN
        )
        _cast(stage, closed_id, CLOSED, [Choice.FOR, Choice.FOR, Choice.FOR, Choice.AGAINST])
    with transaction(scope):
        closes_at = end_of_day(civil_date(moment) + 5 * DAY)
        open_id = _hold(stage, compound_id, OPEN, opens_at=_opening(moment, 4), closes_at=closes_at)
        _cast(stage, open_id, OPEN, [Choice.FOR, Choice.AGAINST, Choice.FOR, Choice.ABSTAIN])
        opened = assemblies.assembly(stage.community.id, open_id)
        if opened is not None:
            walk_round(stage, opened)
            name_somebody(stage, opened)
    time.sleep(CLOSING_IN.total_seconds())
    with transaction(scope):
        assembly = assemblies.assembly_locked(stage.community.id, closed_id)
        if assembly is not None:
            close_voting(assembly, Actor.CLOCK)


def _is_there(stage: Stage, compound_id: UUID) -> bool:
    found = db.session.scalar(
        select(Assembly.id)
        .where(Assembly.community_id == stage.community.id, Assembly.compound_id == compound_id)
        .limit(1)
    )
    return found is not None


def _hold(
    stage: Stage, compound_id: UUID, story: Story, *, opens_at: datetime, closes_at: datetime
) -> UUID:
    community_id = stage.community.id
    draft = Draft(
        compound_id=compound_id,
        title=story.title,
        convener="业主委员会",
        statement=story.statement,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    first, *others = story.matters
    assembly_id = draft_assembly(
        community_id, draft, first, drafted_by=stage.accounts.get("committee_member")
    )
    assembly = assemblies.assembly(community_id, assembly_id)
    if assembly is None:
        raise LookupError(assembly_id)
    for matter in others:
        add_matter(assembly, matter)
    submit(assembly, Actor.INITIATOR)
    publish_notice(assembly, Actor.COMMUNITY, _noticed(opens_at))
    assembly.mode = Mode.BOTH
    open_voting(assembly, Actor.COMMUNITY, places.settings_of(community_id), opens_at)
    assembly.opened_at = opens_at
    db.session.flush()
    return assembly_id


def _cast(stage: Stage, assembly_id: UUID, story: Story, choices: list[Choice]) -> None:
    community_id = stage.community.id
    matters = [matter.id for matter in assemblies.matters_of(community_id, assembly_id)]
    neighbours = [key for key in stage.accounts if key.startswith("resident_")]
    for place, key in enumerate(sorted(neighbours)):
        if place % 5 == 4:  # noqa: PLR2004 - one in five has not voted
            continue
        account_id = stage.accounts[key]
        for voter in ballots.my_voters(community_id, account_id, [assembly_id]):
            if voter.cast_id is None:
                answers = {
                    matter: choices[(place + turn) % len(choices)]
                    for turn, matter in enumerate(matters)
                }
                cast_ballot(community_id, assembly_id, voter.voter_id, account_id, answers)
    db.session.execute(
        _PAPER,
        {
            "community_id": community_id,
            "assembly_id": assembly_id,
            "share": story.paper_share,
            "entered_by": stage.accounts["staff"],
        },
    )


def _opening(moment: datetime, days: int) -> datetime:
    return start_of_day(civil_date(moment) - days * DAY)


def _noticed(opens_at: datetime) -> datetime:
    """A morning from which the notice had run out by the opening, whatever holidays lay between."""
    noticed = opens_at - 16 * DAY + timedelta(hours=9)
    while period_end(noticed, 15) > opens_at:
        noticed -= DAY
    return noticed
