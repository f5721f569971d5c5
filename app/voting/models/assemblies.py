"""Assemblies, the matters they vote on, and the candidates of elections."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.models.keys import ASSEMBLY_MATTER, MATTER_KEY
from app.voting.rules import MatterKind, Mode, Origin, State, VotingScope


class Assembly(TenantModel):
    """业主大会会议. `due_at` is the moment the clock takes the next step, whoever is asleep.

    `first_closes_at` is the deadline of the notice, where it was extended since; `reminders` is how
    many times those who had not voted were reminded before the present deadline. The counts of
    those who took part are kept in so many `slices` for each building.
    """

    __tablename__ = "assembly"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        one_of("state", State),
        one_of("mode", Mode),
        one_of("scope", VotingScope),
        one_of("origin", Origin),
        CheckConstraint("opens_at < closes_at", name="window_in_order"),
        Index("ix_assembly_state", "community_id", "state", "id"),
        Index("ix_assembly_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    compound_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(Text)
    convener: Mapped[str] = mapped_column(Text)
    statement: Mapped[str] = mapped_column(Text, server_default=text("''"))
    mode: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text, server_default=text("'compound'"))
    origin: Mapped[str] = mapped_column(Text, server_default=text("'committee'"))
    state: Mapped[str] = mapped_column(Text)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    extended: Mapped[bool] = mapped_column(server_default=text("false"))
    notice_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    review_note: Mapped[str | None] = mapped_column(Text)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    cancelled_at: Mapped[datetime | None]
    first_closes_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    extension_reason: Mapped[str | None] = mapped_column(Text)
    reminders: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    parking_votes: Mapped[bool | None]
    roll_heads: Mapped[int | None]
    roll_area_centi: Mapped[int | None] = mapped_column(BigInteger)
    slices: Mapped[int] = mapped_column(SmallInteger, server_default=text("8"))
    drafted_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class AssemblyMatter(TenantModel):
    """表决事项. `statute` is its item in 民法典 278, which decides the threshold.

    An election has `seats`. `most_choices` is what a ballot may choose: as many candidates as there
    are seats, or 0 where the answer is for, against or abstain. Each ballot refers to it, so that
    the database refuses one that chooses too many.
    """

    __tablename__ = "assembly_matter"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        UniqueConstraint("community_id", "assembly_id", "id"),
        UniqueConstraint("community_id", "assembly_id", "position"),
        UniqueConstraint(
            "community_id", "assembly_id", "id", "most_choices", name="uq_assembly_matter_choices"
        ),
        CheckConstraint("statute BETWEEN 1 AND 9", name="statute_known"),
        one_of("kind", MatterKind),
        CheckConstraint(
            "(kind = 'election') = (seats IS NOT NULL) AND seats BETWEEN 1 AND 99",
            name="election_has_seats",
        ),
        CheckConstraint(
            "kind <> 'election' OR statute NOT BETWEEN 6 AND 8", name="election_is_ordinary"
        ),
    )

    assembly_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    statute: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, server_default=text("''"))
    seats: Mapped[int | None] = mapped_column(SmallInteger)
    most_choices: Mapped[int] = mapped_column(
        SmallInteger, Computed("COALESCE(seats, 0)", persisted=True)
    )


class Candidate(TenantModel):
    """候选人 of an election, in the order of the notice: an owner of the register.

    `home`: the buildings in which they own something, as the notice says. `owner_id` is none in
    lists from the time when names were typed.
    """

    __tablename__ = "candidate"
    __table_args__ = (
        ForeignKeyConstraint(MATTER_KEY, ASSEMBLY_MATTER),
        tenant_reference("owner_id", "owner"),
        UniqueConstraint("community_id", "matter_id", "id"),
        UniqueConstraint("community_id", "matter_id", "position"),
    )

    assembly_id: Mapped[UUID]
    matter_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    home: Mapped[str] = mapped_column(Text, server_default=text("''"))
    statement: Mapped[str] = mapped_column(Text, server_default=text("''"))
    photo_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]
