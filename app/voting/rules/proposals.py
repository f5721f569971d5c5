"""业主提议: a fifth of the area and of the number calls an assembly (物业管理条例 art. 13)."""

from enum import StrEnum

from app.kit.refusal import Conflict, Refusal
from app.voting.rules.weights import Weight


class ProposalState(StrEnum):
    """How far a proposal has come."""

    COLLECTING = "collecting"
    REACHED = "reached"
    DRAFTED = "drafted"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """For badges."""
        return {
            ProposalState.COLLECTING: "征集联署",
            ProposalState.REACHED: "已达五分之一",
            ProposalState.DRAFTED: "已起草会议",
            ProposalState.CLOSED: "已撤回",
        }[self]


class SignatureKind(StrEnum):
    """A signature, or the taking back of it."""

    SIGN = "sign"
    WITHDRAW = "withdraw"


def support_least(total: int) -> int:
    """The smallest whole number that is at least a fifth of the total."""
    return -(-total // 5)


def missing_support(supporters: Weight, roll: Weight) -> Weight:
    """What a proposal still lacks, by area and by number."""
    return Weight(
        max(0, support_least(roll.area_centi) - supporters.area_centi),
        max(0, support_least(roll.heads) - supporters.heads),
    )


def check_collecting(state: ProposalState) -> None:
    """Signatures are given and taken back while they are collected."""
    if state is ProposalState.CLOSED:
        raise Refusal("提议人已经撤回这个提议，不用再签。", code="proposal_closed")
    if state is not ProposalState.COLLECTING:
        raise Refusal(
            "联署已经达到五分之一并交给社区，现在不能再签或撤回。", code="proposal_reached"
        )


def next_turn(turn: int | None, wanted: SignatureKind) -> int:
    """Signatures and withdrawals of one voter alternate; the same twice is refused."""
    signed = turn is not None and turn % 2 == 0
    if wanted is SignatureKind.SIGN and signed:
        raise Conflict("这一户已经联署过了，一户只签一次。", code="signed_before")
    if wanted is SignatureKind.WITHDRAW and not signed:
        raise Conflict("您还没有联署，不用撤回。", code="not_signed")
    return 0 if turn is None else turn + 1
