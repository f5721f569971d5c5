"""States of a complaint (民生诉求) and the ONE table of who may move it where.

Accept → dispatch → sign for → act → the resident verifies (处置效果群众检验). Who acts never
verifies: the reporter of a complaint is never counted among those who work on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.kit.refusal import Conflict, Invalid, NotFound


class State(StrEnum):
    """Where a complaint stands."""

    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    DONE = "done"
    REOPENED = "reopened"
    RETURNED = "returned"
    CLOSED = "closed"
    NOT_ACCEPTED = "not_accepted"

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


STOPPED = frozenset({State.DONE, State.CLOSED, State.NOT_ACCEPTED})
ENDED = frozenset({State.CLOSED, State.NOT_ACCEPTED})
OPEN = frozenset(State) - ENDED
TO_DISPATCH = frozenset({State.FILED, State.RETURNED})
IN_WORK = frozenset({State.ACCEPTED, State.REOPENED})


class Party(StrEnum):
    """As what somebody acts on a complaint."""

    REPORTER = "reporter"
    COMPANY = "company"
    OFFICE = "office"
    SYSTEM = "system"


class Action(StrEnum):
    """What can be done with a complaint."""

    DISPATCH = "dispatch"
    TAKE = "take"
    REFUSE = "refuse"
    ACCEPT = "accept"
    REPLY = "reply"
    COMPLETE = "complete"
    HAND_BACK = "hand_back"
    ADD = "add"
    CONFIRM = "confirm"
    REOPEN = "reopen"


class Happening(StrEnum):
    """What stands on the time line: the actions, and what happens without one."""

    FILED = "filed"
    DISPATCHED = Action.DISPATCH.value
    TAKEN = Action.TAKE.value
    REFUSED = Action.REFUSE.value
    ACCEPTED = Action.ACCEPT.value
    REPLIED = Action.REPLY.value
    COMPLETED = Action.COMPLETE.value
    HANDED_BACK = Action.HAND_BACK.value
    ADDED = Action.ADD.value
    CONFIRMED = Action.CONFIRM.value
    REOPENED = Action.REOPEN.value
    ESCALATED = "escalated"


class Need(StrEnum):
    """What must be given with an action."""

    TEXT = "text"
    ORGANIZATION = "organization"
    GROUND = "ground"
    RATING = "rating"


class Ground(StrEnum):
    """Why a report is not accepted (不予受理): each tells where to go instead."""

    EMERGENCY = "emergency"
    IN_COURT = "in_court"
    DISCIPLINE = "discipline"
    REPEATED = "repeated"
    NOT_HERE = "not_here"

    @property
    def label(self) -> str:
        """The ground in plain words."""
        return _GROUNDS[self][0]

    @property
    def where_to_go(self) -> str:
        """The address that can help."""
        return _GROUNDS[self][1]


class Rating(StrEnum):
    """How satisfied the resident is once the matter is solved."""

    SATISFIED = "satisfied"
    FAIRLY = "fairly"
    UNSATISFIED = "unsatisfied"

    @property
    def label(self) -> str:
        """The rating in Chinese."""
        return _RATINGS[self]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `target` None: the state stays. `handling`: only while responsible."""

    action: Action
    party: Party
    sources: frozenset[State]
    target: State | None
    needs: frozenset[Need] = frozenset()
    handling: bool = False


def _row(
    action: Action,
    party: Party,
    sources: Iterable[State],
    target: State | None,
    *needs: Need,
    handling: bool = False,
) -> Transition:
    return Transition(action, party, frozenset(sources), target, frozenset(needs), handling)


_WAITING = {State.FILED, State.DISPATCHED, State.RETURNED}
_HELD = {State.DISPATCHED, State.ACCEPTED, State.REOPENED}

