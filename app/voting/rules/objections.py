"""异议: to the roll while the notice runs, to the result while it is published."""

from enum import StrEnum

from app.kit.refusal import Conflict, Refusal
from app.voting.rules.life import State


class ObjectionSubject(StrEnum):
    """What an objection is about."""

    ROLL = "roll"
    RESULT = "result"

    @property
    def label(self) -> str:
        """For headings."""
        return "对名册的异议" if self is ObjectionSubject.ROLL else "对结果的异议"


class ObjectionState(StrEnum):
    """Whether it was answered, and how."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """For badges."""
        return {
            ObjectionState.OPEN: "等答复",
            ObjectionState.UPHELD: "成立",
            ObjectionState.REJECTED: "不成立",
        }[self]


_OBJECTED_WHILE = {
    ObjectionSubject.ROLL: State.NOTICED,
    ObjectionSubject.RESULT: State.PUBLISHED,
}
_NOT_NOW = {
    ObjectionSubject.ROLL: "名册在公告期间可以提异议，现在不能提。有疑问请直接联系社区。",
    ObjectionSubject.RESULT: "结果在公示期间可以提异议，现在不能提。",
}


def check_objecting(subject: ObjectionSubject, state: State) -> None:
    """An objection is raised while its subject is published, neither before nor after."""
    if state is not _OBJECTED_WHILE[subject]:
        raise Refusal(_NOT_NOW[subject], code="objection_not_now")


def may_object(subject: ObjectionSubject, state: State) -> bool:
    """Whether a page offers it."""
    return state is _OBJECTED_WHILE[subject]


def check_answering(state: ObjectionState) -> None:
    """An objection is answered once; the answer stays."""
    if state is not ObjectionState.OPEN:
        raise Conflict("这条异议刚刚已经答复过了。", code="objection_answered")
