"""What reviewers above see of a community's complaints: sums, and no sum that tells of a person.

Every figure here is this product's own choice and not an official one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.complaints.rules.figures import Share
from app.complaints.rules.rates import Rate

SMALLEST_GROUP = 5
"""Fewer verdicts or cases than this are not shown by themselves: neighbours who know that somebody
complained would learn what that person said of the result (个人信息保护法 6)."""
HARD_LATE = timedelta(days=7)
HARD_EXTENSIONS = 2
HARD_REOPENED = 2
REPEATED_WITHIN = timedelta(days=30)

HARD_SENTENCE = (
    f"难办：还没办结，而且超过承诺 {HARD_LATE.days} 天以上，"
    f"或者延期过 {HARD_EXTENSIONS} 次，或者被居民退回过 {HARD_REOPENED} 次。"
)
REPEATED_SENTENCE = (
    f"重复反映：同一个地方、同一类事，{REPEATED_WITHIN.days} 天内又有人反映；"
    "合并到一起办的也算。地方只写到小区的不比较。"
)
HIDDEN_SENTENCE = (
    f"居民评价不到 {SMALLEST_GROUP} 次的社区，不单列解决率和满意率；同一街道里这样的社区"
    f"合起来还不到 {SMALLEST_GROUP} 次的，也不算进合计，免得猜出是谁说的。"
    f"不到 {SMALLEST_GROUP} 件的事项合在“其他事项”里。"
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report as repetition sees it. `place`: the finest place below the compound, or none."""

    id: UUID
    category: str
    place: UUID | None
    filed_at: datetime
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A community's or a region's sums of one month, and how its open cases stand now.

    `made_at`: when the oldest of its figures were made; none: nothing was ever counted there.
    """

    code: str
    name: str
    region_path: str
    open: int
    overdue: int
    hard: int
    filed: int
    closed: int
    repeated: int
    shares: Mapping[Rate, Share]
    made_at: datetime | None = None

    @property
    def verdicts(self) -> int:
        """How often residents said what they think of a result."""
        return self.shares[Rate.RESOLVED].denominator

    @classmethod
    def of(cls, row: Any) -> Standing:
        """The standing of a community's row."""
        return cls(
            code=row.code,
            name=row.name,
            region_path=row.region_path,
            open=row.open,
            overdue=row.overdue,
            hard=row.hard,
            made_at=row.made_at,
            **_sums(row),
        )

    @classmethod
    def of_month(cls, row: Any) -> Standing:
        """The sums of a community's month, without how anything stands now."""
        path = row.region_path
        return cls(code="", name="", region_path=path, open=0, overdue=0, hard=0, **_sums(row))

    @property
    def few(self) -> bool:
        """Whether the opinions by themselves would tell what single people said."""
        return 0 < self.verdicts < SMALLEST_GROUP


def together(standings: Iterable[Standing]) -> Standing:
    """Sums of numerators and denominators, never means of percentages; opinions as `published`."""
    parts = list(standings)
    made = [part.made_at for part in parts if part.made_at is not None]
    heard = [
        parts[place] for place in published((part.region_path, part.verdicts) for part in parts)
    ]
    shares = {rate: sum((part.shares[rate] for part in heard), Share()) for rate in Rate}
    answered = sum((part.shares[Rate.RESPONSE] for part in parts), Share())
    return Standing(
        code="",
        name="",
        region_path="",
        open=sum(part.open for part in parts),
        overdue=sum(part.overdue for part in parts),
        hard=sum(part.hard for part in parts),
        filed=sum(part.filed for part in parts),
        closed=sum(part.closed for part in parts),
        repeated=sum(part.repeated for part in parts),
        shares={**shares, Rate.RESPONSE: answered},
        made_at=min(made, default=None),
    )


def _sums(row: Any) -> dict[str, Any]:
    return {
        "filed": row.filed,
        "closed": row.closed,
        "repeated": row.repeated,
        "shares": {
            Rate.RESPONSE: Share(row.response_in, row.response_of),
            Rate.RESOLVED: Share(row.resolved_in, row.verdicts),
            Rate.SATISFIED: Share(row.satisfied_in, row.verdicts),
        },
    }


def repeated(reports: Iterable[Report]) -> frozenset[UUID]:
    """Which of these tell again what was told before: see REPEATED_SENTENCE.

    The first of a row of reports is none of them; a joined duplicate always is one.
    """
    found: set[UUID] = set()
    last: dict[tuple[str, UUID], datetime] = {}
    for one in sorted(reports, key=lambda report: (report.filed_at, report.id)):
        if one.joined:
            found.add(one.id)
        if one.place is None:
            continue
        before = last.get((one.category, one.place))
        if before is not None and one.filed_at - before <= REPEATED_WITHIN:
            found.add(one.id)
        last[one.category, one.place] = one.filed_at
    return frozenset(found)


def is_hard(
    *, open_: bool, promised_at: datetime, extensions: int, reopened: int, now: datetime
) -> bool:
    """Whether a case is a hard one: see HARD_SENTENCE."""
    late = promised_at + HARD_LATE < now
    return open_ and (late or extensions >= HARD_EXTENSIONS or reopened >= HARD_REOPENED)


def published(parts: Iterable[tuple[str, int]]) -> frozenset[int]:
    """Which communities' counts (street and count of each) go into a total, by their place.

    Those of at least the smallest group; and the small ones of a street as long as together they
    are one. So whatever is taken from a total by what is shown below it, no small group is left,
    at whichever level somebody looks.
    """
    listed = list(parts)
    small: dict[str, int] = {}
    for street, count in listed:
        if count < SMALLEST_GROUP:
            small[street] = small.get(street, 0) + count
    return frozenset(
        place
        for place, (street, count) in enumerate(listed)
        if count >= SMALLEST_GROUP or small[street] >= SMALLEST_GROUP
    )


def published_sum(parts: Iterable[tuple[str, int]]) -> int:
    """The total that may be shown of the communities' counts."""
    listed = list(parts)
    return sum(listed[place][1] for place in published(listed))
