"""民法典 278 in integers: enough took part, then enough of those were in favour."""

from dataclasses import dataclass
from enum import StrEnum

from app.voting.rules.matters import Matter, Threshold
from app.voting.rules.weights import NOTHING, Tally, Weight


class Outcome(StrEnum):
    """Three, never two: without a quorum nothing was rejected."""

    QUORUM_NOT_MET = "quorum_not_met"
    REJECTED = "rejected"
    ADOPTED = "adopted"

    @property
    def label(self) -> str:
        """For the result page."""
        return {
            Outcome.QUORUM_NOT_MET: "参与人数或面积不足，未形成决定",
            Outcome.REJECTED: "未通过",
            Outcome.ADOPTED: "通过",
        }[self]


@dataclass(frozen=True, slots=True)
class Missing:
    """The least that was still needed; for approval, among those who took part."""

    quorum: Weight
    approval: Weight


@dataclass(frozen=True, slots=True)
class Decision:
    """What the law makes of a tally."""

    outcome: Outcome
    quorum_met: bool
    threshold: Threshold
    missing: Missing


def decide(statute_matter: Matter, tally: Tally) -> Decision:
    """Two thirds of area and of number take part; then the matter's threshold of those."""
    threshold = statute_matter.threshold
    missing = Missing(
        quorum=quorum_missing(tally),
        approval=Weight(
            _short(threshold.least(tally.took_part.area_centi), tally.in_favour.area_centi),
            _short(threshold.least(tally.took_part.heads), tally.in_favour.heads),
        ),
    )
    quorum_met = missing.quorum == NOTHING
    if not quorum_met:
        outcome = Outcome.QUORUM_NOT_MET
    elif missing.approval == NOTHING:
        outcome = Outcome.ADOPTED
    else:
        outcome = Outcome.REJECTED
    return Decision(outcome, quorum_met, threshold, missing)


def quorum_missing(tally: Tally) -> Weight:
    """What is still needed until two thirds took part, by area and by number."""
    return Weight(
        _short(quorum_least(tally.roll.area_centi), tally.took_part.area_centi),
        _short(quorum_least(tally.roll.heads), tally.took_part.heads),
    )


def quorum_least(total: int) -> int:
    """The smallest whole number that is at least two thirds of the total."""
    return -(-2 * total // 3)


def _short(needed: int, present: int) -> int:
    return max(0, needed - present)
