"""After the decision is final: what was handed in where, and the whole file as one package."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.rules import ArchiveKind, ArchiveState, FilingItem


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
    """A ZIP made by a job: the whole file of an assembly, or a package of one of its counts.

    `asked_by` is none for what the count itself orders (the public package).
    """

    __tablename__ = "assembly_archive"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        one_of("state", ArchiveState),
        one_of("kind", ArchiveKind),
        CheckConstraint("(kind = 'file') = (counting IS NULL)", name="package_of_a_count"),
        CheckConstraint("kind = 'public' OR asked_by IS NOT NULL", name="asked_by_somebody"),
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
            "kind",
            "counting",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state = 'running'"),
        ),
    )

    assembly_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text, server_default=text("'file'"))
    counting: Mapped[int | None] = mapped_column(SmallInteger)
    asked_by: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(Text)
    file_id: Mapped[UUID | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    ready_at: Mapped[datetime | None]
