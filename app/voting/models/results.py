"""What was counted."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of
from app.voting.models.keys import ASSEMBLY_MATTER, MATTER_KEY
from app.voting.rules import Outcome, Threshold


class AssemblyResult(TenantModel):
    """A count of one matter. A recount is a further row; both stay."""

    __tablename__ = "assembly_result"
    __table_args__ = (
        ForeignKeyConstraint(MATTER_KEY, ASSEMBLY_MATTER),
        UniqueConstraint("community_id", "matter_id", "counting"),
        one_of("outcome", Outcome),
        one_of("threshold", Threshold),
        Index("ix_assembly_result_assembly", "community_id", "assembly_id"),
        CheckConstraint(
            "took_area_centi = for_area_centi + against_area_centi + abstain_area_centi"
            " AND took_heads = for_heads + against_heads + abstain_heads",
            name="adds_up",
        ),
    )

    assembly_id: Mapped[UUID]
    matter_id: Mapped[UUID]
    counting: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    roll_area_centi: Mapped[int] = mapped_column(BigInteger)
    roll_heads: Mapped[int]
    took_area_centi: Mapped[int] = mapped_column(BigInteger)
    took_heads: Mapped[int]
    for_area_centi: Mapped[int] = mapped_column(BigInteger)
    for_heads: Mapped[int]
    against_area_centi: Mapped[int] = mapped_column(BigInteger)
    against_heads: Mapped[int]
    abstain_area_centi: Mapped[int] = mapped_column(BigInteger)
    abstain_heads: Mapped[int]
    outcome: Mapped[str] = mapped_column(Text)
    threshold: Mapped[str] = mapped_column(Text)
    ballots_digest: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
