"""Whistles (社区吹哨、部门报到): states of a call, who acts on it and what can be done.

A whistle is blown for ONE complaint; it calls one or more parties, and each call goes its own way.
Who may do what, from where to where, is the table in `whistle_table`. All figures are this
product's own defaults and not official ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

LONGEST_NOTICE = timedelta(days=30)
MOST_CALLED = 10
LOW_STARS = 2


class CallState(StrEnum):
    """Where a call stands."""

    CALLED = "called"
    SIGNED = "signed"
    ARRIVED = "arrived"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return _LABELS[self]

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of anybody."""
        return self in CALL_ENDED

    @property
    def clock_runs(self) -> bool:
        """Whether somebody's deadline is running: to sign, to arrive or to answer a refusal."""
        return self in _TIMED


CALL_ENDED = frozenset({CallState.DONE, CallState.WITHDRAWN})
CALL_OPEN = frozenset(CallState) - CALL_ENDED
_TIMED = frozenset({CallState.CALLED, CallState.SIGNED, CallState.REFUSED})


class CallParty(StrEnum):
    """As what somebody acts on a call: who blew the whistle, who is called, or the clock."""

    WHISTLER = "whistler"
    CALLED = "called"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """The party in Chinese."""
        return _PARTIES[self]


class CallAction(StrEnum):
    """What can be done with a call."""

    SIGN = "sign"
    REFUSE = "refuse"
    INSIST = "insist"
    WITHDRAW = "withdraw"
    ARRIVE = "arrive"
    NOTE = "note"
    STEP_JOINTLY = "step_jointly"
    JOIN = "join"
    CALL_MORE = "call_more"
    FINISH = "finish"
    SCORE = "score"
    NOTICE_LATE = "notice_late"
    END_WITH_CASE = "end_with_case"

    @property
    def label(self) -> str:
        """The action in Chinese, as a button says it."""
        return _ACTIONS[self]


class CallHappening(StrEnum):
    """What stands in the record of a whistle: the actions, and that somebody was called."""

    CALLED = "called"
    SIGNED = CallAction.SIGN.value
    REFUSED = CallAction.REFUSE.value
    INSISTED = CallAction.INSIST.value
    WITHDRAWN = CallAction.WITHDRAW.value
    ARRIVED = CallAction.ARRIVE.value
    NOTED = CallAction.NOTE.value
    STEPPED_JOINTLY = CallAction.STEP_JOINTLY.value
    JOINED = CallAction.JOIN.value
    FINISHED = CallAction.FINISH.value
    SCORED = CallAction.SCORE.value
    LATE = CallAction.NOTICE_LATE.value
    CASE_ENDED = CallAction.END_WITH_CASE.value


class CallNeed(StrEnum):
    """What must be given with an action."""

    TEXT = "text"
    PHOTOS = "photos"
    OTHERS = "others"
    STEP = "step"
    STARS = "stars"

    @property
    def sentence(self) -> str:
        """What to say to somebody who left it out."""
        return _MISSING[self]


class CallCondition(StrEnum):
    """What of a call, beyond its state, a row of the table asks for."""

    NOT_INSISTED = "not_insisted"
    IS_STREET = "is_street"
    NOT_SCORED = "not_scored"
    LATE = "late"

    @property
    def label(self) -> str:
        """The condition in Chinese."""
        return _CONDITIONS[self][0]

    @property
    def sentence(self) -> str:
        """What to say when it does not hold."""
        return _CONDITIONS[self][1]


@dataclass(frozen=True, slots=True)
class CallSituation:
    """What of a call, beyond its state, decides about a step of this party."""

    insisted: bool = False
    street: bool = False
    scored: bool = False
    late: bool = False

    def meets(self, condition: CallCondition) -> bool:
        """Whether the condition holds."""
        return {
            CallCondition.NOT_INSISTED: not self.insisted,
            CallCondition.IS_STREET: self.street,
            CallCondition.NOT_SCORED: not self.scored,
            CallCondition.LATE: self.late,
        }[condition]


class Stars(IntEnum):
    """How one side scores the other, from 1 to 5."""

    VERY_BAD = 1
    BAD = 2
    FAIR = 3
    GOOD = 4
    VERY_GOOD = 5

    def words(self, side: CallParty) -> str:
        """The score in words: of an arrival where the whistler gives it, else of the whistle."""
        return (_OF_ARRIVAL if side is CallParty.WHISTLER else _OF_WHISTLE)[self]


