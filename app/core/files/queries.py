"""Reading the file rows of the bound community."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, func, select, text, update

from app.core.db import db
from app.core.files.models import DRAFT, Condition, StoredFile
from app.core.prepared import Prepared
from app.kit.images import CleanImage

_AT_ONCE = 10_000


_KEEP = Prepared(
    text("""
INSERT INTO stored_file (
    community_id, id, subject_kind, subject_id, uploaded_by,
    name, mime, size, width, height, sha256, sent_sha256, condition
) VALUES (
    :community_id, :id, :subject_kind, :subject_id, :uploaded_by,
    :name, :mime, :size, :width, :height, :sha256, :sent_sha256, :condition
)
""")
)


def insert_file(values: Mapping[str, Any]) -> None:
    """Write the row of a file; `values` names every column but the moment."""
    _KEEP.row(values)


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


def ready_photo(community_id: int, file_id: UUID, name: str, clean: CleanImage) -> bool:
    """Note that a waiting photo was written anew; False when it is no longer there."""
    return _end_wait(
        community_id,
        file_id,
        condition=Condition.READY.value,
        name=name,
        mime=clean.mime,
        size=len(clean.data),
        width=clean.width,
        height=clean.height,
        sha256=hashlib.sha256(clean.data).hexdigest(),
    )


def refuse_photo(community_id: int, file_id: UUID) -> bool:
    """Note that a waiting photo cannot be read; False when it is no longer there."""
    return _end_wait(community_id, file_id, condition=Condition.REFUSED.value)


def waiting_photos(community_id: int) -> Sequence[UUID]:
    """Photos that were sent and not yet written anew, oldest first."""
    return db.session.scalars(
        select(StoredFile.id)
        .where(
            StoredFile.community_id == community_id,
            StoredFile.condition == Condition.WAITING.value,
        )
        .order_by(StoredFile.id)
    ).all()


def _end_wait(community_id: int, file_id: UUID, **values: Any) -> bool:
    done = db.session.execute(
        update(StoredFile)
        .where(
            StoredFile.community_id == community_id,
            StoredFile.id == file_id,
            StoredFile.condition == Condition.WAITING.value,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def drafts_of(community_id: int, form_key: UUID, account_id: UUID) -> Sequence[StoredFile]:
    """Files this person has sent ahead of a form, oldest first, but for unreadable ones."""
    return db.session.scalars(
        select(StoredFile)
        .where(*_drafts(community_id, form_key, account_id))
        .order_by(StoredFile.id)
    ).all()


def adopt_drafts(
    community_id: int,
    form_key: UUID,
    account_id: UUID,
    file_ids: Iterable[UUID],
    subject: tuple[str, UUID],
) -> int:
    """Give files sent ahead of a form to what the form became; returns how many."""
    kind, subject_id = subject
    moved = db.session.execute(
        update(StoredFile)
        .where(
            *_drafts(community_id, form_key, account_id),
            StoredFile.id.in_(list(file_ids)),
        )
        .values(subject_kind=kind, subject_id=subject_id)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def old_drafts(kind: str, age: timedelta) -> Select[Any]:
    """For the sweep: a message for each file whose form was never sent."""
    return (
        select(
            StoredFile.community_id,
            StoredFile.id,
            func.text(kind),
            func.jsonb_build_object("file_id", StoredFile.id),
        )
        .where(StoredFile.subject_kind == DRAFT, StoredFile.created_at < func.now() - age)
        .order_by(StoredFile.created_at)
        .limit(_AT_ONCE)
    )


def named(connection: Connection, community_id: int, file_ids: Sequence[UUID]) -> set[UUID]:
    """For the sweep: which of these files a row names."""
    return set(
        connection.scalars(
            select(StoredFile.id).where(
                StoredFile.community_id == community_id, StoredFile.id.in_(file_ids)
            )
        )
    )


def _drafts(community_id: int, form_key: UUID, account_id: UUID) -> tuple[Any, ...]:
    return (
        StoredFile.community_id == community_id,
        StoredFile.subject_kind == DRAFT,
        StoredFile.subject_id == form_key,
        StoredFile.uploaded_by == account_id,
        StoredFile.condition != Condition.REFUSED.value,
    )
