"""Blowing the whistle (吹哨): a copy of the case is locked, and parties are called with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.communities.actions import settings_of
from app.communities.queries import departments_over
from app.complaints.actions.whistle_record import Seat, note, send
from app.complaints.models import Complaint, Whistle, WhistleCall
from app.complaints.queries import cases, whistles
from app.complaints.queries.whistles import WHISTLE_PHOTO
from app.complaints.rules.anonymity import hide_traces
from app.complaints.rules.catalogue import title_of
from app.complaints.rules.states import OPEN, State
from app.complaints.rules.whistle_table import call_transition, check_call_given
from app.complaints.rules.whistles import (
    LONGEST_NOTICE,
    MOST_CALLED,
    CallAction,
    CallHappening,
    CallNeed,
    CallSituation,
    CallState,
    call_times,
    department_key,
    street_key,
)
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files import queries as files
from app.core.files.actions import copy_file
from app.core.tenancy import CommunityRef
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound

WHISTLED_FROM = OPEN - {State.DONE}
"""A whistle is for what is being worked on; what is reported done waits for the resident."""


@dataclass(frozen=True, slots=True)
class Callable:
    """A party that can be called: a department over the place, or its street."""

    key: str
    name: str
    path: str
    code: str
    department_id: UUID | None = None
    region_name: str = ""

    @property
    def label(self) -> str:
        """The name as a choice; a department from above the street says where it belongs."""
        return f"{self.name}（{self.region_name}）" if self.region_name else self.name


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is called, why and for when. No `arrive_by`: within the community's hours."""

    keys: Sequence[str]
    reason: str
    arrive_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What of the case is handed over, in the office's words, and which of its photos."""

    text: str
    contact: str = ""
    photos: Collection[UUID] = ()


def callable_parties(region_path: str, *, street: bool) -> list[Callable]:
    """Who can be called from a place in this street, the nearest first."""
    found = []
    region = whistles.street_of(region_path) if street else None
    if region is not None:
        found.append(Callable(street_key(region.path), region.name, region.path, region.code))
    found += [
        Callable(
            department_key(row.id),
            row.name,
            row.region_path,
            row.region_code,
            row.id,
            row.region_name if row.region_path != region_path else "",
        )
        for row in departments_over(region_path)
    ]
    return found


def words_to_hand_over(complaint: Complaint) -> str:
    """What was reported, without what tells who reported it: where the office begins to write."""
    plain: str = _without_reporter(complaint)(complaint.text)
    return plain


def blow(
    community: CommunityRef, seat: Seat, complaint_id: UUID, wish: Wish, given: HandedOver
) -> UUID:
    """Call parties for one case; returns the whistle.

    Raises NotFound, Conflict when the case is not being worked on, Invalid for what was typed.
    """
    complaint = cases.locked(community.id, complaint_id)
    if complaint is None:
        raise NotFound
    if State(complaint.state) not in WHISTLED_FROM:
        label = State(complaint.state).label
        raise Conflict(f"这件诉求现在是“{label}”，不用再请人到场。")
    moment = now()
    _check(wish, moment, given.text)
    parties = _chosen(callable_parties(community.region_path, street=True), wish.keys)
    _refuse_called(parties, whistles.keys_called(community.id, complaint_id))
    plain = _without_reporter(complaint)
    whistle_id = new_id()
    db.session.execute(
        insert(Whistle).values(
            community_id=community.id,
            id=whistle_id,
            complaint_id=complaint_id,
            community_code=community.code,
            community_name=community.name,
            short_code=complaint.short_code,
            title=complaint.category_title or title_of(complaint.category),
            place=" · ".join(filter(None, (complaint.place_name, plain(complaint.place_note)))),
            text=plain(given.text.strip()),
            contact=plain(given.contact.strip()),
            raised_by=seat.account_id,
        )
    )
    _hand_over_photos(community.id, complaint_id, whistle_id, given.photos, seat)
    settings = settings_of(community.id)
    shared = {
        "community_id": community.id,
        "whistle_id": whistle_id,
        "by_name": seat.speaks_for,
        "community_name": community.name,
        "title": complaint.category_title or title_of(complaint.category),
        "sign_hours": settings.whistle_sign_hours,
        "arrive_hours": settings.whistle_arrive_hours,
    }
    _call(shared, seat, parties, plain(wish.reason.strip()), wish.arrive_by, moment)
    record(AuditEvent.WHISTLE_RAISED, whistle_id, called=[one.key for one in parties])
    return whistle_id


