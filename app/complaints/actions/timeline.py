"""Writing a line of the time line, and keeping what is found and counted by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.queries.searching import insert_words
from app.complaints.rules.rates import CONTACTS, IN_HAND_BY, verdict_of
from app.complaints.rules.states import Happening, Party
from app.core.db import db
from app.kit.clock import now


def write_event(complaint: Complaint, **values: Any) -> None:
    """Add a line with the state and the deadline as they now are; with the first, the words."""
    _keep_figures(complaint, Happening(values["kind"]), values)
    db.session.flush()
    if values["kind"] == Happening.FILED:
        insert_words(complaint)
    db.session.execute(
        insert(ComplaintEvent).values(
            community_id=complaint.community_id,
            complaint_id=complaint.id,
            to_state=complaint.state,
            due_at=complaint.due_at,
            **values,
        )
    )


def _keep_figures(complaint: Complaint, kind: Happening, values: dict[str, Any]) -> None:
    if kind is Happening.FILED:
        complaint.contact_due_at = complaint.due_at
    in_hand = kind in CONTACTS and Party(values["party"]) in IN_HAND_BY
    if in_hand and complaint.contacted_at is None:
        complaint.contacted_at = now()
    verdict = verdict_of(kind, values.get("details", {}).get("rating"))
    if verdict is not None:
        complaint.verdicts = (complaint.verdicts or 0) + 1
        complaint.verdicts_resolved = (complaint.verdicts_resolved or 0) + verdict.resolved
        complaint.verdicts_content = (complaint.verdicts_content or 0) + verdict.content