@dataclass(frozen=True, slots=True)
class CallTimes:
    """By when the called signs and arrives."""

    sign_by: datetime
    arrive_by: datetime

    def due_at(self, state: CallState) -> datetime | None:
        """The running deadline of somebody who is called or has signed."""
        return {CallState.CALLED: self.sign_by, CallState.SIGNED: self.arrive_by}.get(state)


def department_key(department_id: UUID) -> str:
    """A department in one word, as calls and the database name it."""
    return f"department:{department_id}"


def street_key(region_path: str) -> str:
    """A street in one word."""
    return f"street:{region_path}"


def call_times(
    moment: datetime, *, sign_hours: int, arrive_hours: int, wanted: datetime | None = None
) -> CallTimes:
    """The deadlines of a call made at `moment`; nobody arrives without having signed before."""
    arrive_by = wanted or moment + timedelta(hours=arrive_hours)
    return CallTimes(min(moment + timedelta(hours=sign_hours), arrive_by), arrive_by)


def times_again(
    moment: datetime, arrive_by: datetime, *, sign_hours: int, arrive_hours: int
) -> CallTimes:
    """The deadlines after the whistler insisted: a meeting that still lies ahead stays."""
    ahead = arrive_by if arrive_by > moment else None
    return call_times(moment, sign_hours=sign_hours, arrive_hours=arrive_hours, wanted=ahead)


_LABELS = {
    CallState.CALLED: "待签收",
    CallState.SIGNED: "待到场",
    CallState.ARRIVED: "现场处理中",
    CallState.DONE: "已办完",
    CallState.REFUSED: "说不归自己管",
    CallState.WITHDRAWN: "已撤回",
}
_PARTIES = {
    CallParty.WHISTLER: "吹哨方",
    CallParty.CALLED: "被请方",
    CallParty.SYSTEM: "系统",
}
_ACTIONS = {
    CallAction.SIGN: "签收",
    CallAction.REFUSE: "不归我们管",
    CallAction.INSIST: "仍请他们到场",
    CallAction.WITHDRAW: "撤回",
    CallAction.ARRIVE: "到场签到",
    CallAction.NOTE: "留言",
    CallAction.STEP_JOINTLY: "记一步共同处置",
    CallAction.JOIN: "确认一起做了",
    CallAction.CALL_MORE: "再请别的部门",
    CallAction.FINISH: "处理完了",
    CallAction.SCORE: "打分",
    CallAction.NOTICE_LATE: "超时提醒",
    CallAction.END_WITH_CASE: "诉求办结，吹哨随之结束",
}
_MISSING = {
    CallNeed.TEXT: "请写几个字，说明情况或理由。",
    CallNeed.PHOTOS: "请拍一张现场照片，作为到场的凭据。",
    CallNeed.OTHERS: "请选一下是和谁一起做的。",
    CallNeed.STEP: "请从列出的共同处置里选一步。",
    CallNeed.STARS: "请选一个分数。",
}
_CONDITIONS = {
    CallCondition.NOT_INSISTED: (
        "吹哨方没有坚持过",
        "吹哨方看过理由，仍请你们到场，不能再次退回。有新的情况请留言。",
    ),
    CallCondition.IS_STREET: ("被请的是街道", "只有街道可以再请别的部门。"),
    CallCondition.NOT_SCORED: ("这一方还没有打过分", "已经打过分了，分数不能再改。"),
    CallCondition.LATE: ("期限已过，还没有提醒过", "期限还没有到，或者已经提醒过。"),
}
_OF_ARRIVAL = {
    Stars.VERY_GOOD: "5 分：来得及时，解决了问题",
    Stars.GOOD: "4 分：好",
    Stars.FAIR: "3 分：一般",
    Stars.BAD: "2 分：差",
    Stars.VERY_BAD: "1 分：很差",
}
_OF_WHISTLE = {
    Stars.VERY_GOOD: "5 分：该请我们，情况说得清楚",
    Stars.GOOD: "4 分：好",
    Stars.FAIR: "3 分：一般",
    Stars.BAD: "2 分：情况说得不清楚",
    Stars.VERY_BAD: "1 分：不该请我们",
}
