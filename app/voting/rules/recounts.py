"""复核计票: counting again under the eyes of the street. The count before stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.areas import say_area
from app.kit.refusal import Invalid
from app.voting.rules.decision import Outcome
from app.voting.rules.life import Action, Actor, State, next_state

_COUNTED = (
    ("took", "参与表决"),
    ("for", "同意"),
    ("against", "不同意"),
    ("abstain", "弃权"),
)
_CHOSEN = {"for": "选了候选人", "abstain": "一个也没选"}
"""What an election calls the same columns; nobody is against."""


@dataclass(frozen=True, slots=True)
class Supervision:
    """Who of the street watched the recount, and why it was held."""

    supervisor: str
    office: str
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure on which two counts disagree."""

    matter: str
    what: str
    before: str
    after: str


def check_recount(state: State, supervision: Supervision) -> None:
    """While the result is published, under a named person of the street, for a stated reason."""
    next_state(state, Action.RECOUNT, Actor.COMMUNITY)
    errors = {
        name: sentence
        for name, value, sentence in (
            ("supervisor", supervision.supervisor, "请写明街道到场监督的人的姓名。"),
            ("office", supervision.office, "请写明监督人的单位和职务。"),
            ("reason", supervision.reason, "请写明为什么复核，业主会看到。"),
        )
        if not value.strip()
    }
    if errors:
        raise Invalid(errors=errors)


def last_counts(rows: Iterable[Any]) -> dict[Any, Any]:
    """The newest count of each matter: the one that decides."""
    newest: dict[Any, Any] = {}
    for row in sorted(rows, key=lambda row: row.counting):
        newest[row.matter_id] = row
    return newest


def differences(
    matters: Sequence[Any], before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> list[Difference]:
    """Each figure of each matter that changed from one count to the next, in words.

    `matters` have id, title and seats; the counts are rows by the id of their matter.
    """
    found: list[Difference] = []
    for matter in matters:
        old, new = before[matter.id], after[matter.id]
        for part, words in _COUNTED:
            said = words if matter.seats is None else _CHOSEN.get(part, words)
            found += _changed(matter.title, said, old, new, part)
        if old.outcome != new.outcome:
            found.append(
                Difference(
                    matter.title, "结论", Outcome(old.outcome).label, Outcome(new.outcome).label
                )
            )
    return found


def candidate_differences(
    title: str, names: Mapping[Any, str], before: Sequence[Any], after: Sequence[Any]
) -> list[Difference]:
    """The same for the candidates of one election: what each received and what became of them."""
    found: list[Difference] = []
    then = {row.candidate_id: row for row in before}
    for row in after:
        old, name = then[row.candidate_id], names[row.candidate_id]
        found += _changed(title, f"选{name}", old, row, "for")
        if say_fate(old) != say_fate(row):
            found.append(Difference(title, f"{name}的结果", say_fate(old), say_fate(row)))
    return found


def say_fate(row: Any) -> str:
    """What became of a candidate."""
    if row.elected:
        return "当选"
    if row.tied:
        return "并列，待定"
    return "候补" if row.alternate else "未当选"


def _changed(title: str, what: str, old: Any, new: Any, part: str) -> list[Difference]:
    found = []
    for unit, say in (("heads", _say_heads), ("area_centi", say_area)):
        was, now = getattr(old, f"{part}_{unit}"), getattr(new, f"{part}_{unit}")
        if was != now:
            found.append(Difference(title, what, say(was), say(now)))
    return found


def _say_heads(heads: int) -> str:
    return f"{heads} 人"
