"""Reading the file rows of the bound community."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, select

from app.core.db import db
from app.core.files.models import StoredFile


def stored_file(community_id: int, file_id: UUID) -> StoredFile | None:
    """One file."""
    return db.session.get(StoredFile, (community_id, file_id))


def files_of(
    community_id: int, subject_kind: str, subject_ids: Iterable[UUID]
) -> Sequence[StoredFile]:
    """The files of these subjects, oldest first, in one statement."""
    return db.session.scalars(
        select(StoredFile)
        .where(
            StoredFile.community_id == community_id,
            StoredFile.subject_kind == subject_kind,
            StoredFile.subject_id.in_(list(subject_ids)),
        )
        .order_by(StoredFile.id)
    ).all()


def forget_file(community_id: int, file_id: UUID) -> bool:
    """Remove the row of a file."""
    removed = db.session.execute(
        delete(StoredFile).where(StoredFile.community_id == community_id, StoredFile.id == file_id)
    )
    return bool(removed.rowcount)  # type: ignore[attr-defined]
