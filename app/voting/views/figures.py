"""What the signature pieces draw: measures, time lines, grids. No rule is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from app.kit.areas import say_area
from app.kit.clock import in_beijing, say_deadline, say_moment, say_remaining
from app.kit.shares import percent_down
from app.voting.actions.counting import stored_tally
from app.voting.models import (
    Assembly,
    AssemblyMatter,
    AssemblyResult,
    Candidate,
    CandidateCheck,
)
from app.voting.queries import places
from app.voting.rules import (
    REMEDY,
    Decision,
    Matter,
    NegativeItem,
    Outcome,
    State,
    Tally,
    Threshold,
    VotingScope,
    Weight,
    decide,
    earliest_final,
    explain,
    quorum_least,
    say_differential,
    say_distance,
    support_least,
)

OPENING_ICON = "vote"
MOST_NAMED = 8
STATE_TONES = {
    State.DRAFT: "quiet",
    State.UNDER_REVIEW: "due",
    State.NOTICED: "info",
    State.OPEN: "brand",
    State.CLOSED: "due",
    State.PUBLISHED: "done",
    State.FINAL: "done",
    State.CANCELLED: "quiet",
}
OUTCOMES = {
    Outcome.ADOPTED: {"kind": "done", "text": "通过"},
    Outcome.REJECTED: {"kind": "late", "text": "未通过"},
    Outcome.QUORUM_NOT_MET: {"kind": "due", "text": "参与不足，未形成决定"},
}
ROOM_STATES = [
    {"key": "took_part", "label": "已参与", "tone": "done", "icon": "check"},
    {"key": "missing", "label": "还没参与", "tone": "quiet", "icon": "minus"},
    {"key": "flagged", "label": "名册待核实", "tone": "due", "icon": "circle-help"},
]


def state_tag(assembly: Assembly) -> dict[str, str]:
    """State as a tag draws it."""
    state = State(assembly.state)
    return {"kind": STATE_TONES[state], "text": state.label}


def threshold_words(statute: int, seats: int | None = None) -> str:
    """What a matter needs, in one sentence."""
    if seats is not None:
        return (
            "要有三分之二以上面积、三分之二以上人数的业主参与，"
            "并且参与的面积和人数都有过半数选他，候选人才能当选；"
            f"过半数的人多于 {seats} 个席位时，按人数、再按面积排先后，后面的为候补。"
        )
    threshold = Matter(statute).threshold.label
    return (
        "要有三分之二以上面积、三分之二以上人数的业主参与，"
        f"并且参与的面积和人数都有{threshold}同意，才算通过。"
    )


def participation_measures(took_part: Weight, total: Weight) -> list[dict[str, Any]]:
    """Both bars while voting is open: who took part and nothing else."""
    return [_area(total, took_part), _heads(total, took_part)]


def support_measures(support: Weight, roll: Weight) -> list[dict[str, Any]]:
    """Both bars of a proposal, towards a fifth."""
    least = Weight(support_least(roll.area_centi), support_least(roll.heads))
    measures = [_area(roll, support), _heads(roll, support)]
    for measure, need in zip(measures, (least.area_centi, least.heads), strict=True):
        measure["need_part"] = need
    return measures


def say_missing(short: Weight) -> str | None:
    """The distance in words; none when nothing is missing."""
    return say_distance(short) if short.area_centi or short.heads else None


def missing_quorum(took_part: Weight, total: Weight) -> str | None:
    """The distance to two thirds in words; none when both are met."""
    short = Weight(
        max(0, quorum_least(total.area_centi) - took_part.area_centi),
        max(0, quorum_least(total.heads) - took_part.heads),
    )
    return say_distance(short) if short.area_centi or short.heads else None


def result_piece(result: AssemblyResult, statute: int) -> dict[str, Any]:
    """One matter's result: bars, outcome and the sentences that explain each number."""
    tally = stored_tally(result)
    decision = decide(Matter(statute), tally)
    threshold = decision.threshold
    measures = [
        _area(tally.roll, tally.took_part, tally.in_favour, threshold),
        _heads(tally.roll, tally.took_part, tally.in_favour, threshold),
    ]
    return {
        "measures": measures,
        "favour_rule": "过半数" if threshold is Threshold.ORDINARY else "3/4",
        "outcome": OUTCOMES[Outcome(result.outcome)],
        # The page says the remedy once, for all its matters.
        "sentences": [said for said in explain(decision, tally) if said != REMEDY],
        "rows": _choice_rows(tally),
        "agrees": decision.outcome == result.outcome,
        "basis": _basis(decision),
    }


