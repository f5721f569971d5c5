"""Numbered paper ballots, what happened to them, and their entries. Append-only.

Nobody reads `paper_answer.choice`: the runtime role lacks the column. Two entries are compared by
the database function `paper_entries_agree`, which says yes or no and nothing else.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.models.keys import ASSEMBLY_MATTER, MATTER_KEY, ROLL_KEY, ROLL_VOTER
from app.voting.rules import SETTLED, PaperEvent, SpoiledBy

_SETTLED_KINDS = ", ".join(f"'{kind.value}'" for kind in sorted(SETTLED))
_ONE_CANDIDATE = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class PaperBallot(TenantModel):
    """纸质选票: personal; `code` is on the counterfoil and becomes the receipt code."""

    __tablename__ = "paper_ballot"
    __table_args__ = (
        ForeignKeyConstraint(ROLL_KEY, ROLL_VOTER),
        UniqueConstraint("community_id", "code"),
        UniqueConstraint("community_id", "voter_id", "turn"),
        UniqueConstraint("community_id", "assembly_id", "id"),
    )

    assembly_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    turn: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    code: Mapped[str] = mapped_column(Text)
    issued_by: Mapped[UUID]


class PaperHappening(TenantModel):
    """What happened to a paper ballot; each kind once, and settled once."""

    __tablename__ = "paper_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "assembly_id", "paper_id"],
            ["paper_ballot.community_id", "paper_ballot.assembly_id", "paper_ballot.id"],
        ),
        tenant_reference("cast_id", "ballot_cast"),
        Index("ix_paper_event_kind", "community_id", "assembly_id", "kind", "paper_id"),
        UniqueConstraint("community_id", "paper_id", "kind"),
        Index(
            "uq_paper_event_settled",
            "community_id",
            "paper_id",
            unique=True,
            postgresql_where=text(f"kind IN ({_SETTLED_KINDS})"),
        ),
        CheckConstraint("(kind = 'counted') = (cast_id IS NOT NULL)", name="count_named"),
        one_of("kind", PaperEvent),
    )

    assembly_id: Mapped[UUID]
    paper_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    done_by: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
    cast_id: Mapped[UUID | None]


class PaperEntry(TenantModel):
    """One person's reading of a paper ballot; nobody reads the same one twice."""

    __tablename__ = "paper_entry"
    __table_args__ = (
        tenant_reference("paper_id", "paper_ballot"),
        tenant_reference("signed_as", "owner"),
        UniqueConstraint("community_id", "paper_id", "position"),
        UniqueConstraint("community_id", "paper_id", "entered_by"),
        CheckConstraint(
            "(spoiled IS NULL) = (signed_as IS NOT NULL)", name="signed_unless_spoiled"
        ),
        CheckConstraint("authority_turn IS NULL OR spoiled IS NULL", name="proxy_signs_sound"),
        CheckConstraint(
            "spoiled IN ({})".format(", ".join(f"'{kind.value}'" for kind in SpoiledBy)),
            name="spoiled_known",
        ),
    )

    paper_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    entered_by: Mapped[UUID]
    signed_as: Mapped[UUID | None]
    authority_turn: Mapped[int | None] = mapped_column(SmallInteger)
    spoiled: Mapped[str | None] = mapped_column(Text)
    scan_id: Mapped[UUID | None]


class PaperAnswer(TenantModel):
    """What one person read on a paper ballot about one matter. Never read back."""

    __tablename__ = "paper_answer"
    __table_args__ = (
        tenant_reference("entry_id", "paper_entry"),
        ForeignKeyConstraint(MATTER_KEY, ASSEMBLY_MATTER),
        UniqueConstraint("community_id", "entry_id", "matter_id"),
        CheckConstraint(
            "choice IN ('for', 'against', 'abstain', 'blank', 'too_many', '')"
            f" OR choice ~ '^{_ONE_CANDIDATE}(;{_ONE_CANDIDATE})*$'",
            name="choice_shape",
        ),
    )

    entry_id: Mapped[UUID]
    assembly_id: Mapped[UUID]
    matter_id: Mapped[UUID]
    choice: Mapped[str] = mapped_column(Text)
