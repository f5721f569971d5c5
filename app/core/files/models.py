"""What was uploaded: one row a file, its bytes in the storage under the community."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel

DRAFT = "draft"
"""The kind of a file that was sent ahead of its form; its subject is the form's own key."""


class Condition(StrEnum):
    """Whether the bytes of a file may be shown."""

    READY = "ready"
    WAITING = "waiting"
    """Kept as it was sent, seen by nobody, until a job has written it anew."""
    REFUSED = "refused"
    """The job could not read it; nothing of it is left but the row."""


class StoredFile(TenantModel):
    """A file of something (`subject_kind`, `subject_id`), which decides who sees it."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint(
            f"condition IN ({', '.join(repr(one.value) for one in Condition)})",
            name="condition_known",
        ),
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
    sent_sha256: Mapped[str | None] = mapped_column(Text)
    condition: Mapped[str] = mapped_column(Text, server_default=Condition.READY.value)
