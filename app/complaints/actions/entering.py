"""代录: staff file for somebody who came in person or phoned."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.complaints.actions.filing import Report, ground_of, values_of
from app.complaints.actions.photos import check_photos, store_photos
from app.complaints.actions.timeline import write_event
from app.complaints.models import Complaint
from app.complaints.queries import cases, entering
from app.complaints.rules.answers import Channel
from app.complaints.rules.states import Happening, Party
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.phones import normalize_phone
from app.kit.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Behalf:
    """For whom staff file. A number known here leads to that person's account."""

    channel: Channel
    name: str
    phone: str = ""


def enter_complaint(community_id: int, staff_id: UUID, report: Report, behalf: Behalf) -> UUID:
    """Take in a report on somebody's behalf; sent twice it is one complaint."""
    phone = normalize_phone(behalf.phone) if behalf.phone.strip() else None
    reporter_id = entering.member_with_phone(community_id, phone) if phone else None
    if reporter_id == staff_id:
        raise Invalid("这是您自己的手机号。自己的事请用“反映”，不用代录。")
    ground, holding, category = ground_of(community_id, staff_id, report)
    check_photos(report.photos)
    complaint_id, event_id = new_id(), new_id()
    new = db.session.execute(
        insert(Complaint)
        .values(
            **values_of(holding, report, category, ground),
            community_id=community_id,
            id=complaint_id,
            reporter_id=reporter_id,
            entered_by_id=staff_id,
            channel=behalf.channel.value,
            contact_name=behalf.name.strip(),
            contact_phone=phone,
        )
        .on_conflict_do_nothing()
        .returning(Complaint.id)
    ).one_or_none()
    if new is None:
        return entering.entered_before(community_id, staff_id, report.once_key)
    complaint = cases.present(community_id, complaint_id)
    write_event(
        complaint,
        id=event_id,
        kind=Happening.FILED,
        party=Party.OFFICE,
        actor_id=staff_id,
        organization_id=complaint.organization_id,
    )
    store_photos(community_id, event_id, staff_id, report.photos)
    record(AuditEvent.COMPLAINT_ENTERED, complaint_id, channel=behalf.channel.value)
    emit("complaint.filed", event_id=event_id)
    return complaint_id
