"""Taking files in and letting them go. What an upload says of itself is never believed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import insert

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files import queries
from app.core.files.models import StoredFile
from app.core.files.storage import gone_with_a_rollback, storage
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.images import ImageRefused, Kind, clean_image, sniff
from app.kit.refusal import Invalid, TooLarge
from app.kit.videos import clean_video

IMAGE_KINDS = frozenset({"image/jpeg", "image/png", "image/webp"})
VIDEO_KINDS = frozenset({Kind.MP4, Kind.QUICKTIME})
PHOTO_LIMIT_BYTES = 15 * 1024 * 1024
VIDEO_LIMIT_BYTES = 20 * 1024 * 1024
DOCUMENT_LIMIT_BYTES = 25 * 1024 * 1024
THUMBNAIL = ".thumb"
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it came: a name somebody chose and bytes somebody sent."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """An upload that was looked at and written anew, ready to be kept."""

    data: bytes
    name: str
    mime: str
    width: int | None = None
    height: int | None = None
    small: bytes | None = None


def prepare_photo(upload: Upload) -> Prepared:
    """A photo re-encoded, turned upright, without position or other metadata.

    Raises TooLarge or Invalid with the sentence to show.
    """
    if len(upload.data) > PHOTO_LIMIT_BYTES:
        raise TooLarge("这张照片超过 15 MB,请换一张小一点的。")
    if sniff(upload.data) not in IMAGE_KINDS:
        raise Invalid("这个文件不是照片。请选择 JPG、PNG 或 WebP 格式的照片。")
    try:
        clean = clean_image(upload.data)
    except ImageRefused as refused:
        raise Invalid(str(refused)) from refused
    name = _photo_name(clean.mime)
    return Prepared(clean.data, name, clean.mime, clean.width, clean.height, clean.small)


def prepare_evidence(upload: Upload) -> Prepared:
    """A photo or a short video, whichever the content is; else as `prepare_photo`."""
    if sniff(upload.data) not in VIDEO_KINDS:
        return prepare_photo(upload)
    if len(upload.data) > VIDEO_LIMIT_BYTES:
        raise TooLarge("这段视频超过 20 MB，请剪短一点，或者改拍照片。")
    return Prepared(clean_video(upload.data).data, "video.mp4", Kind.MP4.value)


def store_prepared(
    community_id: int,
    ready: Prepared,
    *,
    subject_kind: str,
    subject_id: UUID,
    uploaded_by: UUID | None,
) -> UUID:
    """Keep what was prepared."""
    file_id = _store(
        community_id,
        ready.data,
        name=ready.name,
        mime=ready.mime,
        size=(ready.width, ready.height),
        subject=(subject_kind, subject_id),
        uploaded_by=uploaded_by,
    )
    if ready.small is not None:
        storage().put(community_id, file_id, ready.small, THUMBNAIL)
    return file_id


def store_photo(
    community_id: int,
    upload: Upload,
    *,
    subject_kind: str,
    subject_id: UUID,
    uploaded_by: UUID | None,
) -> UUID:
    """Keep a photo. Raises TooLarge or Invalid with the sentence to show."""
    return store_prepared(
        community_id,
        prepare_photo(upload),
        subject_kind=subject_kind,
        subject_id=subject_id,
        uploaded_by=uploaded_by,
    )


def store_document(
    community_id: int,
    upload: Upload,
    *,
    kinds: frozenset[str],
    subject_kind: str,
    subject_id: UUID,
    uploaded_by: UUID | None,
) -> UUID:
    """Keep a document whose content is one of `kinds` (MIME types found by content)."""
    if len(upload.data) > DOCUMENT_LIMIT_BYTES:
        raise TooLarge("这个文件超过 25 MB,请拆小后再上传。")
    found = sniff(upload.data)
    if found is None or found not in kinds:
        raise Invalid("这个文件的内容不是这里能接受的格式。")
    return _store(
        community_id,
        upload.data,
        name=upload.name[-120:],
        mime=found,
        size=(None, None),
        subject=(subject_kind, subject_id),
        uploaded_by=uploaded_by,
    )


def store_made(
    community_id: int,
    source: BinaryIO,
    *,
    name: str,
    mime: str,
    subject_kind: str,
    subject_id: UUID,
    made_for: UUID | None,
) -> tuple[UUID, int, str]:
    """Keep a file this house made itself, of any size: its id, size in bytes and SHA-256."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    source.seek(0)
    file_id = new_id()
    gone_with_a_rollback(community_id, file_id)
    storage().put_stream(community_id, file_id, source)
    db.session.execute(
        insert(StoredFile).values(
            community_id=community_id,
            id=file_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            uploaded_by=made_for,
            name=name,
            mime=mime,
            size=size,
            sha256=digest.hexdigest(),
        )
    )
    return file_id, size, digest.hexdigest()


def copy_file(
    community_id: int,
    stored: StoredFile,
    *,
    subject_kind: str,
    subject_id: UUID,
    copied_by: UUID,
) -> UUID:
    """Keep what is kept already once more, for a subject with readers of its own.

    Raises FileNotFoundError when the bytes are gone.
    """
    size = (stored.width, stored.height)
    file_id = _store(
        community_id,
        storage().get(community_id, stored.id),
        name=stored.name,
        mime=stored.mime,
        size=size,
        subject=(subject_kind, subject_id),
        uploaded_by=copied_by,
    )
    if stored.mime in IMAGE_KINDS:
        storage().put(
            community_id, file_id, storage().get(community_id, stored.id, THUMBNAIL), THUMBNAIL
        )
    return file_id


def remove_file(community_id: int, file_id: UUID) -> None:
    """Forget a file; its bytes go after the commit."""
    if queries.forget_file(community_id, file_id):
        record(AuditEvent.FILE_REMOVED, file_id)
        emit("files.remove_bytes", community_id=community_id, file_id=file_id)


def _store(
    community_id: int,
    data: bytes,
    *,
    name: str,
    mime: str,
    size: tuple[int | None, int | None],
    subject: tuple[str, UUID],
    uploaded_by: UUID | None,
) -> UUID:
    file_id = new_id()
    gone_with_a_rollback(community_id, file_id)
    storage().put(community_id, file_id, data)
    db.session.execute(
        insert(StoredFile).values(
            community_id=community_id,
            id=file_id,
            subject_kind=subject[0],
            subject_id=subject[1],
            uploaded_by=uploaded_by,
            name=name,
            mime=mime,
            size=len(data),
            width=size[0],
            height=size[1],
            sha256=hashlib.sha256(data).hexdigest(),
        )
    )
    return file_id


def _photo_name(mime: str) -> str:
    return "photo.png" if mime == "image/png" else "photo.jpg"
