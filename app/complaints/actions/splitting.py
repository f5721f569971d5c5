"""Making a second case of what one report also tells about."""

from __future__ import annotations

from app.complaints.actions.filing import CODE_LENGTH
from app.complaints.actions.promises import classified, promise, set_clock, terms_of
from app.complaints.actions.timeline import write_event
from app.complaints.actions.workers import Details, Step
from app.complaints.models import Complaint
from app.complaints.queries import catalogue
from app.complaints.rules.states import Happening, Party, State
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id, short_code
from app.kit.refusal import Invalid

_SAME = (
    "community_id", "reporter_id", "channel", "contact_name", "contact_phone", "anonymous",
    "compound_id", "building_id", "stairwell_id", "unit_id", "place_name", "unit_label",
    "place_note",
)  # fmt: skip


def split_off(step: Step) -> Details:
    """File the second matter for the same reporter and place; it waits to be dispatched."""
    holding = catalogue.current(step.complaint.community_id)
    category = holding.get(step.given.category)
    if category is None:
        sentence = "请选择另一件事的事项。"
        raise Invalid(sentence, errors={"category": sentence})
    other = Complaint(
        **{name: getattr(step.complaint, name) for name in _SAME},
        id=new_id(),
        short_code=short_code(CODE_LENGTH),
        once_key=new_id(),
        entered_by_id=step.worker.account_id,
        split_from_id=step.complaint.id,
        **classified(holding, category),
        text=step.given.text.strip(),
        state=State.FILED.value,
        promise_from=step.moment,
        step_from=step.moment,
        escalation_level=0,
        public_safety=False,
    )
    other.promised_at = promise(terms_of(other), step.settings, step.moment)
    set_clock(other, step.settings, step.moment)
    db.session.add(other)
    event_id = new_id()
    write_event(
        other,
        id=event_id,
        kind=Happening.FILED,
        party=Party.OFFICE,
        actor_id=step.worker.account_id,
    )
    emit("complaint.filed", event_id=event_id)
    return {"other": other.short_code, "other_id": str(other.id)}
