"""The tabs of the list of calls, for those who are called and for the community that called."""

from __future__ import annotations

from enum import StrEnum

from app.complaints.rules.whistles import CallState


class CallTab(StrEnum):
    """What of the calls is looked at. `MADE`: those a street made itself."""

    TO_SIGN = "to_sign"
    TO_ARRIVE = "to_arrive"
    ACTING = "acting"
    REFUSED = "refused"
    ENDED = "ended"
    MADE = "made"

    @property
    def label(self) -> str:
        """The tab in Chinese."""
        return _LABELS[self]

    @property
    def states(self) -> frozenset[CallState]:
        """The states it shows."""
        return _STATES[self]

    @property
    def by_clock(self) -> bool:
        """Whether the most urgent comes first; otherwise the newest."""
        return self in {CallTab.TO_SIGN, CallTab.TO_ARRIVE, CallTab.REFUSED}


_LABELS = {
    CallTab.TO_SIGN: "待签收",
    CallTab.TO_ARRIVE: "待到场",
    CallTab.ACTING: "现场处理中",
    CallTab.REFUSED: "等答复",
    CallTab.ENDED: "已结束",
    CallTab.MADE: "我们请的",
}
_STATES = {
    CallTab.TO_SIGN: frozenset({CallState.CALLED}),
    CallTab.TO_ARRIVE: frozenset({CallState.SIGNED}),
    CallTab.ACTING: frozenset({CallState.ARRIVED}),
    CallTab.REFUSED: frozenset({CallState.REFUSED}),
    CallTab.ENDED: frozenset({CallState.DONE, CallState.WITHDRAWN}),
    CallTab.MADE: frozenset(CallState),
}
