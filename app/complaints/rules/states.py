"""States of a complaint (民生诉求), who acts on it and what can be done.

Who may do what, from where to where, is the table in `transitions`.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a complaint stands."""

    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    DONE = "done"
    REOPENED = "reopened"
    RETURNED = "returned"
    CLOSED = "closed"
    NOT_ACCEPTED = "not_accepted"
    MERGED = "merged"

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return _LABELS[self]

    @property
    def clock_runs(self) -> bool:
        """Whether somebody's deadline is running."""
        return self not in STOPPED

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of anybody."""
        return self in ENDED


ENDED = frozenset({State.CLOSED, State.NOT_ACCEPTED, State.MERGED})
STOPPED = ENDED | {State.DONE, State.WAITING}
"""The clock stands still here and nowhere else: it ended, or it is the resident's turn."""
RUNNING = frozenset(State) - STOPPED
OPEN = frozenset(State) - ENDED
TO_DISPATCH = frozenset({State.FILED, State.RETURNED})
IN_WORK = frozenset({State.ACCEPTED, State.REOPENED})
VERIFYING = STOPPED - ENDED
"""Waits for the resident: to say whether it is done, or for the day agreed on."""


class Party(StrEnum):
    """As what somebody acts on a complaint."""

    REPORTER = "reporter"
    COMPANY = "company"
    OFFICE = "office"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """The party in Chinese."""
        return _PARTIES[self]


class Action(StrEnum):
    """What can be done with a complaint."""

    DISPATCH = "dispatch"
    SETTLE = "settle"
    TAKE = "take"
    REFUSE = "refuse"
    ACCEPT = "accept"
    ASSIGN = "assign"
    REPLY = "reply"
    COMPLETE = "complete"
    HAND_BACK = "hand_back"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    DENY_EXTENSION = "deny_extension"
    PAUSE = "pause"
    RESUME = "resume"
    NOTE = "note"
    ADD = "add"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    DISPUTE = "dispute"
    CALL_UNREACHED = "call_unreached"
    VERIFY = "verify"
    FIND_UNSOLVED = "find_unsolved"
    CLOSE_SILENT = "close_silent"
    RECLASSIFY = "reclassify"
    MERGE = "merge"
    SPLIT = "split"
    SPLIT_OFF = "split_off"
    FLAG = "flag"
    UNFLAG = "unflag"

    @property
    def label(self) -> str:
        """The action in Chinese, as a button says it."""
        return _ACTIONS[self]


class Happening(StrEnum):
    """What stands on the time line: the actions, and what happens without one."""

    FILED = "filed"
    DISPATCHED = Action.DISPATCH.value
    SETTLED = Action.SETTLE.value
    TAKEN = Action.TAKE.value
    REFUSED = Action.REFUSE.value
    ACCEPTED = Action.ACCEPT.value
    ASSIGNED = Action.ASSIGN.value
    REPLIED = Action.REPLY.value
    COMPLETED = Action.COMPLETE.value
    HANDED_BACK = Action.HAND_BACK.value
    EXTENSION_ASKED = Action.ASK_EXTENSION.value
    EXTENDED = Action.EXTEND.value
    EXTENSION_DENIED = Action.DENY_EXTENSION.value
    PAUSED = Action.PAUSE.value
    RESUMED = Action.RESUME.value
    NOTED = Action.NOTE.value
    ADDED = Action.ADD.value
    CONFIRMED = Action.CONFIRM.value
    REOPENED = Action.REOPEN.value
    DISPUTED = Action.DISPUTE.value
    CALL_UNREACHED = Action.CALL_UNREACHED.value
    VERIFIED = Action.VERIFY.value
    FOUND_UNSOLVED = Action.FIND_UNSOLVED.value
    CLOSED_SILENTLY = Action.CLOSE_SILENT.value
    RECLASSIFIED = Action.RECLASSIFY.value
    MERGED = Action.MERGE.value
    SPLIT = Action.SPLIT.value
    SPLIT_OFF = Action.SPLIT_OFF.value
    FLAGGED = Action.FLAG.value
    UNFLAGGED = Action.UNFLAG.value
    ABSORBED = "absorbed"
    ESCALATED = "escalated"
    WHISTLED = "whistled"
    CALL_SIGNED = "call_signed"
    CALL_REFUSED = "call_refused"
    CALL_INSISTED = "call_insisted"
    CALL_WITHDRAWN = "call_withdrawn"
    CALL_ARRIVED = "call_arrived"
    CALL_FINISHED = "call_finished"
    CALL_LATE = "call_late"


INTERNAL = frozenset({Action.NOTE})
"""What the resident does not see."""
WORK = frozenset(
    {Action.ACCEPT, Action.TAKE, Action.REPLY, Action.COMPLETE, Action.ASK_EXTENSION, Action.PAUSE}
)
"""Whoever did one of these has acted and cannot verify."""

_LABELS = {
    State.FILED: "待分派",
    State.DISPATCHED: "待签收",
    State.ACCEPTED: "处理中",
    State.WAITING: "等居民配合",
    State.DONE: "待居民确认",
    State.REOPENED: "退回重办",
    State.RETURNED: "待改派",
    State.CLOSED: "已办结",
    State.NOT_ACCEPTED: "不予受理",
    State.MERGED: "已并入同一件事",
}
_PARTIES = {
    Party.REPORTER: "反映人",
    Party.COMPANY: "物业",
    Party.OFFICE: "社区",
    Party.SYSTEM: "系统",
}
_ACTIONS = {
    Action.DISPATCH: "分派",
    Action.SETTLE: "裁定仍由原单位办理",
    Action.TAKE: "由社区自己办理",
    Action.REFUSE: "不予受理",
    Action.ACCEPT: "签收",
    Action.ASSIGN: "交给同事",
    Action.REPLY: "答复",
    Action.COMPLETE: "报告办好",
    Action.HAND_BACK: "退回社区",
    Action.ASK_EXTENSION: "申请延期",
    Action.EXTEND: "同意延期",
    Action.DENY_EXTENSION: "不同意延期",
    Action.PAUSE: "等居民配合",
    Action.RESUME: "继续办理",
    Action.NOTE: "内部备注",
    Action.ADD: "补充",
    Action.CONFIRM: "已经解决",
    Action.REOPEN: "退回重办",
    Action.DISPUTE: "不同意自动办结",
    Action.CALL_UNREACHED: "回访没有接通",
    Action.VERIFY: "回访：已经解决",
    Action.FIND_UNSOLVED: "回访：没有解决",
    Action.CLOSE_SILENT: "到期自动办结",
    Action.RECLASSIFY: "改事项",
    Action.MERGE: "并入另一件",
    Action.SPLIT: "拆出来单独办",
    Action.SPLIT_OFF: "拆出另一件事",
    Action.FLAG: "标为公共安全",
    Action.UNFLAG: "取消公共安全标记",
}
