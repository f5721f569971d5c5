"""What is counted: exclusive area in 0.01 m² and heads, whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass, fields


class TallyBroken(ValueError):  # noqa: N818 - says what happened to the tally
    """The counts contradict each other: nothing may be decided on them."""


@dataclass(frozen=True, slots=True)
class Weight:
    """An area and a number of voters."""

    area_centi: int
    heads: int

    def __post_init__(self) -> None:
        for count in (self.area_centi, self.heads):
            # True would count as one and 0.1 + 0.2 would decide a vote.
            if type(count) is not int:
                raise TypeError("areas and heads are whole numbers")
            if count < 0:
                raise TallyBroken("areas and heads are not negative")

    def __add__(self, other: Weight) -> Weight:
        return Weight(self.area_centi + other.area_centi, self.heads + other.heads)

    def within(self, other: Weight) -> bool:
        """Whether neither count is larger than the other's."""
        return self.area_centi <= other.area_centi and self.heads <= other.heads


NOTHING = Weight(0, 0)


@dataclass(frozen=True, slots=True)
class Tally:
    """The frozen roll, those who took part, and how they divided.

    An abstention takes part; silence never counts as following the majority.
    """

    roll: Weight
    took_part: Weight
    in_favour: Weight
    against: Weight
    abstained: Weight

    def __post_init__(self) -> None:
        if any(not isinstance(getattr(self, field.name), Weight) for field in fields(self)):
            raise TypeError("a tally is made of weights")
        if self.roll.area_centi == 0 or self.roll.heads == 0:
            raise TallyBroken("a roll has voters and area")
        if not self.took_part.within(self.roll):
            raise TallyBroken("more took part than are on the roll")
        if self.in_favour + self.against + self.abstained != self.took_part:
            raise TallyBroken("the choices do not add up to those who took part")


def proposal_supported(supporters: Weight, roll: Weight) -> bool:
    """Owners may propose an assembly with a fifth of the area and of the number."""
    return 5 * supporters.area_centi >= roll.area_centi and 5 * supporters.heads >= roll.heads