def timeline_of(assembly: Assembly, now: datetime) -> list[dict[str, Any]]:
    """What happened to an assembly and what comes next, by when."""
    timing = places.timing_of_community(assembly.community_id)
    final = earliest_final(assembly.published_at or assembly.closes_at, timing)
    steps = [
        ("发布公告", assembly.notice_at, None, "megaphone"),
        ("开始投票", assembly.opened_at, assembly.opens_at, OPENING_ICON),
        ("投票延期", assembly.extended_at, None, "calendar-clock"),
        ("投票截止，计票并公示结果", assembly.published_at, assembly.closes_at, "scale"),
        ("公示期满", assembly.final_at, final, "stamp"),
    ]
    if assembly.state == State.CANCELLED:
        cancelled = ("取消", assembly.cancelled_at, None, "circle-x")
        steps = [*(step for step in steps if step[1] is not None), cancelled]
    entries: list[dict[str, Any]] = []
    next_given = False
    for what, happened, planned, icon in steps:
        if happened is not None:
            entries.append(_entry(what, happened, now, icon, "past"))
        elif planned is not None and not next_given and assembly.state != State.DRAFT:
            next_given = True
            entries.append(_entry(what, planned, now, icon, "next"))
    return entries


def deadline(assembly: Assembly, now: datetime) -> str:
    """The date that matters now."""
    state = State(assembly.state)
    if state is State.OPEN:
        return say_deadline(assembly.closes_at, now)
    if state is State.NOTICED:
        return f"{say_moment(assembly.opens_at, now)} 开始投票"
    return say_deadline(assembly.closes_at, now).split("，", 1)[0]


def grid_of(rooms: Sequence[Any]) -> dict[str, Any]:
    """A building's rooms by stairwell and floor, the top floor first."""
    wells = [
        (name, list(found))
        for name, found in groupby(rooms, key=lambda room: room.stairwell_name or "其他")
    ]
    by_well = [
        {floor: list(cells) for floor, cells in groupby(found, key=lambda room: room.floor or 0)}
        for _, found in wells
    ]
    widths = [max(len(cells) for cells in floors.values()) for floors in by_well]
    levels = sorted({level for floors in by_well for level in floors}, reverse=True)
    return {
        "stairwells": [
            {"label": name, "rooms": width} for (name, _), width in zip(wells, widths, strict=True)
        ],
        "floors": [
            {
                "label": str(level),
                "rooms": [
                    cell
                    for floors, width in zip(by_well, widths, strict=True)
                    for cell in _padded(floors.get(level, []), width)
                ],
            }
            for level in levels
        ],
        "took_part": sum(1 for room in rooms if room.took_part),
        "total": len(rooms),
    }


def _padded(rooms: Sequence[Any], width: int) -> list[dict[str, Any] | None]:
    cells: list[dict[str, Any] | None] = [
        {
            "label": room.room,
            "state": _room_state(room),
            "url": None,
            "note": None,
            "mine": False,
        }
        for room in rooms
    ]
    return cells + [None] * (width - len(cells))


def _room_state(room: Any) -> str:
    if room.took_part:
        return "took_part"
    return "flagged" if room.flag else "missing"


