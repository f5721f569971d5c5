"""复核计票: counting again under the eyes of the street. The count before stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.areas import say_area
from app.kit.refusal import Invalid
from app.voting.rules.decision import Outcome
from app.voting.rules.life import Action, Actor, State, next_state

COUNTED = (
    ("took", "参与表决"),
    ("for", "同意"),
    ("against", "不同意"),
    ("abstain", "弃权"),
)


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


def differences(
    titles: Mapping[Any, str], before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> list[Difference]:
    """Each figure of each matter that changed from one count to the next, in words."""
    found: list[Difference] = []
    for matter, title in titles.items():
        old, new = before[matter], after[matter]
        for part, words in COUNTED:
            for unit, say in (("heads", _say_heads), ("area_centi", say_area)):
                was, now = getattr(old, f"{part}_{unit}"), getattr(new, f"{part}_{unit}")
                if was != now:
                    found.append(Difference(title, words, say(was), say(now)))
        if old.outcome != new.outcome:
            found.append(
                Difference(title, "结论", Outcome(old.outcome).label, Outcome(new.outcome).label)
            )
    return found


def last_counts(rows: Sequence[Any]) -> dict[Any, Any]:
    """The newest count of each matter: the one that decides."""
    newest: dict[Any, Any] = {}
    for row in sorted(rows, key=lambda row: row.counting):
        newest[row.matter_id] = row
    return newest


def _say_heads(heads: int) -> str:
    return f"{heads} 人"