# action, who, from, to, what must be given
TRANSITIONS: tuple[Transition, ...] = (
    _row(Action.DISPATCH, Party.OFFICE, _WAITING, State.DISPATCHED, Need.ORGANIZATION),
    _row(Action.TAKE, Party.OFFICE, TO_DISPATCH, State.ACCEPTED),
    _row(Action.REFUSE, Party.OFFICE, _WAITING, State.NOT_ACCEPTED, Need.GROUND, Need.TEXT),
    _row(Action.ACCEPT, Party.COMPANY, {State.DISPATCHED}, State.ACCEPTED),
    _row(Action.REPLY, Party.COMPANY, IN_WORK, None, Need.TEXT),
    _row(Action.REPLY, Party.OFFICE, IN_WORK, None, Need.TEXT, handling=True),
    _row(Action.COMPLETE, Party.COMPANY, IN_WORK, State.DONE, Need.TEXT),
    _row(Action.COMPLETE, Party.OFFICE, IN_WORK, State.DONE, Need.TEXT, handling=True),
    _row(Action.HAND_BACK, Party.COMPANY, _HELD, State.RETURNED, Need.TEXT),
    _row(Action.ADD, Party.REPORTER, OPEN, None, Need.TEXT),
    _row(Action.CONFIRM, Party.REPORTER, {State.DONE}, State.CLOSED, Need.RATING),
    _row(Action.REOPEN, Party.REPORTER, {State.DONE}, State.REOPENED, Need.TEXT),
)

_LABELS = {
    State.FILED: "待分派",
    State.DISPATCHED: "待签收",
    State.ACCEPTED: "处理中",
    State.DONE: "待居民确认",
    State.REOPENED: "退回重办",
    State.RETURNED: "待改派",
    State.CLOSED: "已办结",
    State.NOT_ACCEPTED: "不予受理",
}
_GROUNDS = {
    Ground.EMERGENCY: (
        "紧急警情、火情或急救",
        "请直接拨打 110（报警）、119（火警）或 120（急救）。",
    ),
    Ground.IN_COURT: (
        "已进入诉讼或仲裁",
        "请向受理的法院或仲裁机构反映；需要法律帮助可拨打 12348。",
    ),
    Ground.DISCIPLINE: (
        "属于纪检监察的事项",
        "请向纪检监察机关反映，举报电话 12388。",
    ),
    Ground.REPEATED: (
        "同一件事重复反映，没有新的理由",
        "请在原来那件的经过里补充新情况。",
    ),
    Ground.NOT_HERE: (
        "不是本社区范围内的事",
        "请拨打 12345，由热线转给负责的单位。",
    ),
}
_RATINGS = {
    Rating.SATISFIED: "满意",
    Rating.FAIRLY: "基本满意",
    Rating.UNSATISFIED: "不满意",
}
_MISSING = {
    Need.TEXT: ("text", "请写几个字，说明情况或理由。"),
    Need.ORGANIZATION: ("organization", "请选择交给哪家单位办理。"),
    Need.GROUND: ("ground", "请选择不受理的原因。"),
    Need.RATING: ("rating", "请选一下满意不满意。"),
}


def parties_of(*, is_reporter: bool, in_company: bool, in_office: bool) -> frozenset[Party]:
    """As what a person may act. The reporter is only the reporter: who acts never verifies."""
    if is_reporter:
        return frozenset({Party.REPORTER})
    acting = {Party.COMPANY: in_company, Party.OFFICE: in_office}
    return frozenset(party for party, held in acting.items() if held)


def transition(
    action: Action, state: State, parties: frozenset[Party], *, company_responsible: bool
) -> Transition:
    """The row that lets these parties do this now.

    Raises NotFound when it is none of their business, Conflict when the state does not allow it.
    """
    mine = [
        row
        for row in TRANSITIONS
        if row.action is action
        and row.party in parties
        and not (row.handling and company_responsible)
    ]
    if not mine:
        raise NotFound
    for row in mine:
        if state in row.sources:
            return row
    raise Conflict(f"这件诉求现在是“{state.label}”，不能再做这一步。请刷新页面看看最新进展。")


def possible(
    state: State, parties: frozenset[Party], *, company_responsible: bool
) -> tuple[Action, ...]:
    """What these parties can do now, in the order of the table."""
    rows = (
        row.action
        for row in TRANSITIONS
        if row.party in parties
        and state in row.sources
        and not (row.handling and company_responsible)
    )
    return tuple(dict.fromkeys(rows))


def check_given(row: Transition, given: frozenset[Need]) -> None:
    """Raises Invalid naming every field that is missing."""
    missing = [_MISSING[need] for need in Need if need in row.needs - given]
    if missing:
        raise Invalid(missing[0][1], errors=dict(missing))
