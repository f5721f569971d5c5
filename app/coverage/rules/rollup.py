"""Above the communities: sums of numerators and denominators, never means of percentages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.coverage.rules.indicators import Figure, Grade, Indicator, grade_of, say_percent
from app.coverage.rules.reviews import ReportState


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum of figures of one indicator."""

    numerator: int = 0
    denominator: int = 0
    vetoes: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.vetoes + other.vetoes,
        )

    @property
    def grade(self) -> Grade:
        """As for one community, but a veto somewhere below only keeps a region from green."""
        grade = grade_of(self.numerator, self.denominator)
        return Grade.YELLOW if grade is Grade.GREEN and self.vetoes else grade

    @property
    def percent(self) -> str:
        """Rounded down."""
        return say_percent(self.numerator, self.denominator)


Totals = Mapping[Indicator, Tally]


@dataclass(frozen=True, slots=True)
class Standing:
    """A community and its newest report of the quarter, if there is one."""

    code: str
    name: str
    region_path: str
    report_id: str | None
    state: ReportState | None
    totals: Totals

    @property
    def submitted(self) -> bool:
        """Whether its figures count."""
        return self.state is not None and self.state.counts


@dataclass(frozen=True, slots=True)
class RollUp:
    """Several communities together."""

    communities: int
    submitted: int
    reviewed: int
    totals: Totals


def totals_of(figures: Iterable[Figure]) -> dict[Indicator, Tally]:
    """What a report adds to the sums."""
    return {
        figure.indicator: Tally(figure.numerator, figure.denominator, int(figure.veto))
        for figure in figures
    }


def counted(standing: Standing, indicator: Indicator) -> Tally:
    """What a community adds: nothing unless submitted; found untrue, none of it is covered."""
    if not standing.submitted:
        return Tally()
    tally = standing.totals.get(indicator, Tally())
    if standing.state is ReportState.UNTRUE:
        return Tally(0, tally.denominator, tally.vetoes)
    return tally


def roll_up(standings: Iterable[Standing]) -> RollUp:
    """Sum what was submitted; what was not is counted apart, never as 0."""
    listed = list(standings)
    sums = dict.fromkeys(Indicator, Tally())
    for standing in listed:
        for indicator in Indicator:
            sums[indicator] += counted(standing, indicator)
    return RollUp(
        communities=len(listed),
        submitted=sum(item.submitted for item in listed),
        reviewed=sum(item.state is not None and item.state.reviewed for item in listed),
        totals=sums,
    )
