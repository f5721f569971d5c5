"""What waits for somebody: cards that the rooms below offer for a start page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from app.core.access.actor import Actor
from app.core.tenancy import CommunityRef

MOST_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One thing to do, with the button that leads to it. Lower `order` comes first."""

    title: str
    url: str
    action: str
    meta: str | None = None
    icon: str = "pen-line"
    tone: str = "brand"
    order: int = 50


Source: TypeAlias = Callable[[CommunityRef, Actor], Iterable[Card]]


def gather(sources: Iterable[Source], community: CommunityRef, actor: Actor) -> list[Card]:
    """The cards of all sources, the most pressing first."""
    found = [card for source in sources for card in source(community, actor)]
    return sorted(found, key=lambda card: card.order)[:MOST_SHOWN]
