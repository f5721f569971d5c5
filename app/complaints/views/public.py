"""A case as everybody in the community may see it: what, roughly where, how long, whose turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.complaints.rules.board import may_join, shown_place
from app.complaints.rules.states import TO_DISPATCH, State
from app.complaints.views.cards import card_of
from app.kit.clock import civil_date


@dataclass(frozen=True, slots=True)
class BoardCard:
    """What the board shows of a case; no words, no names, no home."""

    title: str
    icon: str
    code: str
    place: str
    state: str
    tone: str
    late: str | None
    waited: str
    promise: str
    responsible: str
    others: str | None
    joinable: bool


def board_card(row: Any, compound_name: str | None, now: datetime) -> BoardCard:
    """The card of a row with the columns of `nearby.card_columns`."""
    state, at_home = State(row.state), row.unit_id is not None
    card = card_of(_Placeless(row), now)
    place = shown_place(
        category=row.category,
        at_home=at_home,
        compound_name=compound_name,
        place_name=row.place_name,
    )
    return BoardCard(
        title=card.title,
        icon=card.icon,
        code=card.code,
        place=place,
        state=card.state,
        tone=card.tone,
        late=card.remaining if card.urgency == "late" else None,
        waited=waited(row.created_at, now),
        promise=card.promise,
        responsible=responsible(state, row.organization_name),
        others=f"{row.followers} 人也遇到" if row.followers else None,
        joinable=may_join(state=state, at_home=at_home),
    )


def waited(since: datetime, now: datetime) -> str:
    """How long ago it was reported, in days of the calendar."""
    days = (civil_date(now) - civil_date(since)).days
    return {0: "今天反映", 1: "昨天反映"}.get(days, f"反映 {days} 天了")


def responsible(state: State, organization_name: str | None) -> str:
    """Whose turn it is."""
    if organization_name:
        return organization_name
    return "社区正在分派" if state in TO_DISPATCH else "社区"


class _Placeless:
    """A row whose own words about the place are not looked at."""

    place_note = ""

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
