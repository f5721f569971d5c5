"""Sums over cases: what was reported, how it stands, and the three rates with both numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.complaints.rules.catalogue import title_of
from app.complaints.rules.rates import Rate
from app.complaints.rules.selection import Bucket
from app.kit.shares import percent_down


class By(StrEnum):
    """What the cases are put apart by."""

    CATEGORY = "category"
    BUILDING = "building"
    COMPANY = "company"

    @property
    def label(self) -> str:
        """In Chinese, as a tab says it."""
        return _BY[self]

    @property
    def heading(self) -> str:
        """In Chinese, as the head of a column."""
        return _BY[self].removeprefix("按")


@dataclass(frozen=True, slots=True)
class Share:
    """Numerator and denominator."""

    numerator: int = 0
    denominator: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.numerator + other.numerator, self.denominator + other.denominator)

    @property
    def percent(self) -> str:
        """Rounded down; a dash where there is nothing to divide by."""
        return percent_down(self.numerator, self.denominator, 1)

    @property
    def words(self) -> str:
        """Both numbers."""
        return f"{self.numerator} / {self.denominator}"


@dataclass(frozen=True, slots=True)
class Sums:
    """Cases of one group. `overdue`: open, and the running step is late now."""

    filed: int = 0
    open: int = 0
    overdue: int = 0
    rates: Mapping[Rate, Share] = field(default_factory=lambda: dict.fromkeys(Rate, Share()))

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.filed + other.filed,
            self.open + other.open,
            self.overdue + other.overdue,
            {rate: self.rates[rate] + other.rates[rate] for rate in Rate},
        )


@dataclass(frozen=True, slots=True)
class Flow:
    """What came and went in a bucket, and how much was open at its end."""

    bucket: Bucket
    filed: int
    closed: int
    open: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """What came, went and was left."""
        return self.filed, self.closed, self.open


def sums_of(row: Any) -> Sums:
    """The sums of a row whose columns `queries.measures.sums` named."""
    shares = {
        rate: Share(int(getattr(row, f"{rate}_in")), int(getattr(row, f"{rate}_of")))
        for rate in Rate
    }
    return Sums(row.filed, row.open, row.overdue, shares)


def whole(parts: Iterable[Sums]) -> Sums:
    """All of them together: sums of numerators and denominators, never means of percentages."""
    total = Sums()
    for part in parts:
        total += part
    return total


def flow(
    steps: Sequence[Bucket], filed: Mapping[date, int], closed: Mapping[date, int], before: int
) -> list[Flow]:
    """Days put into buckets; `before`: how many were open when the first began."""
    found, open_ = [], before
    for bucket in steps:
        came = sum(count for day, count in filed.items() if bucket.first <= day <= bucket.last)
        went = sum(count for day, count in closed.items() if bucket.first <= day <= bucket.last)
        open_ += came - went
        found.append(Flow(bucket, came, went, open_))
    return found


def group_title(by: By, row: Any, names: Mapping[str, Mapping[UUID, str]]) -> str:
    """What a group is called. `names`: of compounds, buildings and companies."""
    if by is By.CATEGORY:
        return row.title or title_of(row.key)
    if by is By.COMPANY:
        return names["company"].get(row.key, "社区") if row.key else "社区"
    compound = names["compound"].get(row.compound_id, "") if row.compound_id else "小区外"
    if row.compound_id is None:
        return compound
    return f"{compound} {names['building'].get(row.key, '')}" if row.key else f"{compound} 公共地方"


_BY = {By.CATEGORY: "按事项", By.BUILDING: "按楼栋", By.COMPANY: "按办理单位"}
