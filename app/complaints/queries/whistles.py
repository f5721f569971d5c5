"""Whistles and their calls, as the community sees them and as those see them who are called.

What is asked for without a community is asked from a region: row security then shows exactly the
calls that are addressed to the visitor, or that their street made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, and_, cast, exists, func, literal, select, tuple_, union_all
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import distinct_on

from app.communities.models import Community, Region
from app.complaints.models import (
    Complaint,
    ComplaintEvent,
    Whistle,
    WhistleCall,
    WhistleEvent,
    WhistleScore,
)
from app.complaints.rules.whistle_tabs import CallTab
from app.complaints.rules.whistles import CALL_OPEN, CallHappening
from app.core.db import db
from app.people.models import Account

PAGE = 30
WHISTLE_PHOTO = "whistle"
"""The kind of a photo that was handed over with a whistle."""
ON_SITE_PHOTO = "whistle_event"
"""The kind of a photo of the record: an arrival."""
_OPEN = [state.value for state in CALL_OPEN]
_OF_WHISTLE = and_(
    Whistle.community_id == WhistleCall.community_id, Whistle.id == WhistleCall.whistle_id
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class WantedCalls:
    """Which calls are asked for: those of a community, or those addressed to some keys."""

    tab: CallTab
    community_id: int | None = None
    keys: frozenset[str] = frozenset()
    after: str | None = None


def whistle(community_id: int, whistle_id: UUID) -> Whistle | None:
    """The copy of the case as it was handed over."""
    return db.session.get(Whistle, (community_id, whistle_id))


def call_of(community_id: int, call_id: UUID) -> WhistleCall | None:
    """A call of this community, to be changed in this transaction."""
    return db.session.scalar(
        select(WhistleCall)
        .where(WhistleCall.community_id == community_id, WhistleCall.id == call_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def seen_call(call_id: UUID) -> WhistleCall | None:
    """A call, if it concerns the visitor of the region."""
    return db.session.scalar(select(WhistleCall).where(WhistleCall.id == call_id))


def seen_call_locked(call_id: UUID) -> WhistleCall | None:
    """The same, to be changed in this transaction."""
    return db.session.scalar(
        select(WhistleCall)
        .where(WhistleCall.id == call_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def calls_of(community_id: int, whistle_id: UUID) -> Sequence[WhistleCall]:
    """The calls of a whistle in the order in which they were made."""
    return db.session.scalars(
        select(WhistleCall)
        .where(WhistleCall.community_id == community_id, WhistleCall.whistle_id == whistle_id)
        .order_by(WhistleCall.id)
    ).all()


def calls_made_by(community_id: int, call_id: UUID) -> Sequence[WhistleCall]:
    """The calls a street made because of this call to itself."""
    return db.session.scalars(
        select(WhistleCall)
        .where(WhistleCall.community_id == community_id, WhistleCall.by_call_id == call_id)
        .order_by(WhistleCall.id)
    ).all()


def calls_about(community_id: int, complaint_id: UUID) -> Sequence[Any]:
    """All calls for one case and for those merged into it, the newest whistle first.

    Rows of WhistleCall, complaint_id (whose whistle it is) and its short_code.
    """
    return db.session.execute(
        select(WhistleCall, Whistle.complaint_id, Whistle.short_code)
        .join(Whistle, _OF_WHISTLE)
        .where(*_about(community_id, complaint_id))
        .order_by(WhistleCall.whistle_id.desc(), WhistleCall.id)
    ).all()


def open_calls_locked(community_id: int, complaint_id: UUID) -> Sequence[WhistleCall]:
    """Those of `calls_about` that have not ended, to be changed in this transaction."""
    return db.session.scalars(
        select(WhistleCall)
        .join(Whistle, _OF_WHISTLE)
        .where(*_about(community_id, complaint_id), WhistleCall.state.in_(_OPEN))
        .order_by(WhistleCall.id)
        .with_for_update(of=WhistleCall)
        .execution_options(populate_existing=True)
    ).all()


def events_of(community_id: int, whistle_id: UUID) -> Sequence[WhistleEvent]:
    """The record of a whistle, oldest first."""
    return db.session.scalars(
        select(WhistleEvent)
        .where(WhistleEvent.community_id == community_id, WhistleEvent.whistle_id == whistle_id)
        .order_by(WhistleEvent.created_at, WhistleEvent.id)
    ).all()


def event_of(community_id: int, event_id: UUID) -> WhistleEvent | None:
    """One line of the record."""
    return db.session.get(WhistleEvent, (community_id, event_id))


def standings(community_id: int, whistle_id: UUID) -> Sequence[Any]:
    """Where each called party of a whistle stands by the record: call_id, to_state, and who.

    The record is read by all who are called; the calls of others are not.
    """
    first = (
        select(WhistleEvent.call_id, WhistleEvent.details)
        .where(
            WhistleEvent.community_id == community_id,
            WhistleEvent.whistle_id == whistle_id,
            WhistleEvent.kind == CallHappening.CALLED,
        )
        .subquery("first")
    )
    last = (
        select(WhistleEvent.call_id, WhistleEvent.to_state, WhistleEvent.created_at)
        .ext(distinct_on(WhistleEvent.call_id))
        .where(WhistleEvent.community_id == community_id, WhistleEvent.whistle_id == whistle_id)
        .order_by(WhistleEvent.call_id, WhistleEvent.created_at.desc(), WhistleEvent.id.desc())
        .subquery("last")
    )
    return db.session.execute(
        select(last.c.call_id, last.c.to_state, first.c.details)
        .join(first, first.c.call_id == last.c.call_id)
        .order_by(last.c.call_id)
    ).all()


def scores_of(community_id: int, call_ids: Collection[UUID]) -> Sequence[WhistleScore]:
    """What the sides of these calls gave one another."""
    return db.session.scalars(
        select(WhistleScore).where(
            WhistleScore.community_id == community_id, WhistleScore.call_id.in_(list(call_ids))
        )
    ).all()


def keys_called(community_id: int, complaint_id: UUID) -> frozenset[str]:
    """Who is called for this case, or for one merged into it, and has not ended."""
    return frozenset(
        db.session.scalars(
            select(WhistleCall.called_key)
            .join(Whistle, _OF_WHISTLE)
            .where(*_about(community_id, complaint_id), WhistleCall.state.in_(_OPEN))
        )
    )


def calls_page(wanted: WantedCalls) -> Sequence[Any]:
    """A page (and one more) of calls: WhistleCall, place. The place goes with a withdrawn call.

    The place is looked up for the rows of the page alone.
    """
    place = select(Whistle.place).where(_OF_WHISTLE).correlate(WhistleCall).scalar_subquery()
    rows = select(WhistleCall, place.label("place")).where(*_among(wanted))
    if wanted.tab is not CallTab.MADE:
        rows = rows.where(WhistleCall.state.in_([state.value for state in wanted.tab.states]))
    return db.session.execute(_from_key(rows, wanted).limit(PAGE + 1)).all()


def call_counts(wanted: WantedCalls) -> dict[str, int]:
    """How many calls stand in each open state, in one statement over open calls only."""
    rows = db.session.execute(
        select(WhistleCall.state, func.count())
        .where(*_among(wanted, made=False), WhistleCall.state.in_(_OPEN))
        .group_by(WhistleCall.state)
    )
    return {row.state: row[1] for row in rows}


def key_after(call: WhistleCall, tab: CallTab) -> str:
    """The key of the last row of a page, as it stands in the address of the next."""
    if tab.by_clock and call.due_at is not None:
        return f"{(call.due_at - _EPOCH) // _MICROSECOND}.{call.id}"
    return str(call.id)


def late_calls(kind: str) -> Select[Any]:
    """For the sweep: a message for each call whose running deadline has passed unnoticed.

    The message's id is made of call and deadline, so that the same one cannot be left twice while
    it waits.
    """
    due = func.extract("epoch", WhistleCall.notice_at)
    key = func.concat(cast(WhistleCall.id, String), ":", due)
    return (
        select(
            WhistleCall.community_id,
            cast(func.md5(key), postgresql.UUID(as_uuid=True)),
            func.text(kind),
            func.jsonb_build_object("call_id", WhistleCall.id, "due", cast(due, String)),
        )
        .where(WhistleCall.notice_at <= func.now())
        .order_by(WhistleCall.notice_at)
        .limit(_AT_ONCE)
    )


def has_line(community_id: int, event_id: UUID) -> bool:
    """Whether the case's time line has a line with this id already."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    ComplaintEvent.community_id == community_id, ComplaintEvent.id == event_id
                )
            )
        )
    )


