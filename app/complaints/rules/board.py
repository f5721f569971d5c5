"""What the public board (诉求公示) may show of a complaint: never whose it is, never a home.

The words and photos of a report can tell who wrote it, so that the board shows neither. A matter
inside a home or between neighbours is placed in its compound only (个人信息保护法 6, 最小范围).
"""

from __future__ import annotations

from app.complaints.rules.states import Happening, State

AT_HOME = "居民家里"
_BETWEEN_NEIGHBOURS = "neighbours."
_OUTSIDE = "小区外"
ANSWERS = frozenset(
    {Happening.REPLIED, Happening.COMPLETED, Happening.REFUSED, Happening.HANDED_BACK}
)
"""Whose words and photos those who joined may read; all others can tell of the reporter."""


def shown_place(*, category: str, at_home: bool, compound_name: str | None, place_name: str) -> str:
    """The place as the board says it."""
    if compound_name is None:
        return _OUTSIDE
    if at_home:
        return f"{compound_name} {AT_HOME}"
    if category.startswith(_BETWEEN_NEIGHBOURS):
        return compound_name
    return place_name or compound_name


def may_join(*, state: State, at_home: bool) -> bool:
    """我也遇到: open, and not inside somebody's home."""
    return not state.ended and not at_home


def hidden(state: State) -> bool:
    """What was not accepted concerns only whom it was told."""
    return state is State.NOT_ACCEPTED
