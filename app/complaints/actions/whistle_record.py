"""The record of a whistle: who did what to a call, for whom; kept, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.complaints.actions.whistle_lines import write_line
from app.complaints.models import WhistleCall, WhistleEvent
from app.complaints.rules.whistles import CallHappening, CallParty
from app.core.db import db
from app.core.outbox.messages import emit_below
from app.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Seat:
    """Who acts on calls and for whom: the office of the community, or the keys of a region."""

    account_id: UUID
    name: str
    speaks_for: str
    at_home: bool
    keys: frozenset[str] = field(default_factory=frozenset)

    def parties_on(self, call: WhistleCall) -> frozenset[CallParty]:
        """As what this person may act on a call. The case is the office's, whoever called."""
        if self.at_home:
            return frozenset({CallParty.WHISTLER})
        acting = {
            CallParty.CALLED: call.called_key in self.keys,
            CallParty.WHISTLER: call.by_key in self.keys,
        }
        return frozenset(party for party, held in acting.items() if held)

    def on(self, call: WhistleCall, party: CallParty) -> Author:
        """The person as the record names them."""
        speaks_for = call.party_name if party is CallParty.CALLED else self.speaks_for
        return Author(party, self.account_id, self.name, speaks_for)

    def caller(self) -> Author:
        """The person as the one who calls."""
        return Author(CallParty.WHISTLER, self.account_id, self.name, self.speaks_for)


@dataclass(frozen=True, slots=True)
class Author:
    """One line's author."""

    party: CallParty
    account_id: UUID | None
    name: str
    speaks_for: str


CLOCK = Author(CallParty.SYSTEM, None, "", "")


def note(
    call: WhistleCall,
    happening: CallHappening,
    actor: Author,
    *,
    text: str = "",
    details: dict[str, Any] | None = None,
) -> UUID:
    """Add a line with the state and the deadline of the call as they now are."""
    event_id = new_id()
    db.session.execute(
        insert(WhistleEvent).values(
            community_id=call.community_id,
            id=event_id,
            whistle_id=call.whistle_id,
            call_id=call.id,
            kind=happening.value,
            party=actor.party.value,
            actor_id=actor.account_id,
            actor_name=actor.name,
            party_name=actor.speaks_for,
            text=text.strip(),
            to_state=call.state,
            due_at=call.due_at,
            details=details or {},
        )
    )
    return event_id


def send(community_id: int, event_id: UUID, *, at_home: bool) -> None:
    """Let the community's own job tell of a line: only there the case and its people are seen.

    At home the case's time line says so at once.
    """
    if at_home:
        write_line(community_id, event_id)
    emit_below(community_id, "whistle.moved", event_id=event_id)
