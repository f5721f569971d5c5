"""民法典 278 for elections: each candidate must reach the ordinary threshold alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.voting.rules.decision import Outcome, quorum_least
from app.voting.rules.matters import Threshold
from app.voting.rules.weights import TallyBroken, Weight

ORDINARY = Threshold.ORDINARY


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a candidate came out. `tied`: equal with others across the last seat."""

    candidate: str
    in_favour: Weight
    reached: bool
    elected: bool = False
    alternate: bool = False
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Election:
    """The candidates in the order of the count, and what follows.

    Adopted: at least one candidate reached the threshold. With a tie the tied seats stay open until
    it is decided by the rules of procedure.
    """

    outcome: Outcome
    quorum_met: bool
    threshold: Threshold
    standings: tuple[Standing, ...]

    @property
    def tie(self) -> tuple[str, ...]:
        """Those equal across the last seat; the system never chooses among them."""
        return tuple(standing.candidate for standing in self.standings if standing.tied)


def decide_election(
    seats: int, roll: Weight, took_part: Weight, votes: Mapping[str, Weight]
) -> Election:
    """More than half, by area and by number, of those who took part; then the order of the count.

    `votes` names every candidate in the order of the ballot. Those who reach the threshold are
    ordered by heads, then area: the first `seats` are elected, the others are alternates.
    """
    if seats < 1 or not took_part.within(roll):
        raise TallyBroken("an election has seats, and no more take part than are on the roll")
    if any(not weight.within(took_part) for weight in votes.values()):
        raise TallyBroken("nobody is chosen by more voters than took part")
    ordered = sorted(votes.items(), key=lambda vote: _strength(vote[1]), reverse=True)
    quorum_met = took_part.area_centi >= quorum_least(
        roll.area_centi
    ) and took_part.heads >= quorum_least(roll.heads)
    reached = [name for name, weight in ordered if quorum_met and _reaches(weight, took_part)]
    tied = _tied(reached, seats, votes)
    standings = tuple(
        Standing(
            candidate=name,
            in_favour=weight,
            reached=_reaches(weight, took_part),
            elected=name in reached[:seats] and name not in tied,
            alternate=name in reached[seats:] and name not in tied,
            tied=name in tied,
        )
        for name, weight in ordered
    )
    return Election(_outcome(reached, quorum_met=quorum_met), quorum_met, ORDINARY, standings)


def _tied(reached: Sequence[str], seats: int, votes: Mapping[str, Weight]) -> set[str]:
    """All as strong as both the last who would get a seat and the first who would not."""
    if len(reached) <= seats:
        return set()
    last_in, first_out = (_strength(votes[name]) for name in reached[seats - 1 : seats + 1])
    if last_in != first_out:
        return set()
    return {name for name in reached if _strength(votes[name]) == last_in}


def _reaches(weight: Weight, took_part: Weight) -> bool:
    return weight.area_centi >= ORDINARY.least(
        took_part.area_centi
    ) and weight.heads >= ORDINARY.least(took_part.heads)


def _outcome(reached: Sequence[str], *, quorum_met: bool) -> Outcome:
    if not quorum_met:
        return Outcome.QUORUM_NOT_MET
    return Outcome.ADOPTED if reached else Outcome.REJECTED


def _strength(weight: Weight) -> tuple[int, int]:
    return weight.heads, weight.area_centi
