"""After the decision is final: what was handed in where, and the whole file as one package."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.rules import ArchiveState, FilingItem


class FilingEntry(TenantModel):
    """备案: a line of the checklist was done, or that entry was withdrawn. The newest row counts.

    Append-only: a slip is corrected by a further row. Scans are files of the row.
    """

    __tablename__ = "filing_entry"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        one_of("item", FilingItem),
        CheckConstraint(
            "withdrawn = (done_on IS NULL) AND (NOT withdrawn OR note <> '')",
            name="done_or_withdrawn",
        ),
        Index("ix_filing_entry_assembly", "community_id", "assembly_id", "item", "id"),
    )

    assembly_id: Mapped[UUID]
    item: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(server_default=text("false"))
    done_on: Mapped[date | None]
    receipt: Mapped[str] = mapped_column(Text, server_default=text("''"))
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    entered_by: Mapped[UUID]


class AssemblyArchive(TenantModel):
    """The whole file of an assembly as one ZIP, made by a job."""

    __tablename__ = "assembly_archive"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        one_of("state", ArchiveState),
        CheckConstraint(
            "(state = 'ready') = (file_id IS NOT NULL AND sha256 IS NOT NULL"
            " AND size IS NOT NULL AND ready_at IS NOT NULL)",
            name="ready_whole",
        ),
        Index("ix_assembly_archive_assembly", "community_id", "assembly_id", "id"),
        Index(
            "uq_assembly_archive_running",
            "community_id",
            "assembly_id",
            unique=True,
            postgresql_where=text("state = 'running'"),
        ),
    )

    assembly_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)
    file_id: Mapped[UUID | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    ready_at: Mapped[datetime | None]