def traces_of(complaint: Complaint) -> list[tuple[str | None, str | None]]:
    """Names and numbers of the reporter, to take them out of what is handed over."""
    known = [(complaint.contact_name, complaint.contact_phone)]
    if complaint.reporter_id is not None:
        row = db.session.execute(
            select(Account.name, Account.phone).where(Account.id == complaint.reporter_id)
        ).one_or_none()
        known += [(row.name, row.phone)] if row else []
    return [(name, phone) for name, phone in known if name or phone]


def street_of(region_path: str) -> Region | None:
    """The street with this path."""
    return db.session.scalar(select(Region).where(Region.path == region_path))


def code_of(community_id: int) -> str:
    """The 12-digit code of a community that must exist."""
    return db.session.execute(
        select(Community.code).where(Community.id == community_id)
    ).scalar_one()


def _about(community_id: int, complaint_id: UUID) -> tuple[Any, ...]:
    merged = select(Complaint.id).where(
        Complaint.community_id == community_id, Complaint.merged_into_id == complaint_id
    )
    family = union_all(select(literal(complaint_id)), merged)
    return Whistle.community_id == community_id, Whistle.complaint_id.in_(family)


def _among(wanted: WantedCalls, *, made: bool = True) -> tuple[Any, ...]:
    if wanted.community_id is not None:
        return (WhistleCall.community_id == wanted.community_id,)
    if made and wanted.tab is CallTab.MADE:
        return (WhistleCall.by_key.in_(sorted(wanted.keys)),)
    return (WhistleCall.called_key.in_(sorted(wanted.keys)),)


def _from_key(rows: Select[Any], wanted: WantedCalls) -> Select[Any]:
    if not wanted.tab.by_clock:
        key = _read_id(wanted.after)
        rows = rows.where(WhistleCall.id < key) if key else rows
        return rows.order_by(WhistleCall.id.desc())
    moment, _, last = (wanted.after or "").partition(".")
    last_id = _read_id(last)
    if last_id and moment.isdecimal():
        due_at = _EPOCH + int(moment) * _MICROSECOND
        rows = rows.where(tuple_(WhistleCall.due_at, WhistleCall.id) > tuple_(due_at, last_id))
    return rows.order_by(WhistleCall.due_at, WhistleCall.id)


def _read_id(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
