"""Lists by key: a resident's own complaints, the desk's queue, what is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, and_, cast, func, select, tuple_
from sqlalchemy.dialects import postgresql

from app.complaints.models import Complaint
from app.complaints.queries.in_states import in_states
from app.complaints.queries.searching import matching
from app.complaints.rules.queue import SOON, Mark, Tab
from app.complaints.rules.states import RUNNING, State
from app.core.db import db
from app.organizations.models import Organization
from app.people.models import Account

PAGE = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EXCERPT = 120
_AT_ONCE = 10_000
_A_FEW = 3
_COUNTED = (Tab.MINE, Tab.TO_SIGN, Tab.UNASSIGNED, Tab.WORKING, Tab.SOON, Tab.OVERDUE)
_MARKED = {
    Mark.SAFETY: Complaint.public_safety,
    Mark.EXTENSION: Complaint.extension_days.is_not(None),
    Mark.DISPUTED: Complaint.state == State.RETURNED,
    Mark.REOPENED: Complaint.reopened_count > 0,
    Mark.HANDED_IN: Complaint.entered_by_id.is_not(None),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is asked for. `companies` None: all of the community. `me`: who asks."""

    tab: Tab
    now: datetime
    companies: frozenset[UUID] | None
    text: str = ""
    compound_id: UUID | None = None
    mark: Mark | None = None
    me: UUID | None = None
    after: str | None = None


def own_complaints(community_id: int, reporter_id: UUID, before: UUID | None) -> Sequence[Any]:
    """A page (and one more) of a person's complaints, newest first."""
    wanted = select(*_card()).where(
        Complaint.community_id == community_id, Complaint.reporter_id == reporter_id
    )
    if before is not None:
        wanted = wanted.where(Complaint.id < before)
    return db.session.execute(wanted.order_by(Complaint.id.desc()).limit(PAGE + 1)).all()


def to_confirm(community_id: int, reporter_id: UUID) -> Sequence[Any]:
    """A person's complaints that are reported done and wait for their word.

    Columns: id, category, category_title, text.
    """
    return db.session.execute(
        select(Complaint.id, Complaint.category, Complaint.category_title, Complaint.text)
        .where(
            Complaint.community_id == community_id,
            Complaint.reporter_id == reporter_id,
            Complaint.state == State.DONE,
        )
        .order_by(Complaint.id)
        .limit(_A_FEW)
    ).all()


def queue_page(community_id: int, wanted: Wanted) -> Sequence[Any]:
    """A page (and one more) of the queue: most urgent first, or newest first.

    The keys of the page come first, out of an index that holds all the conditions of a tab; only
    then are the rows read and the names joined. Reading rows first, the planner prefers to sort a
    whole tab wherever it expects less than a page.
    """
    page = _keys(community_id, wanted).subquery("page")
    rows = (
        select(
            *_card(),
            Organization.name.label("organization_name"),
            Account.name.label("assignee_name"),
        )
        .join(page, page.c.id == Complaint.id)
        .outerjoin(Account, Account.id == Complaint.assignee_id)
        .outerjoin(
            Organization,
            and_(
                Organization.community_id == Complaint.community_id,
                Organization.id == Complaint.organization_id,
            ),
        )
        .where(Complaint.community_id == community_id)
        .order_by(*_order(wanted.tab))
    )
    return db.session.execute(rows).all()


def _keys(community_id: int, wanted: Wanted) -> Select[Any]:
    rows = select(Complaint.id).where(
        Complaint.community_id == community_id,
        *_on_desk(wanted),
        *_in_tab(wanted),
        *_after_key(wanted),
    )
    if wanted.compound_id is not None:
        rows = rows.where(Complaint.compound_id == wanted.compound_id)
    if wanted.mark is not None:
        rows = rows.where(_MARKED[wanted.mark])
    if wanted.text:
        rows = rows.where(matching(community_id, wanted.text))
    return rows.order_by(*_order(wanted.tab)).limit(PAGE + 1)


