"""The five indicators, what a figure consists of, and its grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.kit.shares import percent_down

GREEN_PERCENT = 95
YELLOW_PERCENT = 80


class Indicator(StrEnum):
    """五个全覆盖, in the order of the reports."""

    PARTY = "party"
    SUPERVISION = "supervision"
    SERVICE = "service"
    COMMITTEE = "committee"
    MAINTENANCE = "maintenance"

    @property
    def label(self) -> str:
        """The full Chinese name."""
        return _WORDS[self][0]

    @property
    def short(self) -> str:
        """A name for narrow columns."""
        return _WORDS[self][1]

    @property
    def rule(self) -> str:
        """How the figure is formed, in one sentence."""
        return _WORDS[self][2]

    @property
    def unit(self) -> str:
        """What is counted."""
        return _WORDS[self][3]


_WORDS = {
    Indicator.PARTY: (
        "物业行业党的领导",
        "党的领导",
        "党的组织或工作已覆盖的物业企业 ÷ 全部物业企业。正式党员满 3 名的企业应当建立党组织。",
        "家物业企业",
    ),
    Indicator.SUPERVISION: (
        "物业企业监督管理",
        "监督管理",
        "物业服务合同已备案的小区 ÷ 有物业企业服务的小区。",
        "个小区",
    ),
    Indicator.SERVICE: (
        "住宅小区物业服务",
        "物业服务",
        "有专业服务、单位自管、业主自管或街道社区托管的住宅小区 ÷ 全部住宅小区。",
        "个小区",
    ),
    Indicator.COMMITTEE: (
        "业主委员会（自管委员会）组建",
        "业委会",
        "委员会已备案且在任期内的住宅小区 ÷ 应当组建的住宅小区。到期未换届不算。",
        "个小区",
    ),
    Indicator.MAINTENANCE: (
        "相关市政定期维护",
        "定期维护",
        "在周期内完成维护并有凭证的设施 ÷ 应当维护的设施。超期不算。",
        "项设施",
    ),
}


class Grade(StrEnum):
    """达标、接近、不达标; nothing to count is no grade at all."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NOT_APPLICABLE = "na"

    @property
    def label(self) -> str:
        """The grade in words."""
        return _GRADES[self][0]

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return _GRADES[self][1]


_GRADES = {
    Grade.GREEN: ("达标", "done"),
    Grade.YELLOW: ("接近达标", "due"),
    Grade.RED: ("不达标", "late"),
    Grade.NOT_APPLICABLE: ("不适用", "quiet"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about: a row of another room, named without any person."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Case:
    """One unit of the denominator: covered or not, and why."""

    subject: Subject
    covered: bool
    reason: str = ""
    excused: str = ""
    veto: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the missing or exempt list."""

    kind: str
    id: str
    label: str
    reason: str
    veto: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A figure reported beside the main one."""

    label: str
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator: numerator, denominator, what is missing, what is exempt and why."""

    indicator: Indicator
    numerator: int
    denominator: int
    missing: tuple[Item, ...] = ()
    exempt: tuple[Item, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def veto(self) -> bool:
        """Whether something missing is a safety veto."""
        return any(item.veto for item in self.missing)

    @property
    def grade(self) -> Grade:
        """The grade of this figure."""
        return grade_of(self.numerator, self.denominator, vetoed=self.veto)

    @property
    def percent(self) -> str:
        """Rounded down; a dash when there is nothing to count."""
        return say_percent(self.numerator, self.denominator)

    def as_json(self) -> dict[str, Any]:
        """As it is stored and sealed."""
        return {**asdict(self), "indicator": self.indicator.value, "veto": self.veto}


def figure_from_json(stored: Mapping[str, Any]) -> Figure:
    """A stored figure."""
    return Figure(
        indicator=Indicator(stored["indicator"]),
        numerator=stored["numerator"],
        denominator=stored["denominator"],
        missing=tuple(Item(**item) for item in stored["missing"]),
        exempt=tuple(Item(**item) for item in stored["exempt"]),
        parts=tuple(Part(**part) for part in stored["parts"]),
    )


def say_percent(numerator: int, denominator: int) -> str:
    """One decimal, rounded down; whole and nothing without. A dash when nothing is counted."""
    whole = numerator in {0, denominator}
    return percent_down(numerator, denominator, 0 if whole else 1)


def grade_of(numerator: int, denominator: int, *, vetoed: bool = False) -> Grade:
    """Green ≥ 95 % without veto, yellow from 80 %, red below or vetoed."""
    if denominator == 0:
        return Grade.NOT_APPLICABLE
    if vetoed or 100 * numerator < YELLOW_PERCENT * denominator:
        return Grade.RED
    return Grade.GREEN if 100 * numerator >= GREEN_PERCENT * denominator else Grade.YELLOW


def figure_of(
    indicator: Indicator,
    cases: Iterable[Case],
    exemptions: Mapping[str, str],
    parts: tuple[Part, ...] = (),
) -> Figure:
    """Count the cases. What is exempt leaves the denominator, never enters the numerator.

    `exemptions`: reason by subject id. Covered cases need none, vetoes are never exempt.
    """
    covered, missing, exempt = 0, [], []
    for case in cases:
        reason = case.excused or exemptions.get(case.subject.id, "")
        if case.covered:
            covered += 1
        elif reason and not case.veto:
            exempt.append(_item(case, reason))
        else:
            missing.append(_item(case, case.reason))
    missing.sort(key=lambda item: not item.veto)
    return Figure(indicator, covered, covered + len(missing), tuple(missing), tuple(exempt), parts)


def _item(case: Case, reason: str) -> Item:
    subject = case.subject
    return Item(subject.kind, subject.id, subject.label, reason, case.veto)
