"""住改商 (民法典 279): turning a dwelling into business premises is not put to a majority."""

from enum import StrEnum

from app.kit.refusal import Conflict, Refusal


class ConsentState(StrEnum):
    """Where the asking of every interested owner stands."""

    COLLECTING = "collecting"
    STOPPED = "stopped"
    COMPLETE = "complete"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """For badges."""
        return {
            ConsentState.COLLECTING: "征求意见中",
            ConsentState.STOPPED: "有业主不同意，不能改",
            ConsentState.COMPLETE: "全部同意",
            ConsentState.CANCELLED: "已撤回",
        }[self]


class ConsentAnswer(StrEnum):
    """What an interested owner says; silence is neither."""

    AGREE = "agree"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        """On the form."""
        return "同意" if self is ConsentAnswer.AGREE else "不同意"


def state_after(answer: ConsentAnswer, agreed: int, parties: int) -> ConsentState:
    """One refusal stops it; the last consent completes it. `agreed` includes this answer."""
    if parties < 1 or not 0 <= agreed <= parties:
        raise ValueError("more agreed than were asked")
    if answer is ConsentAnswer.REFUSE:
        return ConsentState.STOPPED
    return ConsentState.COMPLETE if agreed == parties else ConsentState.COLLECTING


def check_asking(state: ConsentState) -> None:
    """Answers are taken while it runs."""
    if state is ConsentState.COLLECTING:
        return
    sentence = {
        ConsentState.STOPPED: "已经有业主不同意，这次住改商不能进行，不用再表态。",
        ConsentState.COMPLETE: "有利害关系的业主都已同意，征求意见已经结束。",
        ConsentState.CANCELLED: "申请人已经撤回，不用再表态。",
    }[state]
    raise Refusal(sentence, code="consent_over")


def check_unanswered(*, answered: bool) -> None:
    """An answer is given once."""
    if answered:
        raise Conflict("这位业主已经表过态，表态后不能更改。", code="consent_answered")