def call_more(seat: Seat, call_id: UUID, wish: Wish) -> None:
    """The street that was called calls departments for the same case."""
    call = whistles.seen_call_locked(call_id)
    if call is None:
        raise NotFound
    situation = CallSituation(street=call.department_id is None)
    row = call_transition(
        CallAction.CALL_MORE, CallState(call.state), seat.parties_on(call), situation
    )
    given = {CallNeed.TEXT} if wish.reason.strip() else set()
    check_call_given(row, frozenset(given | ({CallNeed.OTHERS} if wish.keys else set())))
    moment = now()
    _check(wish, moment, wish.reason)
    parties = _chosen(callable_parties(call.called_path, street=False), wish.keys)
    standing = whistles.standings(call.community_id, call.whistle_id)
    ended = {state.value for state in CallState if state.ended}
    called = {one.details.get("key") for one in standing if one.to_state not in ended}
    _refuse_called(parties, frozenset(key for key in called if key))
    shared = {
        "community_id": call.community_id,
        "whistle_id": call.whistle_id,
        "by_call_id": call.id,
        "by_key": call.called_key,
        "by_name": seat.speaks_for,
        "community_name": call.community_name,
        "title": call.title,
        "sign_hours": call.sign_hours,
        "arrive_hours": call.arrive_hours,
    }
    _call(shared, seat, parties, wish.reason.strip(), wish.arrive_by, moment)
    record(
        AuditEvent.WHISTLE_STEPPED,
        call.id,
        action=CallAction.CALL_MORE.value,
        called=[one.key for one in parties],
    )


def _call(
    shared: dict[str, Any],
    seat: Seat,
    parties: Sequence[Callable],
    reason: str,
    arrive_by: datetime | None,
    moment: datetime,
) -> None:
    times = call_times(
        moment,
        sign_hours=shared["sign_hours"],
        arrive_hours=shared["arrive_hours"],
        wanted=arrive_by,
    )
    due_at = times.due_at(CallState.CALLED)
    rows = [
        {
            **shared,
            "id": new_id(),
            "department_id": one.department_id,
            "called_key": one.key,
            "called_path": one.path,
            "called_code": one.code,
            "party_name": one.name,
            "reason": reason,
            "state": CallState.CALLED.value,
            "sign_by": times.sign_by,
            "arrive_by": times.arrive_by,
            "due_at": due_at,
            "notice_at": due_at,
        }
        for one in parties
    ]
    try:
        db.session.execute(insert(WhistleCall), rows)
    except IntegrityError as error:
        raise Conflict("刚刚已经有人请过其中的单位，请刷新页面看看。") from error
    line = "、".join(one.name for one in parties)
    for row in rows:
        event_id = note(
            WhistleCall(**row),
            CallHappening.CALLED,
            seat.caller(),
            text=reason,
            details={"key": row["called_key"], "name": row["party_name"], "line": line},
        )
        send(row["community_id"], event_id, at_home=seat.at_home)
        line = ""


def _check(wish: Wish, moment: datetime, text: str) -> None:
    errors = {}
    if not wish.keys:
        errors["called"] = "请选择请谁到场。"
    if len(wish.keys) > MOST_CALLED:
        errors["called"] = f"一次最多请 {MOST_CALLED} 家。"
    if not wish.reason.strip():
        errors["reason"] = "请写一下为什么请他们到场、要他们做什么。"
    if not text.strip():
        errors["text"] = "请写一下交给他们看的情况。"
    if wish.arrive_by is not None and wish.arrive_by <= moment:
        errors["arrive_by"] = "到场时间已经过了，请选以后的时间。"
    if wish.arrive_by is not None and wish.arrive_by > moment + LONGEST_NOTICE:
        errors["arrive_by"] = f"到场时间请选在 {LONGEST_NOTICE.days} 天以内。"
    if errors:
        raise Invalid(next(iter(errors.values())), errors=errors)


def _chosen(known: Sequence[Callable], keys: Sequence[str]) -> list[Callable]:
    chosen = [one for one in known if one.key in set(keys)]
    if len(chosen) != len(set(keys)):
        sentence = "请从列出的单位里选。"
        raise Invalid(sentence, errors={"called": sentence})
    return chosen


def _refuse_called(parties: Sequence[Callable], called: frozenset[str]) -> None:
    again = [one.name for one in parties if one.key in called]
    if again:
        sentence = f"{'、'.join(again)}已经在为这件事请过，还没有办完。"
        raise Invalid(sentence, errors={"called": sentence})


def _without_reporter(complaint: Complaint) -> Any:
    """Takes the reporter's name, number and door out of words that leave the community."""
    traces = whistles.traces_of(complaint)
    door = complaint.unit_label

    def plain(text: str) -> str:
        for name, phone in traces:
            text = hide_traces(text, name=name, phone=phone, door=door)
        return text

    return plain


def _hand_over_photos(
    community_id: int, complaint_id: UUID, whistle_id: UUID, chosen: Collection[UUID], seat: Seat
) -> None:
    known = {row.id for row in cases.ready_photos_of(community_id, complaint_id)}
    if not set(chosen) <= known:
        sentence = "请从列出的照片里选。"
        raise Invalid(sentence, errors={"photos": sentence})
    for file_id in chosen:
        stored = files.stored_file(community_id, file_id)
        if stored is not None:
            copy_file(
                community_id,
                stored,
                subject_kind=WHISTLE_PHOTO,
                subject_id=whistle_id,
                copied_by=seat.account_id,
            )
