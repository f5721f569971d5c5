"""Paper ballots: numbered, handed out, returned, entered twice, settled once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from app.kit.clock import say_moment
from app.kit.refusal import Refusal
from app.voting.rules.ballots import Mode
from app.voting.rules.life import State
from app.voting.rules.timing import check_ballot

BLANK = "blank"
"""A matter left empty or marked against the rules: no ballot on it, it takes no part there."""
TOO_MANY = "too_many"
"""More candidates marked than seats: the ballot of this matter is spoiled and stays on record."""
TOO_MANY_WORDS = "选的人多于应选人数"


class PaperEvent(StrEnum):
    """What happens to a paper ballot, each at most once. The last four settle it."""

    HANDED_OUT = "handed_out"
    RETURNED = "returned"
    COUNTED = "counted"
    SPOILED = "spoiled"
    SUPERSEDED = "superseded"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        """For lists."""
        return _LABELS[self]


_LABELS = {
    PaperEvent.HANDED_OUT: "已发出",
    PaperEvent.RETURNED: "已收回，待录入",
    PaperEvent.COUNTED: "已录入计票",
    PaperEvent.SPOILED: "废票",
    PaperEvent.SUPERSEDED: "不计（已有另一张有效票）",
    PaperEvent.VOIDED: "已作废",
}
SETTLED = frozenset(
    {PaperEvent.COUNTED, PaperEvent.SPOILED, PaperEvent.SUPERSEDED, PaperEvent.VOIDED}
)
"""A paper ballot is settled once: the database keeps at most one of these for each."""


class SpoiledBy(StrEnum):
    """Why a paper ballot is void as a whole (D); it then takes no part."""

    UNSIGNED = "unsigned"
    NOT_ENTITLED = "not_entitled"
    UNREADABLE = "unreadable"
    NOT_OURS = "not_ours"
    TOO_MANY = "too_many"

    @property
    def label(self) -> str:
        """On the entry form."""
        return {
            SpoiledBy.UNSIGNED: "没有签名",
            SpoiledBy.NOT_ENTITLED: "签名的人不是这一票的业主或受托人",
            SpoiledBy.UNREADABLE: "空白、破损或涂改，看不清投的是什么",
            SpoiledBy.NOT_OURS: "不是本次会议发出的选票",
            SpoiledBy.TOO_MANY: f"{TOO_MANY_WORDS}，没有别的有效事项",
        }[self]


def paper_number(roll_number: int, turn: int) -> str:
    """0123, and 0123-2 for the ballot printed after the first was declared void."""
    return f"{roll_number:04d}" if turn == 0 else f"{roll_number:04d}-{turn + 1}"


def check_paper(
    mode: Mode, state: State, opens_at: datetime, closes_at: datetime, now: datetime
) -> None:
    """Paper is printed, handed out and taken back while a vote that admits paper is open."""
    if mode is Mode.ONLINE:
        raise Refusal("这次业主大会只在网上投票，没有纸质选票。", code="online_only")
    check_ballot(state, opens_at, closes_at, now)


def check_taking_back(events: Collection[PaperEvent]) -> None:
    """Nothing is taken back twice, and nothing that is settled."""
    if PaperEvent.RETURNED in events:
        raise Refusal("这张选票已经登记收回。", code="returned_before")
    _check_unsettled(events)


def check_voiding(events: Collection[PaperEvent]) -> None:
    """A lost or torn ballot is declared void before another is printed; not one in our hands."""
    _check_unsettled(events)
    if PaperEvent.RETURNED in events:
        raise Refusal("这张选票已经收回，请录入；无效的在录入时选“废票”。", code="returned_before")


def check_entry(
    events: Collection[PaperEvent],
    state: State,
    *,
    entered_before: bool,
) -> None:
    """Entered after it came back, before the count, by people who each enter it once."""
    if PaperEvent.RETURNED not in events:
        raise Refusal("这张选票还没有登记收回，请先登记收回再录入。", code="not_returned")
    _check_unsettled(events)
    if state not in (State.OPEN, State.CLOSED):
        raise Refusal("已经计票，不能再录入选票。", code="ballot_too_late")
    if entered_before:
        raise Refusal(
            "您已经录入过这张选票。同一张票要由另一个人独立再录一遍。", code="entered_before"
        )


def say_returned(returned_at: datetime, now: datetime) -> str:
    """Why a voter cannot vote online any more."""
    return (
        f"您的纸质选票已在 {say_moment(returned_at, now)} 收回登记，先投出的有效，不能再投。"
        "如果那张票被判为废票，可以重新投。"
    )


def _check_unsettled(events: Collection[PaperEvent]) -> None:
    done = next((event for event in events if event in SETTLED), None)
    if done is not None:
        raise Refusal(f"这张选票已经处理完了：{done.label}。", code="paper_settled")
