"""From rows to what a page of a covenant shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from app.covenants import rules
from app.covenants.models import CovenantClause, CovenantStep
from app.covenants.rules import Action, State
from app.kit.clock import in_beijing, say_deadline, say_moment

NO_FLOOR = "其他"
GRID_STATES = (
    {"key": "signed", "label": "已签", "tone": "done", "icon": "check"},
    {"key": "waiting", "label": "还没签", "tone": "quiet", "icon": "minus"},
    {"key": "vacant", "label": "空置", "tone": "empty", "icon": "door-closed"},
)
_STEP_WORDS = {
    None: "开始起草",
    Action.DELIBERATE: "请全楼道商议",
    Action.SEND_TO_CHECK: "商议好，交社区审查",
    Action.RETURN: "审查后退回修改",
    Action.OPEN_SIGNING: "审查通过，开始签约",
    Action.PUBLISH: "签约户数已够，开始公示",
    Action.FILE: "社区备案",
    Action.ENTER_INTO_FORCE: "公约生效",
    Action.REPLACE: "由新版代替",
    Action.WITHDRAW: "撤回",
}
_WHO = {
    rules.Actor.STAIRWELL_HEAD: "单元长",
    rules.Actor.COMMUNITY: "社区",
    rules.Actor.CLOCK: None,
}
_NEXT = {
    State.COLLECTING: "请全楼道商议",
    State.DELIBERATING: "交社区审查合不合法",
    State.CHECKING: "审查通过后开始签约",
    State.PUBLISHED: "社区备案，公约生效",
    State.FILED: "公约生效",
}


@dataclass(frozen=True, slots=True)
class ClauseShown:
    """A clause with the opinions on it and the words a person should look at."""

    id: UUID
    title: str
    wording: str
    version: int
    opinions: Sequence[Any]
    passages: Sequence[rules.Passage]

    @property
    def open_opinions(self) -> int:
        """How many opinions still wait for an answer."""
        return sum(opinion.answered_at is None for opinion in self.opinions)


def place_name(row: Any) -> str:
    """小区 + 楼栋 + 单元."""
    return f"{row.compound_name} {row.building_name}{row.stairwell_name}"


def progress_of(sheet: Any) -> rules.Progress:
    """The progress of a version; before the opening by the usual threshold of nobody."""
    return rules.sign_progress(
        sheet.signed_count, sheet.due_count, threshold_of(sheet) or rules.TWO_THIRDS
    )


def threshold_of(sheet: Any) -> rules.Threshold | None:
    """The share of households frozen at the opening."""
    if sheet.threshold_numerator is None:
        return None
    return sheet.threshold_numerator, sheet.threshold_denominator


def standing_of(sheet: Any, moment: datetime) -> rules.Standing:
    """Where the version stands, in plain words."""
    return rules.standing(
        rules.Facts(
            state=State(sheet.state),
            progress=progress_of(sheet),
            open_objections=sheet.open_objections,
            publication_ends_at=sheet.publication_ends_at,
            in_force_at=sheet.in_force_at,
        ),
        moment,
    )


def bar_of(sheet: Any) -> dict[str, Any] | None:
    """The one measure of the threshold bar; none before the opening."""
    threshold = threshold_of(sheet)
    if threshold is None or sheet.due_count == 0:
        return None
    progress = progress_of(sheet)
    return {
        "rule": f"{threshold[0]}/{threshold[1]}",
        "reached": progress.reached,
        "measure": {
            "label": "户数",
            "unit": "户",
            "decimals": 0,
            "total": progress.due,
            "took_part": progress.signed,
            "need_part": progress.needed,
            "in_favour": None,
            "need_favour": None,
        },
    }


def clauses_shown(clauses: Sequence[CovenantClause], opinions: Sequence[Any]) -> list[ClauseShown]:
    """The clauses numbered, each with what was said against it."""
    return [
        ClauseShown(
            id=clause.id,
            title=rules.article(number),
            wording=clause.wording,
            version=clause.version,
            opinions=[opinion for opinion in opinions if opinion.clause_id == clause.id],
            passages=rules.suspicious_clauses(clause.wording),
        )
        for number, clause in enumerate(clauses, start=1)
    ]


def other_opinions(clauses: Sequence[CovenantClause], opinions: Sequence[Any]) -> list[Any]:
    """Opinions on the whole, and on clauses that were taken out since."""
    standing = {clause.id for clause in clauses}
    return [opinion for opinion in opinions if opinion.clause_id not in standing]


def grid_of(sheet: Any, households: Sequence[Any], mine: Sequence[UUID]) -> dict[str, Any]:
    """The stairwell as people see it: the top floor above, a room a cell."""
    ordered = sorted(households, key=lambda home: -(home.floor if home.floor is not None else -99))
    storeys = [
        (str(floor) if floor is not None else NO_FLOOR, list(rooms))
        for floor, rooms in groupby(ordered, key=lambda home: home.floor)
    ]
    width = max((len(rooms) for _, rooms in storeys), default=0)
    return {
        "name": place_name(sheet),
        "stairwells": [{"label": sheet.stairwell_name, "rooms": width}],
        "floors": [
            {
                "label": label,
                "rooms": [
                    *(_cell(home, mine) for home in rooms),
                    *[None] * (width - len(rooms)),
                ],
            }
            for label, rooms in storeys
        ],
        "states": GRID_STATES,
        "summary": f"已签 {sheet.signed_count} / {sheet.due_count} 户",
        "vacant": [home.room for home in households if home.vacant],
    }


def _cell(home: Any, mine: Sequence[UUID]) -> dict[str, Any]:
    state = "signed" if home.signed_at else "vacant" if home.vacant else "waiting"
    notes = []
    if home.signed_at:
        notes.append(f"{say_moment(home.signed_at)} 签")
    if home.cosigned:
        notes.append("租户已共签")
    return {
        "label": home.room,
        "state": state,
        "url": None,
        "note": "，".join(notes) or None,
        "mine": home.unit_id in mine,
    }


def history(steps: Sequence[CovenantStep], sheet: Any, moment: datetime) -> list[dict[str, Any]]:
    """What happened, and the next step with its date."""
    entries = [_past(step, moment) for step in steps]
    following = _next(sheet, moment)
    return [*entries, following] if following else entries


def _past(step: CovenantStep, moment: datetime) -> dict[str, Any]:
    action = Action(step.action) if step.action else None
    return {
        "when": say_moment(step.created_at, moment),
        "when_iso": in_beijing(step.created_at).isoformat(timespec="minutes"),
        "who": _WHO[rules.Actor(step.capacity)],
        "what": _STEP_WORDS[action],
        "kind": "done" if action is Action.ENTER_INTO_FORCE else "info",
        "icon": None,
        "detail": step.reason or None,
        "url": None,
        "state": "past",
    }


def _next(sheet: Any, moment: datetime) -> dict[str, Any] | None:
    state = State(sheet.state)
    progress = progress_of(sheet)
    what = _NEXT.get(state)
    when, iso, detail = "日期待定", "", None
    if state is State.SIGNING:
        what = f"签够 {progress.needed} 户，开始公示 {sheet.publication_days} 天"
        detail = f"还差 {progress.missing} 户"
    elif state is State.PUBLISHED and sheet.publication_ends_at:
        if moment < sheet.publication_ends_at:
            what = "公示期满，没有异议就备案生效"
            when = say_deadline(sheet.publication_ends_at, moment)
            iso = in_beijing(sheet.publication_ends_at).isoformat(timespec="minutes")
        if sheet.open_objections:
            detail = f"还有 {sheet.open_objections} 条异议等答复"
    if what is None:
        return None
    return {
        "when": when,
        "when_iso": iso or in_beijing(moment).isoformat(timespec="minutes"),
        "who": None,
        "what": what,
        "kind": "due",
        "icon": None,
        "detail": detail,
        "url": None,
        "state": "next",
    }
