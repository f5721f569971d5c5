"""Whistles (社区吹哨、部门报到): what was handed over, who is called, and the record of both.

What the called see is the copy that stands here; the case itself never leaves the community.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules.whistles import CallHappening, CallParty, CallState, Stars
from app.core.db import TenantModel, one_of, tenant_reference

_UNTIMED = ", ".join(f"'{state.value}'" for state in CallState if not state.clock_runs)


class Whistle(TenantModel):
    """吹哨: the locked copy of one case as it was handed over; never changed.

    It holds nothing of the reporter: no account, no name, no telephone, no home.
    """

    __tablename__ = "whistle"
    __table_args__ = (
        tenant_reference("complaint_id", "complaint"),
        Index("ix_whistle_complaint", "community_id", "complaint_id", "id"),
    )

    complaint_id: Mapped[UUID]
    community_code: Mapped[str] = mapped_column(Text)
    community_name: Mapped[str] = mapped_column(Text)
    short_code: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    raised_by: Mapped[UUID]


class WhistleCall(TenantModel):
    """One party that is called: a department, or without one the street of `called_path`.

    `called_key` names the party in one word (see rules.whistles). `by_call_id`, `by_key`: the
    street that was called itself and called further; without them the community did. `due_at` is
    the running deadline (to sign, to arrive, to answer a refusal), `notice_at` the same until it
    was noticed that it has passed. The hours are the community's settings as they were: from the
    region they cannot be looked up.
    """

    __tablename__ = "whistle_call"
    __table_args__ = (
        tenant_reference("whistle_id", "whistle"),
        UniqueConstraint(
            "community_id", "id", "whistle_id", "called_key", name="uq_whistle_call_called_key"
        ),
        ForeignKeyConstraint(
            ["community_id", "by_call_id", "whistle_id", "by_key"],
            [
                "whistle_call.community_id",
                "whistle_call.id",
                "whistle_call.whistle_id",
                "whistle_call.called_key",
            ],
            name="fk_whistle_call_by_street",
        ),
        one_of("state", CallState),
        CheckConstraint("(by_call_id IS NULL) = (by_key IS NULL)", name="called_by_street"),
        CheckConstraint(
            "called_key = COALESCE('department:' || department_id::text, 'street:' || called_path)",
            name="key_is_of_the_called",
        ),
        CheckConstraint("by_key LIKE 'street:%'", name="only_streets_call_further"),
        CheckConstraint("sign_by <= arrive_by", name="signed_before_arrival"),
        CheckConstraint(
            f"(due_at IS NULL) = (state IN ({_UNTIMED}))", name="clock_runs_while_awaited"
        ),
        Index("ix_whistle_call_whistle", "community_id", "whistle_id", "id"),
        Index(
            "ix_whistle_call_open",
            "called_key",
            "state",
            "due_at",
            "id",
            postgresql_where=sql("state NOT IN ('done', 'withdrawn')"),
        ),
        Index(
            "ix_whistle_call_at_home",
            "community_id",
            "state",
            "due_at",
            "id",
            postgresql_where=sql("state NOT IN ('done', 'withdrawn')"),
        ),
        Index("ix_whistle_call_called", "called_key", "id"),
        Index(
            "uq_whistle_call_open",
            "community_id",
            "whistle_id",
            "called_key",
            unique=True,
            postgresql_where=sql("state NOT IN ('done', 'withdrawn')"),
        ),
        Index("ix_whistle_call_id", "id"),
        Index(
            "ix_whistle_call_notice_at", "notice_at", postgresql_where=sql("notice_at IS NOT NULL")
        ),
        Index(
            "ix_whistle_call_by",
            "community_id",
            "by_call_id",
            postgresql_where=sql("by_call_id IS NOT NULL"),
        ),
        Index(
            "ix_whistle_call_by_key",
            "by_key",
            "id",
            postgresql_where=sql("by_key IS NOT NULL"),
        ),
    )

    whistle_id: Mapped[UUID]
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    called_key: Mapped[str] = mapped_column(Text)
    called_path: Mapped[str] = mapped_column(Text)
    called_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    party_name: Mapped[str] = mapped_column(Text)
    by_call_id: Mapped[UUID | None]
    by_key: Mapped[str | None] = mapped_column(Text)
    by_name: Mapped[str] = mapped_column(Text)
    community_name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    insisted: Mapped[bool] = mapped_column(server_default=sql("false"))
    sign_hours: Mapped[int] = mapped_column(SmallInteger)
    arrive_hours: Mapped[int] = mapped_column(SmallInteger)
    sign_by: Mapped[datetime]
    arrive_by: Mapped[datetime]
    due_at: Mapped[datetime | None]
    notice_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=sql("1"))


class WhistleEvent(TenantModel):
    """One thing that happened to a call; never changed or removed.

    Its photos (`subject_kind` whistle_event) prove an arrival.
    """

    __tablename__ = "whistle_event"
    __table_args__ = (
        tenant_reference("whistle_id", "whistle"),
        tenant_reference("call_id", "whistle_call"),
        one_of("kind", CallHappening),
        one_of("party", CallParty),
        one_of("to_state", CallState),
        Index("ix_whistle_event_whistle", "community_id", "whistle_id", "id"),
    )

    whistle_id: Mapped[UUID]
    call_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    party: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    party_name: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    to_state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))


class WhistleScore(TenantModel):
    """双向评价: what one side of a call gives the other, once; never changed or removed."""

    __tablename__ = "whistle_score"
    __table_args__ = (
        tenant_reference("call_id", "whistle_call"),
        UniqueConstraint("community_id", "call_id", "side"),
        CheckConstraint("side IN ('whistler', 'called')", name="side_known"),
        CheckConstraint(
            f"stars BETWEEN {Stars.VERY_BAD.value} AND {Stars.VERY_GOOD.value}", name="stars_known"
        ),
    )

    call_id: Mapped[UUID]
    side: Mapped[str] = mapped_column(Text)
    stars: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    actor_id: Mapped[UUID]
