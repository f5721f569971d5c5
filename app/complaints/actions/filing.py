"""Taking in a report: load → ask the rule → write → audit → emit, in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.communities.rules import Settings
from app.complaints.actions.anonymity import refuse_own_traces
from app.complaints.actions.photos import check_photos, store_photos, take_over
from app.complaints.actions.promises import classified, promise, settings_from, terms_under
from app.complaints.models import Complaint
from app.complaints.queries import catalogue, filing, spots
from app.complaints.queries.searching import words_of
from app.complaints.rules.answers import Channel
from app.complaints.rules.catalogue import Catalogue, Category
from app.complaints.rules.deadlines import Level, clock_for
from app.complaints.rules.dispatching import Matter, decide, read_rows
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import State
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload
from app.core.outbox.messages import emit
from app.kit.clock import now
from app.kit.ids import new_id, short_code
from app.kit.refusal import Invalid

CODE_LENGTH = 8
_NO_MATTER = "请选择要反映的事情。"


@dataclass(frozen=True, slots=True)
class Report:
    """What a resident sends. `once_key` is the form's own: sent twice, it is one complaint."""

    once_key: UUID
    category: str
    place: PlaceChoice
    text: str
    place_note: str = ""
    anonymous: bool = False
    photos: Sequence[Upload] = ()
    sent_ahead: Sequence[UUID] = ()


def file_complaint(community_id: int, reporter_id: UUID, report: Report) -> UUID:
    """Take in a report (诉求) and pass it to whom its category and place make responsible."""
    ground, holding, category = ground_of(community_id, reporter_id, report)
    if report.anonymous:
        words = {"text": report.text, "place_note": report.place_note}
        refuse_own_traces(reporter_id, words, door=ground.unit_label)
    check_photos(report.photos, sent_ahead=len(report.sent_ahead))
    complaint_id, event_id = new_id(), new_id()
    values = values_of(holding, report, category, ground)
    keys = {"community_id": community_id, "id": complaint_id, "event_id": event_id}
    found_by = [values[name] for name in ("text", "place_name", "place_note")]
    values["words"] = words_of(community_id, *found_by)
    if not filing.insert_complaint({**values, **keys, "reporter_id": reporter_id}):
        return filing.filed_before(community_id, reporter_id, report.once_key)
    _mark_spot(community_id, complaint_id, report.place, ground)
    _attach(community_id, reporter_id, event_id, report)
    record(
        AuditEvent.COMPLAINT_FILED,
        complaint_id,
        category=category.code,
        state=values["state"],
        photos=len(report.photos) + len(report.sent_ahead),
    )
    emit("complaint.filed", event_id=event_id)
    return complaint_id


def ground_of(
    community_id: int, account_id: UUID, report: Report
) -> tuple[Any, Catalogue, Category]:
    """The place with all that filing needs, the catalogue that holds, and the item in it.

    Raises Invalid when one of them cannot be chosen.
    """
    ground = filing.filing_ground(community_id, account_id, report.place)
    if ground is None:
        raise Invalid("请选择发生的地方。", errors={"place": "请选择发生的地方。"})
    holding = catalogue.named(community_id, ground.catalogue_name)
    category = holding.get(report.category)
    if category is None:
        raise Invalid(_NO_MATTER, errors={"category": _NO_MATTER})
    return ground, holding, category


def _attach(community_id: int, reporter_id: UUID, event_id: UUID, report: Report) -> None:
    """The photos that came with the form, and those sent ahead of it."""
    store_photos(community_id, event_id, reporter_id, report.photos)
    take_over(community_id, event_id, reporter_id, report.once_key, report.sent_ahead)


def _mark_spot(community_id: int, complaint_id: UUID, place: PlaceChoice, ground: Any) -> None:
    """Keep the common place and the point on the plan, where one was given."""
    plan = spots.plan_of(community_id, ground.compound_id) if place.point else None
    point = place.point if plan is not None else None
    if ground.common_id is None and point is None:
        return
    spots.insert_spot(
        {
            "community_id": community_id,
            "id": new_id(),
            "complaint_id": complaint_id,
            "common_place_id": ground.common_id,
            "plan_file_id": plan.id if plan is not None else None,
            "plan_x": point.x if point else None,
            "plan_y": point.y if point else None,
        }
    )


def note_program(community_id: int, complaint_id: UUID, name: str, phone: str | None) -> None:
    """Note that a program sent a complaint just filed, and whom the community may call back."""
    db.session.execute(
        update(Complaint)
        .where(Complaint.community_id == community_id, Complaint.id == complaint_id)
        .values(channel=Channel.PROGRAM.value, contact_name=name, contact_phone=phone)
        .execution_options(synchronize_session=False)
    )


def _dispatched_to(
    category: Category, ground: Any, settings: Settings, moment: datetime
) -> UUID | None:
    """The company the report goes to; None: the community decides."""
    matter = Matter(
        category_group=category.group,
        category=category.code,
        responsible=category.responsible,
        compound_id=ground.compound_id,
        building_id=ground.building_id,
        serving_id=ground.company_id,
        moment=moment,
    )
    return decide(read_rows(ground.dispatch_rules), matter, settings.calendar).organization_id


def values_of(
    holding: Catalogue, report: Report, category: Category, ground: Any
) -> dict[str, Any]:
    """The columns of a new complaint, whoever files it."""
    moment = now()
    settings = settings_from(ground.choices)
    company = _dispatched_to(category, ground, settings, moment)
    state = State.DISPATCHED if company else State.FILED
    promised_at = promise(terms_under(category), settings, moment)
    clock = clock_for(
        state,
        promised_at=promised_at,
        urgency=category.urgency,
        now=moment,
        level=Level.STAFF,
        calendar=settings.calendar,
    )
    names = (
        ground.compound_name,
        ground.building_name,
        ground.stairwell_name,
        ground.common_name,
    )
    return {
        "short_code": short_code(CODE_LENGTH),
        "once_key": report.once_key,
        "anonymous": report.anonymous,
        **classified(holding, category),
        "text": report.text.strip(),
        "compound_id": ground.compound_id,
        "building_id": ground.building_id,
        "stairwell_id": ground.stairwell_id,
        "unit_id": ground.unit_id,
        "place_name": " ".join(name for name in names if name),
        "unit_label": ground.unit_label if report.place.kind is PlaceKind.UNIT else None,
        "place_note": report.place_note.strip(),
        "state": state.value,
        "organization_id": company,
        "promised_at": promised_at,
        "due_at": clock.due_at,
        "escalate_at": clock.escalate_at,
    }
