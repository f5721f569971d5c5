"""Assemblies before the vote: one in its notice, one under review, one being drafted."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.elections import Standing, clear, put_up
from app.demo.holding import DAY, Story, announce, begin, is_there, opening_after
from app.demo.stage import Stage
from app.kit.clock import civil_date, start_of_day
from app.voting.actions.preparing import MatterDraft, submit
from app.voting.models import Assembly
from app.voting.queries import assemblies
from app.voting.rules import Actor, MatterKind

NOTICED = Story(
    title="2026 年第三次业主大会会议",
    statement="公告期里请大家核对名册上自家的房号和面积，有不对的可以在网上提出异议。",
    matters=(
        MatterDraft(
            statute=2,
            title="修改管理规约：电动自行车和养犬",
            body="增加两条：电动自行车和电池不进楼、不进电梯；犬只出户拴绳，公共地方的粪便"
            "由养犬人当场清理。修改前后的全文贴在每个单元门口。",
        ),
        MatterDraft(
            statute=8,
            title="利用电梯轿厢刊登广告并公示收入",
            body="8 部电梯轿厢内各设一块广告框，每年收入不低于 1.9 万元，归全体业主，"
            "先用于补充维修资金，每半年公示一次收支。",
        ),
    ),
)
REVIEWED = Story(
    title="檀溪老院业主委员会选举",
    statement="老院没有物业公司，门岗和下水道靠大家自己管。请社区核查候选人后公告。",
    matters=(
        MatterDraft(
            statute=3,
            kind=MatterKind.ELECTION,
            seats=3,
            title="选举檀溪老院业主委员会委员",
            body="应选委员 3 名，候选人 4 名，差额选举，任期五年。",
        ),
    ),
    convener="业主自管委员会",
)
DRAFTED = Story(
    title="2027 年第一次业主大会会议",
    statement="先把事项写清楚，月底的业委会会议讨论后送社区审核。",
    matters=(
        MatterDraft(
            statute=5,
            title="使用维修资金修补 3 栋屋面防水",
            body="3 栋顶层四户去年雨季漏水。整体修补 680 平方米，预算 9.8 万元，质保五年。",
        ),
    ),
)
YARD_CANDIDATES = (
    Standing("赵丽华", "百户长，老院的门岗排班一直是我在管。"),
    Standing("丁一凡", "做管道安装的，下水道堵了随叫随到。"),
    Standing("吕红", "超市店长，愿意把院里的收支记清楚。"),
    Standing("任秋菊", "退休工人，白天都在院里，看得见也喊得动。"),
)
CLEARED = 2
"""How many of them are checked; the others are left for the office to try."""


def load(stage: Stage) -> None:
    """Make the assemblies that are missing where their compounds are there."""
    for place, story, prepare in (
        ("garden", NOTICED, _notice),
        ("old_yard", REVIEWED, _review),
        ("garden", DRAFTED, _draft),
    ):
        compound_id = stage.places.get(place)
        if compound_id is not None and not is_there(stage, compound_id, story.title):
            _make(stage, compound_id, prepare)


def _make(stage: Stage, compound_id: UUID, prepare: Callable[[Stage, UUID], None]) -> None:
    with transaction(Scope(community_id=stage.community.id)):
        prepare(stage, compound_id)


def _notice(stage: Stage, compound_id: UUID) -> None:
    noticed_at = assemblies.database_now() - 3 * DAY
    opens_at = opening_after(noticed_at)
    assembly = begin(stage, compound_id, NOTICED, opens_at=opens_at, closes_at=opens_at + 20 * DAY)
    announce(assembly, noticed_at)


def _review(stage: Stage, compound_id: UUID) -> None:
    assembly = _later(stage, compound_id, REVIEWED, days=30)
    for candidate_id in put_up(assembly, YARD_CANDIDATES)[:CLEARED]:
        clear(stage, assembly, candidate_id)
    submit(assembly, Actor.INITIATOR)


def _draft(stage: Stage, compound_id: UUID) -> None:
    _later(stage, compound_id, DRAFTED, days=60)


def _later(stage: Stage, compound_id: UUID, story: Story, *, days: int) -> Assembly:
    """Draft an assembly that is to open in so many days."""
    opens_at = start_of_day(civil_date(assemblies.database_now()) + days * DAY)
    return begin(stage, compound_id, story, opens_at=opens_at, closes_at=opens_at + 20 * DAY)
