"""Recounts under the supervision of the street. Append-only; the counts before them stay."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, tenant_reference


class Recount(TenantModel):
    """复核计票: `counting` numbers the count it made; `differs` from the one before."""

    __tablename__ = "assembly_recount"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        UniqueConstraint("community_id", "assembly_id", "counting"),
        CheckConstraint("counting > 1", name="after_the_first"),
    )

    assembly_id: Mapped[UUID]
    counting: Mapped[int] = mapped_column(SmallInteger)
    supervisor: Mapped[str] = mapped_column(Text)
    office: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    held_by: Mapped[UUID]
    differs: Mapped[bool]
