"""What was uploaded: one row a file, its bytes in the storage under the community."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel

DRAFT = "draft"
"""The kind of a file that was sent ahead of its form; its subject is the form's own key."""


class StoredFile(TenantModel):
    """A file of something (`subject_kind`, `subject_id`), which decides who sees it."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        Index("ix_stored_file_subject", "community_id", "subject_kind", "subject_id"),
        Index(
            "ix_stored_file_draft",
            "created_at",
            postgresql_where=sql(f"subject_kind = '{DRAFT}'"),
        ),
    )

    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    uploaded_by: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    mime: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(Text)
