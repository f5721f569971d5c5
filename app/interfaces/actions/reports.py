"""Taking in what a program reports, once for each of its own numbers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects import postgresql

from app.complaints.actions.filing import Report, file_complaint, note_program
from app.complaints.rules.anonymity import hide_traces
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload
from app.interfaces.models import ApiClient, ClientReport
from app.kit.ids import new_id
from app.kit.phones import PhoneUnreadable, normalize_phone
from app.kit.refusal import Invalid

NO_WORDS = "（来件没有说明）"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A report as a program sends it. `lat`, `long`: millionths of a degree."""

    service_code: str
    place: PlaceChoice | None
    description: str = ""
    address: str = ""
    lat: int | None = None
    long: int | None = None
    foreign_id: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    media_url: str | None = None
    photos: Sequence[Upload] = ()


def receive(community_id: int, client: ApiClient, incoming: Incoming) -> tuple[UUID, bool]:
    """File it in the client's name; returns the complaint and whether it is new.

    The client stands in the reporter's place, so that nobody's name is needed to follow the case;
    whom to call back is for the community to know and not for the property company.
    Raises Invalid when the place is missing or is none of the community's.
    """
    place = incoming.place or PlaceChoice(PlaceKind.ELSEWHERE)
    note = _place_note(incoming)
    if incoming.place is None and not note:
        sentence = "缺少地点：请给出 address_id、address_string，或者 lat 和 long。"
        raise Invalid(sentence, errors={"address_string": sentence})
    complaint_id = file_complaint(
        community_id,
        client.id,
        Report(
            once_key=_once_key(client.id, incoming.foreign_id),
            category=incoming.service_code,
            place=place,
            text=_hidden(_words(incoming), incoming),
            place_note=_hidden(note, incoming),
            anonymous=True,
            photos=incoming.photos,
        ),
    )
    is_new = _keep(community_id, client.id, complaint_id, incoming)
    if is_new:
        name = incoming.contact_name
        note_program(
            community_id,
            complaint_id,
            f"{name}（{client.name}）" if name else client.name,
            _phone(incoming.contact_phone),
        )
        record(AuditEvent.CLIENT_REPORTED, complaint_id, client=str(client.id))
    return complaint_id, is_new


def _keep(community_id: int, client_id: UUID, complaint_id: UUID, incoming: Incoming) -> bool:
    kept = db.session.execute(
        postgresql.insert(ClientReport)
        .values(
            community_id=community_id,
            id=new_id(),
            client_id=client_id,
            complaint_id=complaint_id,
            foreign_id=incoming.foreign_id,
            lat=incoming.lat,
            long=incoming.long,
        )
        .on_conflict_do_nothing()
        .returning(ClientReport.id)
    )
    return kept.one_or_none() is not None


def _phone(typed: str | None) -> str | None:
    """As numbers are kept here; one of another kind stays as it was sent."""
    try:
        return normalize_phone(typed) if typed else None
    except PhoneUnreadable:
        return typed


def _once_key(client_id: UUID, foreign_id: str | None) -> UUID:
    return uuid.uuid5(client_id, foreign_id) if foreign_id else uuid.uuid4()


def _hidden(words: str, incoming: Incoming) -> str:
    """The property company reads the words: the caller's name and number do not stay in them."""
    return hide_traces(words, name=incoming.contact_name, phone=_phone(incoming.contact_phone))


def _place_note(incoming: Incoming) -> str:
    position = ""
    if incoming.lat is not None and incoming.long is not None:
        position = f"纬度 {incoming.lat / 1e6:.6f}，经度 {incoming.long / 1e6:.6f}"
    return " · ".join(part for part in (incoming.address, position) if part)


def _words(incoming: Incoming) -> str:
    words = incoming.description or NO_WORDS
    return f"{words}\n照片网址：{incoming.media_url}" if incoming.media_url else words
