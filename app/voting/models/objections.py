"""Objections to the roll and to the result, with their answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.rules import ObjectionState, ObjectionSubject


class AssemblyObjection(TenantModel):
    """异议. `owner_id` is none where somebody says that the register forgot them.

    The words cannot be changed later: the runtime role may only add the answer.
    """

    __tablename__ = "assembly_objection"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        tenant_reference("owner_id", "owner"),
        one_of("subject", ObjectionSubject),
        one_of("state", ObjectionState),
        CheckConstraint(
            "(state = 'open') = (answered_at IS NULL) AND (answer IS NULL) = (answered_at IS NULL)"
            " AND (answered_by IS NULL) = (answered_at IS NULL)",
            name="answered_whole",
        ),
        Index(
            "uq_assembly_objection_open",
            "community_id",
            "assembly_id",
            "subject",
            "account_id",
            unique=True,
            postgresql_where=sql("state = 'open'"),
        ),
        Index("ix_assembly_objection_assembly", "community_id", "assembly_id", "subject", "id"),
    )

    assembly_id: Mapped[UUID]
    subject: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID]
    owner_id: Mapped[UUID | None]
    label: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=sql("'open'"))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
