"""The table of transitions as a page of the docs.

`python -m app.complaints.rules.drawing` writes docs/complaints-states.md anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from app.complaints.rules.answers import Need
from app.complaints.rules.states import STOPPED, State
from app.complaints.rules.transitions import TRANSITIONS, Transition

PAGE = Path(__file__).parents[3] / "docs" / "complaints-states.md"
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


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
