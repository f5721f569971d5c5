"""The tabs of the desk's queue (工单)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from app.complaints.rules.states import ENDED, IN_WORK, RUNNING, TO_DISPATCH, VERIFYING, State

SOON = timedelta(hours=24)


class Tab(StrEnum):
    """What the desk looks at."""

    MINE = "mine"
    TO_SIGN = "to_sign"
    UNASSIGNED = "unassigned"
    WORKING = "working"
    SOON = "soon"
    OVERDUE = "overdue"
    VERIFYING = "verifying"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The tab in Chinese."""
        return _LABELS[self]

    @property
    def states(self) -> frozenset[State]:
        """The states it shows."""
        return _STATES[self]

    @property
    def by_clock(self) -> bool:
        """Whether the most urgent comes first; otherwise the newest."""
        return self not in {Tab.VERIFYING, Tab.ENDED}


class Mark(StrEnum):
    """What a case is marked with, whatever its tab."""

    SAFETY = "safety"
    EXTENSION = "extension"
    DISPUTED = "disputed"
    REOPENED = "reopened"
    HANDED_IN = "handed_in"

    @property
    def label(self) -> str:
        """The mark in Chinese."""
        return _MARKS[self]


_MARKS = {
    Mark.SAFETY: "公共安全",
    Mark.EXTENSION: "申请延期，等答复",
    Mark.DISPUTED: "分派有争议",
    Mark.REOPENED: "居民退回过",
    Mark.HANDED_IN: "社区代录",
}
_LABELS = {
    Tab.MINE: "我的",
    Tab.TO_SIGN: "待签收",
    Tab.UNASSIGNED: "没有分人",
    Tab.WORKING: "处理中",
    Tab.SOON: "快到期",
    Tab.OVERDUE: "已超期",
    Tab.VERIFYING: "等居民",
    Tab.ENDED: "已办结",
}
_STATES = {
    Tab.MINE: RUNNING,
    Tab.TO_SIGN: TO_DISPATCH | {State.DISPATCHED},
    Tab.UNASSIGNED: frozenset({State.DISPATCHED}) | IN_WORK,
    Tab.WORKING: IN_WORK,
    Tab.SOON: RUNNING,
    Tab.OVERDUE: RUNNING,
    Tab.VERIFYING: VERIFYING,
    Tab.ENDED: ENDED,
}
