"""The tabs of the desk's queue (工单)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from app.complaints.rules.states import ENDED, IN_WORK, TO_DISPATCH, State

SOON = timedelta(hours=24)


class Tab(StrEnum):
    """What the desk looks at."""

    TO_SIGN = "to_sign"
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
        """The states it shows; empty: whatever the state, the clock decides."""
        return _STATES[self]

    @property
    def by_clock(self) -> bool:
        """Whether the most urgent comes first; otherwise the newest."""
        return self not in {Tab.VERIFYING, Tab.ENDED}


_LABELS = {
    Tab.TO_SIGN: "待签收",
    Tab.WORKING: "处理中",
    Tab.SOON: "快到期",
    Tab.OVERDUE: "已超期",
    Tab.VERIFYING: "待居民确认",
    Tab.ENDED: "已办结",
}
_STATES = {
    Tab.TO_SIGN: TO_DISPATCH | {State.DISPATCHED},
    Tab.WORKING: IN_WORK,
    Tab.SOON: frozenset[State](),
    Tab.OVERDUE: frozenset[State](),
    Tab.VERIFYING: frozenset({State.DONE}),
    Tab.ENDED: ENDED,
}