def _entry(what: str, moment: datetime, now: datetime, icon: str, state: str) -> dict[str, Any]:
    ends = icon != OPENING_ICON
    said = say_deadline(moment, now).split(" 截止", 1)[0] if ends else say_moment(moment, now)
    return {
        "when": said,
        "when_iso": in_beijing(moment).isoformat(timespec="minutes"),
        "who": None,
        "what": what,
        "kind": "done" if state == "past" else "info",
        "icon": icon,
        "detail": say_remaining(moment - now) if state == "next" and moment > now else None,
        "url": None,
        "state": state,
    }


def _choice_rows(tally: Tally) -> list[dict[str, str]]:
    parts = (
        ("同意", tally.in_favour),
        ("不同意", tally.against),
        ("弃权", tally.abstained),
    )
    return [
        {
            "label": label,
            "heads": f"{weight.heads:,}",
            "heads_share": percent_down(weight.heads, tally.took_part.heads),
            "area": say_area(weight.area_centi),
            "area_share": percent_down(weight.area_centi, tally.took_part.area_centi),
        }
        for label, weight in parts
    ]


def _basis(decision: Decision) -> str:
    rule = "过半数" if decision.threshold is Threshold.ORDINARY else "四分之三以上"
    return f"民法典第二百七十八条：三分之二以上参与，参与者中{rule}同意，面积和人数都要达到。"


def _area(
    total: Weight,
    took_part: Weight,
    in_favour: Weight | None = None,
    threshold: Threshold | None = None,
) -> dict[str, Any]:
    return {
        "label": "面积",
        "unit": "㎡",
        "decimals": 2,
        "total": total.area_centi,
        "took_part": took_part.area_centi,
        "need_part": quorum_least(total.area_centi),
        "in_favour": in_favour.area_centi if in_favour else None,
        "need_favour": threshold.least(took_part.area_centi) if threshold else None,
    }


def _heads(
    total: Weight,
    took_part: Weight,
    in_favour: Weight | None = None,
    threshold: Threshold | None = None,
) -> dict[str, Any]:
    return {
        "label": "人数",
        "unit": "人",
        "decimals": 0,
        "total": total.heads,
        "took_part": took_part.heads,
        "need_part": quorum_least(total.heads),
        "in_favour": in_favour.heads if in_favour else None,
        "need_favour": threshold.least(took_part.heads) if threshold else None,
    }


def closing_soon(assembly: Assembly, now: datetime) -> bool:
    """Two days or less are left."""
    return assembly.state == State.OPEN and assembly.closes_at - now <= timedelta(days=2)


def say_scope(assembly: Assembly, named: Sequence[Any]) -> str:
    """全小区, or the names of the buildings and stairwells, a few of many."""
    if assembly.scope == VotingScope.COMPOUND:
        return VotingScope.COMPOUND.label
    names = [f"{row.building_name}{row.stairwell_name or ''}" for row in named]
    shown = "、".join(names[:MOST_NAMED])
    return f"{shown} 等 {len(names)} 处" if len(names) > MOST_NAMED else shown


def unchecked(standing: Sequence[Candidate], checks: Sequence[CandidateCheck]) -> int:
    """How many candidates of an election still have an item of the list open."""
    done: dict[UUID, int] = {}
    for check in checks:
        done[check.candidate_id] = done.get(check.candidate_id, 0) + 1
    return sum(1 for candidate in standing if done.get(candidate.id, 0) < len(NegativeItem))


def introduced(candidate: Candidate) -> dict[str, Any]:
    """A candidate as owners meet them before they choose."""
    return {
        "name": candidate.name,
        "home": candidate.home,
        "statement": candidate.statement,
        "photo_id": candidate.photo_id,
    }


def differential(standing: Sequence[Candidate], matter: AssemblyMatter) -> str | None:
    """The warning where owners would have no choice (差额选举)."""
    if matter.seats is None:
        return None
    return say_differential(len(standing), matter.seats)
