"""The three rates (响应率、解决率、满意率): what each counts and what it leaves out.

response  = first contact in time ÷ due
resolved  = verdicts "resolved" ÷ verdicts
satisfied = verdicts "satisfied" or "fairly satisfied" ÷ verdicts

A verdict is what a resident said of a result: confirmed, returned, or answered a call-back. A case
returned once and then confirmed has two, so that a closing that was none stays visible. The
formulas are this product's own reading of 响应率、解决率、满意率 and not an official one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.complaints.rules.answers import Closing, Rating
from app.complaints.rules.states import Happening, Party, State
from app.kit.shares import percent_down

CONTENT = frozenset({Rating.SATISFIED, Rating.FAIRLY})
RESOLVED = frozenset({Happening.CONFIRMED, Happening.VERIFIED})
UNRESOLVED = frozenset({Happening.REOPENED, Happening.FOUND_UNSOLVED, Happening.DISPUTED})
CONTACTS = frozenset({Happening.TAKEN, Happening.ACCEPTED, Happening.REPLIED, Happening.COMPLETED})
"""By these a resident learns that somebody has the matter in hand."""
IN_HAND_BY = frozenset({Party.COMPANY, Party.OFFICE})


class Rate(StrEnum):
    """Which of the three."""

    RESPONSE = "response"
    RESOLVED = "resolved"
    SATISFIED = "satisfied"

    @property
    def label(self) -> str:
        """The rate in Chinese."""
        return _LABELS[self][0]

    @property
    def formula(self) -> str:
        """How it is computed, in plain words."""
        return _LABELS[self][1]


class LeftOut(StrEnum):
    """Why a case is in no denominator of a rate."""

    NOT_ACCEPTED = "not_accepted"
    JOINED = "joined"
    NOT_DUE = "not_due"
    IN_WORK = "in_work"
    WAITING = "waiting"
    NOT_REACHED = "not_reached"

    @property
    def label(self) -> str:
        """The reason in plain words."""
        return _REASONS[self]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the resident said of a result. `rating`: only where one was given."""

    resolved: bool
    rating: Rating | None = None

    @property
    def content(self) -> bool:
        """Whether it counts as satisfied: resolved, and rated so."""
        return self.resolved and self.rating in CONTENT


@dataclass(frozen=True, slots=True)
class Case:
    """What the rates need to know of a complaint.

    `contact_due_at`: by when somebody had to sign for it; `contacted_at`: when first somebody
    did, or answered. `not_reached`: closed because nobody could be reached. `joined`: a duplicate.
    """

    id: UUID
    state: State
    contact_due_at: datetime
    contacted_at: datetime | None
    verdicts: tuple[Verdict, ...] = ()
    not_reached: bool = False
    joined: bool = False


@dataclass(slots=True)
class Tally:
    """One rate: numerator and denominator, the cases behind both, and those left out, by reason."""

    rate: Rate
    numerator: int = 0
    denominator: int = 0
    met: list[UUID] = field(default_factory=list)
    missed: list[UUID] = field(default_factory=list)
    left_out: dict[LeftOut, list[UUID]] = field(default_factory=dict)

    @property
    def share(self) -> str:
        """The percentage, rounded down; a dash where there is nothing to divide by."""
        return percent_down(self.numerator, self.denominator, 1)

    def count(self, case: UUID, met: int, of: int) -> None:
        """Add a case with `met` of `of`."""
        self.numerator += met
        self.denominator += of
        (self.met if met == of else self.missed).append(case)

    def leave_out(self, case: UUID, why: LeftOut) -> None:
        """Name a case that is in neither number."""
        self.left_out.setdefault(why, []).append(case)


def case_of(row: Any) -> Case:
    """The case of a row of facts, which counts verdicts: all, resolved ones, content ones."""
    good, content = row.verdicts_resolved, row.verdicts_content
    return Case(
        id=row.id,
        state=State(row.state),
        contact_due_at=row.contact_due_at,
        contacted_at=row.contacted_at,
        verdicts=(
            *(Verdict(resolved=True, rating=Rating.SATISFIED) for _ in range(content)),
            *(Verdict(resolved=True) for _ in range(good - content)),
            *(Verdict(resolved=False) for _ in range(row.verdicts - good)),
        ),
        not_reached=row.closing == Closing.SILENCE,
        joined=State(row.state) is State.MERGED,
    )


def verdict_of(kind: Happening, rating: str | None) -> Verdict | None:
    """What a line of the time line says of a result; None when it is no verdict."""
    if kind not in RESOLVED | UNRESOLVED:
        return None
    return Verdict(resolved=kind in RESOLVED, rating=Rating(rating) if rating else None)


def three_rates(cases: Iterable[Case], now: datetime) -> dict[Rate, Tally]:
    """The tallies of these cases. Each case is in each of them: counted, or left out by name."""
    tallies = {rate: Tally(rate) for rate in Rate}
    for case in cases:
        _count_response(tallies[Rate.RESPONSE], case, now)
        _count_verdicts(tallies[Rate.RESOLVED], case, [one.resolved for one in case.verdicts])
        _count_verdicts(tallies[Rate.SATISFIED], case, [one.content for one in case.verdicts])
    return tallies


def _count_response(tally: Tally, case: Case, now: datetime) -> None:
    outside = _outside(case)
    if outside:
        tally.leave_out(case.id, outside)
    elif case.contacted_at is not None:
        tally.count(case.id, int(case.contacted_at < case.contact_due_at), 1)
    elif case.contact_due_at <= now:
        tally.count(case.id, 0, 1)
    else:
        tally.leave_out(case.id, LeftOut.NOT_DUE)


def _count_verdicts(tally: Tally, case: Case, good: list[bool]) -> None:
    outside = _outside(case)
    if outside:
        tally.leave_out(case.id, outside)
    elif good:
        tally.count(case.id, sum(good), len(good))
    elif case.not_reached:
        tally.leave_out(case.id, LeftOut.NOT_REACHED)
    elif case.state is State.DONE:
        tally.leave_out(case.id, LeftOut.WAITING)
    else:
        tally.leave_out(case.id, LeftOut.IN_WORK)


def _outside(case: Case) -> LeftOut | None:
    if case.joined:
        return LeftOut.JOINED
    return LeftOut.NOT_ACCEPTED if case.state is State.NOT_ACCEPTED else None


_LABELS = {
    Rate.RESPONSE: (
        "按时回应",
        "在回应期限前签收或答复的件数 ÷ 到了回应期限或已经回应的件数",
    ),
    Rate.RESOLVED: (
        "真正解决",
        "居民说“解决了”的次数 ÷ 居民评价的次数（退回重办也算一次评价）",
    ),
    Rate.SATISFIED: (
        "居民满意",
        "居民说“解决了”并且满意或基本满意的次数 ÷ 居民评价的次数",
    ),
}
_REASONS = {
    LeftOut.NOT_ACCEPTED: "不予受理，已告知该找谁",
    LeftOut.JOINED: "和另一件是同一件事，已并到那一件",
    LeftOut.NOT_DUE: "还没到回应的期限",
    LeftOut.IN_WORK: "还在办理，居民还没有评价",
    LeftOut.WAITING: "已报告办好，等居民确认",
    LeftOut.NOT_REACHED: "多次联系不上居民后办结",
}
