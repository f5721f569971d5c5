"""Who is one voter (建筑物区分所有权司法解释 8、9)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from app.voting.rules.weights import Weight


@dataclass(frozen=True, slots=True)
class Holding:
    """A unit as the register has it when the roll is made."""

    unit: Hashable
    area_centi: int
    owners: frozenset[Hashable]
    developer_held: bool = False


@dataclass(frozen=True, slots=True)
class Voter:
    """One head, with the area of all its units."""

    units: tuple[Hashable, ...]
    owners: frozenset[Hashable]
    area_centi: int
    developer: bool = False

    @property
    def unknown(self) -> bool:
        """Nobody is registered: the unit counts, but a person must find its owner."""
        return not self.owners and not self.developer


@dataclass(frozen=True, slots=True)
class Overlap:
    """One owner in several voters, by their place on the roll, for a person to confirm."""

    owner: Hashable
    voters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Roll:
    """The voters in the order of their first unit, and what needs a person's eye."""

    voters: tuple[Voter, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def weight(self) -> Weight:
        """The totals everything is measured against."""
        return Weight(sum(voter.area_centi for voter in self.voters), len(self.voters))


def merge_voters(holdings: Iterable[Holding]) -> Roll:
    """Units of exactly the same owners are one voter; the developer's are one together.

    Sets that overlap only in part stay apart: whether a couple's flat and the wife's shop
    are one head is not for a program to say.
    """
    groups: dict[Hashable, list[Holding]] = {}
    seen: set[Hashable] = set()
    for holding in holdings:
        _check(holding, seen)
        groups.setdefault(_voter_key(holding), []).append(holding)
    voters = tuple(_voter(group) for group in groups.values())
    return Roll(voters, _overlaps(voters))


def _check(holding: Holding, seen: set[Hashable]) -> None:
    if type(holding.area_centi) is not int or holding.area_centi <= 0:
        raise ValueError("a unit has an area in whole hundredths")
    if holding.unit in seen:
        raise ValueError("a unit is on the roll once")
    seen.add(holding.unit)


def _voter_key(holding: Holding) -> Hashable:
    if holding.developer_held:
        return ("developer",)
    # Two units nobody is registered for do not belong to the same nobody.
    return ("owners", holding.owners) if holding.owners else ("unit", holding.unit)


def _voter(group: list[Holding]) -> Voter:
    return Voter(
        units=tuple(holding.unit for holding in group),
        owners=frozenset().union(*(holding.owners for holding in group)),
        area_centi=sum(holding.area_centi for holding in group),
        developer=group[0].developer_held,
    )


def _overlaps(voters: tuple[Voter, ...]) -> tuple[Overlap, ...]:
    places: dict[Hashable, list[int]] = {}
    for place, voter in enumerate(voters):
        for owner in voter.owners:
            places.setdefault(owner, []).append(place)
    shared = [Overlap(owner, tuple(found)) for owner, found in places.items() if len(found) > 1]
    return tuple(sorted(shared, key=lambda overlap: (overlap.voters, str(overlap.owner))))
