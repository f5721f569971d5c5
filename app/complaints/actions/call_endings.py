"""The calls of a case that is closed: with it they end, and both sides are told.

Whoever closes a case is the resident or speaks with the resident's voice (confirmed, called back,
or silent long enough); no open call may stand in their way. What the office does of its own accord
(merge, not accept) is refused while a call is open: a party that was summoned is let go by a
withdrawal with a reason, or has finished, never in passing (see `Condition.NOBODY_CALLED`).
"""

from __future__ import annotations

from uuid import UUID

from app.complaints.actions.call_steps import move
from app.complaints.actions.whistle_record import CLOCK, note, send
from app.complaints.models import WhistleCall
from app.complaints.queries import whistles
from app.complaints.rules.whistle_table import call_transition
from app.complaints.rules.whistles import (
    CallAction,
    CallHappening,
    CallParty,
    CallSituation,
    CallState,
)
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent


def end_calls(community_id: int, complaint_id: UUID) -> int:
    """End every open call for the case and for those merged into it; returns how many.

    Asked again until none is left: a street may have called further while its own call was
    waited for; once that one has ended it cannot.
    """
    ended = 0
    while waiting := whistles.open_calls_locked(community_id, complaint_id):
        for call in waiting:
            _end(call)
        ended += len(waiting)
    return ended


def _end(call: WhistleCall) -> None:
    row = call_transition(
        CallAction.END_WITH_CASE,
        CallState(call.state),
        frozenset({CallParty.SYSTEM}),
        CallSituation(),
    )
    move(call, row)
    details = {"name": call.party_name, "by": call.by_name}
    event_id = note(call, CallHappening.CASE_ENDED, CLOCK, details=details)
    record(AuditEvent.WHISTLE_STEPPED, call.id, action=row.action.value, state=call.state)
    send(call.community_id, event_id, at_home=True)
