"""Visits from door to door. Append-only; a household's state is its last visit."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of
from app.voting.models.keys import ROLL_KEY, ROLL_VOTER
from app.voting.rules import NOTE_LIMIT, VisitOutcome


class HouseholdVisit(TenantModel):
    """上门: who was where, when and what came of it."""

    __tablename__ = "household_visit"
    __table_args__ = (
        ForeignKeyConstraint(ROLL_KEY, ROLL_VOTER),
        ForeignKeyConstraint(
            ["community_id", "assembly_id", "unit_id"],
            ["roll_unit.community_id", "roll_unit.assembly_id", "roll_unit.unit_id"],
        ),
        one_of("outcome", VisitOutcome),
        CheckConstraint(f"length(note) <= {NOTE_LIMIT}", name="note_short"),
        Index("ix_household_visit_unit", "community_id", "assembly_id", "unit_id", "id"),
    )

    assembly_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    outcome: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    visited_by: Mapped[UUID]
