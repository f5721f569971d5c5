"""The tables of transitions as pages of the docs.

`python -m app.complaints.rules.drawing` writes docs/complaints-states.md and
docs/whistle-states.md anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from app.complaints.rules.answers import Need
from app.complaints.rules.states import STOPPED, State
from app.complaints.rules.transitions import TRANSITIONS, Transition
from app.complaints.rules.whistle_table import CALL_TRANSITIONS, CallTransition
from app.complaints.rules.whistles import CallNeed, CallState

_DOCS = Path(__file__).parents[3] / "docs"
PAGE = _DOCS / "complaints-states.md"
WHISTLE_PAGE = _DOCS / "whistle-states.md"
_NEEDS = {
    Need.TEXT: "words",
    Need.ORGANIZATION: "company",
    Need.GROUND: "ground",
    Need.RATING: "rating",
    Need.ASSIGNEE: "colleague",
    Need.DAYS: "days",
    Need.UNTIL: "date",
    Need.LEAD: "code of the other case",
    Need.CATEGORY: "category",
}
_HEAD = """# States of a complaint

Made from `app/complaints/rules/transitions.py` by `python -m app.complaints.rules.drawing`;
do not edit. The clock stands still in {stopped}; everywhere else somebody's deadline runs.
"""
_CALL_NEEDS = {
    CallNeed.TEXT: "words",
    CallNeed.PHOTOS: "a photo taken there",
    CallNeed.OTHERS: "other parties",
    CallNeed.STEP: "the joint step",
    CallNeed.STARS: "a score",
}
_WHISTLE_HEAD = """# States of a call (社区吹哨、部门报到)

Made from `app/complaints/rules/whistle_table.py` by `python -m app.complaints.rules.drawing`;
do not edit. A whistle calls one or more parties, each call goes its own way. A deadline runs in
{timed}.
"""
_COLUMNS = """
| action | who | from | to | must be given | and only if |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    stopped = ", ".join(f"`{state.value}`" for state in State if state in STOPPED)
    return _HEAD.format(stopped=stopped) + "\n".join(_diagram()) + _COLUMNS + "\n".join(_rows())


def _diagram() -> Iterator[str]:
    yield "\n```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f"    {state.value}: {state.label}"
    yield f"    [*] --> {State.FILED.value}"
    yield f"    [*] --> {State.DISPATCHED.value}"
    for (source, target), labels in _arrows().items():
        yield f"    {source.value} --> {target.value}: {'、'.join(labels)}"
    yield "```\n"


def _arrows() -> dict[tuple[State, State], list[str]]:
    arrows: dict[tuple[State, State], list[str]] = defaultdict(list)
    for row in TRANSITIONS:
        for source in State:
            if row.target is None or source not in row.sources:
                continue
            labels = arrows[source, row.target]
            if row.action.label not in labels:
                labels.append(row.action.label)
    return arrows


def _rows() -> Iterator[str]:
    for row in TRANSITIONS:
        yield f"| {' | '.join(_cells(row))} |"
    yield ""


def _cells(row: Transition) -> tuple[str, ...]:
    return (
        f"{row.action.label} `{row.action.value}`",
        row.party.label,
        "、".join(state.label for state in State if state in row.sources),
        row.target.label if row.target else "—",
        ", ".join(_NEEDS[need] for need in Need if need in row.needs) or "—",
        row.when.label if row.when else "—",
    )


def whistle_page() -> str:
    """The page of a whistle's calls."""
    timed = ", ".join(f"`{state.value}`" for state in CallState if state.clock_runs)
    drawn = "\n".join(_call_diagram())
    return _WHISTLE_HEAD.format(timed=timed) + drawn + _COLUMNS + "\n".join(_call_rows())


def _call_diagram() -> Iterator[str]:
    yield "\n```mermaid"
    yield "stateDiagram-v2"
    for state in CallState:
        yield f"    {state.value}: {state.label}"
    yield f"    [*] --> {CallState.CALLED.value}: 吹哨"
    for row in CALL_TRANSITIONS:
        for source in CallState:
            if row.target is not None and source in row.sources:
                yield f"    {source.value} --> {row.target.value}: {row.action.label}"
    yield "```\n"


def _call_rows() -> Iterator[str]:
    for row in CALL_TRANSITIONS:
        yield f"| {' | '.join(_call_cells(row))} |"
    yield ""


def _call_cells(row: CallTransition) -> tuple[str, ...]:
    return (
        f"{row.action.label} `{row.action.value}`",
        row.party.label,
        "、".join(state.label for state in CallState if state in row.sources),
        row.target.label if row.target else "—",
        ", ".join(_CALL_NEEDS[need] for need in CallNeed if need in row.needs) or "—",
        row.when.label if row.when else "—",
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    WHISTLE_PAGE.write_text(whistle_page(), encoding="utf-8")