def open_counts(community_id: int, wanted: Wanted) -> dict[Tab, int]:
    """How many stand in each tab that has a clock, in one statement over open cases only."""
    soon, overdue = (
        func.count().filter(*_by_time(tab, wanted.now)) for tab in (Tab.SOON, Tab.OVERDUE)
    )
    row = db.session.execute(
        select(
            func.count().filter(Complaint.assignee_id == wanted.me),
            func.count().filter(in_states(Tab.TO_SIGN.states)),
            func.count().filter(in_states(Tab.UNASSIGNED.states), Complaint.assignee_id.is_(None)),
            func.count().filter(in_states(Tab.WORKING.states)),
            soon,
            overdue,
        ).where(Complaint.community_id == community_id, in_states(RUNNING), *_on_desk(wanted))
    ).one()
    return dict(zip(_COUNTED, row, strict=True))


def key_after(row: Any, tab: Tab) -> str:
    """The key of the last row of a page, as it stands in the address of the next."""
    if tab.by_clock:
        return f"{(row.due_at - _EPOCH) // _MICROSECOND}.{row.id}"
    return str(row.id)


def late_messages(kind: str) -> Select[Any]:
    """For the sweep: a message for each complaint whose next level is to be told.

    The message's id is made of complaint, deadline and level, so that the same one cannot be left
    twice while it waits.
    """
    level = Complaint.escalation_level + 1
    due = func.extract("epoch", Complaint.due_at)
    key = func.concat(cast(Complaint.id, String), ":", due, ":", level)
    return (
        select(
            Complaint.community_id,
            cast(func.md5(key), postgresql.UUID(as_uuid=True)),
            func.text(kind),
            func.jsonb_build_object(
                "complaint_id", Complaint.id, "level", level, "due", cast(due, String)
            ),
        )
        .where(Complaint.escalate_at <= func.now())
        .order_by(Complaint.escalate_at)
        .limit(_AT_ONCE)
    )


def waking_messages(kind: str) -> Select[Any]:
    """For the sweep: a message for each case whose pause or silence is over."""
    due = func.extract("epoch", Complaint.wake_at)
    key = func.concat(cast(Complaint.id, String), ":wake:", due)
    return (
        select(
            Complaint.community_id,
            cast(func.md5(key), postgresql.UUID(as_uuid=True)),
            func.text(kind),
            func.jsonb_build_object("complaint_id", Complaint.id),
        )
        .where(Complaint.wake_at <= func.now())
        .order_by(Complaint.wake_at)
        .limit(_AT_ONCE)
    )


def _card() -> tuple[Any, ...]:
    return (
        Complaint.id,
        Complaint.short_code,
        Complaint.category,
        Complaint.category_title,
        func.left(Complaint.text, _EXCERPT).label("excerpt"),
        Complaint.place_name,
        Complaint.place_note,
        Complaint.anonymous,
        Complaint.state,
        Complaint.promised_at,
        Complaint.due_at,
        Complaint.escalation_level,
        Complaint.reopened_count,
        Complaint.public_safety,
        Complaint.version,
        Complaint.created_at,
    )


def _on_desk(wanted: Wanted) -> tuple[Any, ...]:
    if wanted.companies is None:
        return ()
    return (Complaint.organization_id.in_(list(wanted.companies)),)


def _in_tab(wanted: Wanted) -> tuple[Any, ...]:
    tab = wanted.tab
    if tab is Tab.MINE:
        return (Complaint.assignee_id == wanted.me, Complaint.due_at.is_not(None))
    if tab is Tab.UNASSIGNED:
        return (in_states(tab.states), Complaint.assignee_id.is_(None))
    # By time, the clock alone decides: a state besides would spoil the planner's guess.
    return _by_time(tab, wanted.now) or (in_states(tab.states),)


def _by_time(tab: Tab, now: datetime) -> tuple[Any, ...]:
    if tab is Tab.OVERDUE:
        return (Complaint.due_at < now,)
    if tab is Tab.SOON:
        return (Complaint.due_at >= now, Complaint.due_at < now + SOON)
    return ()


def _order(tab: Tab) -> tuple[Any, ...]:
    return (Complaint.due_at, Complaint.id) if tab.by_clock else (Complaint.id.desc(),)


def _after_key(wanted: Wanted) -> tuple[Any, ...]:
    if not wanted.tab.by_clock:
        key = _read_id(wanted.after)
        return (Complaint.id < key,) if key else ()
    moment, _, last = (wanted.after or "").partition(".")
    last_id = _read_id(last)
    if last_id is None or not moment.isdecimal():
        return ()
    due_at = _EPOCH + int(moment) * _MICROSECOND
    return (tuple_(Complaint.due_at, Complaint.id) > tuple_(due_at, last_id),)


def _read_id(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
