"""Writing a line of the time line, and with the first one what a case is found by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.queries.searching import insert_words
from app.complaints.rules.states import Happening
from app.core.db import db


def write_event(complaint: Complaint, **values: Any) -> None:
    """Add a line with the state and the deadline as they now are; with the first, the words."""
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
