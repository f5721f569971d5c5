"""The negative list (任职负面清单) of each candidate, checked item by item."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of
from app.voting.rules import Finding, NegativeItem


class CandidateCheck(TenantModel):
    """What was found on one item, by whom and by what; `file_id` is the evidence."""

    __tablename__ = "candidate_check"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "matter_id", "candidate_id"],
            ["candidate.community_id", "candidate.matter_id", "candidate.id"],
        ),
        UniqueConstraint("community_id", "candidate_id", "item"),
        one_of("item", NegativeItem),
        one_of("finding", Finding),
    )

    matter_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    item: Mapped[str] = mapped_column(Text)
    finding: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    file_id: Mapped[UUID | None]
    checked_by: Mapped[UUID]
