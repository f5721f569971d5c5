"""What the time line of the case says of a whistle (written in the community's own scope)."""

from __future__ import annotations

from uuid import UUID

from app.complaints.actions.timeline import write_event
from app.complaints.models import Complaint, WhistleEvent
from app.complaints.queries import cases, whistles
from app.complaints.rules.states import Happening, Party
from app.complaints.rules.whistles import CallHappening, CallParty

LINES = {
    CallHappening.CALLED: Happening.WHISTLED,
    CallHappening.SIGNED: Happening.CALL_SIGNED,
    CallHappening.REFUSED: Happening.CALL_REFUSED,
    CallHappening.INSISTED: Happening.CALL_INSISTED,
    CallHappening.WITHDRAWN: Happening.CALL_WITHDRAWN,
    CallHappening.ARRIVED: Happening.CALL_ARRIVED,
    CallHappening.FINISHED: Happening.CALL_FINISHED,
    CallHappening.LATE: Happening.CALL_LATE,
}
"""Which lines of the record the resident reads of. Reasons, notes and scores stay in the record."""


def write_line(community_id: int, event_id: UUID) -> bool:
    """Add the line of this event to the case's time line, once; whether the case has one now.

    The line has the id and the moment of the event, names the parties and holds no words.
    """
    event = whistles.event_of(community_id, event_id)
    if event is None:
        return False
    happening = LINES.get(CallHappening(event.kind))
    party = event.details.get("line") if event.kind == CallHappening.CALLED else _party(event)
    if happening is None or not party:
        return False
    if whistles.has_line(community_id, event_id):
        return True
    copy = whistles.whistle(community_id, event.whistle_id)
    complaint = _case_told(community_id, copy.complaint_id) if copy is not None else None
    if complaint is None:
        return False
    by_office = event.party == CallParty.WHISTLER
    write_event(
        complaint,
        id=event_id,
        created_at=event.created_at,
        kind=happening,
        party=Party.SYSTEM,
        details={
            "party": party,
            "by": event.party_name if by_office else event.details.get("by", ""),
            "was": event.to_state,
            "until": event.due_at.isoformat() if event.due_at else None,
        },
    )
    return True


def _case_told(community_id: int, complaint_id: UUID) -> Complaint | None:
    """The case, or the one it was merged into: there its reporter reads on."""
    complaint = cases.locked(community_id, complaint_id)
    if complaint is None or complaint.merged_into_id is None:
        return complaint
    return cases.locked(community_id, complaint.merged_into_id)


def _party(event: WhistleEvent) -> str:
    return str(event.details.get("name") or event.party_name)
