"""Taking files in and letting them go. What an upload says of itself is never believed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.files import queries
from app.core.files.models import Condition, StoredFile
from app.core.files.storage import gone_with_a_rollback, storage
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.images import Kind, check_image, clean_image, sniff
from app.kit.refusal import Invalid, TooLarge
from app.kit.videos import clean_video

IMAGE_KINDS = frozenset({"image/jpeg", "image/png", "image/webp"})
VIDEO_KINDS = frozenset({Kind.MP4, Kind.QUICKTIME})
PHOTO_LIMIT_BYTES = 15 * 1024 * 1024
VIDEO_LIMIT_BYTES = 20 * 1024 * 1024
DOCUMENT_LIMIT_BYTES = 25 * 1024 * 1024
THUMBNAIL = ".thumb"
ORIGINAL = ".sent"
CLEAN = "files.clean"
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """An upload as it came: a name somebody chose and bytes somebody sent."""

    name: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """By which the same upload is known when it is sent again."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An upload that was looked at, and written anew unless it waits for that."""

    data: bytes
    name: str
    mime: str
    width: int | None = None
    height: int | None = None
    small: bytes | None = None
    sent_sha256: str | None = None
    condition: Condition = Condition.READY


def prepare_photo(upload: Upload) -> Prepared:
    """A photo re-encoded, turned upright, without position or other metadata.

    For papers that must be known to be readable before they are taken in. Raises TooLarge or
    Invalid with the sentence to show.
    """
    _weigh(upload)
    clean = clean_image(upload.data)
    name = photo_name(clean.mime)
    return Prepared(clean.data, name, clean.mime, clean.width, clean.height, clean.small)


def prepare_evidence(upload: Upload) -> Prepared:
    """A photo that a job will write anew, or a short video, whichever the content is.

    Raises TooLarge or Invalid with the sentence to show.
    """
    digest = upload.sha256
    if sniff(upload.data) not in VIDEO_KINDS:
        _weigh(upload)
        kind = check_image(upload.data)
        name, waiting = photo_name(kind), Condition.WAITING
        return Prepared(upload.data, name, kind, sent_sha256=digest, condition=waiting)
    if len(upload.data) > VIDEO_LIMIT_BYTES:
        raise TooLarge("这段视频超过 20 MB，请剪短一点，或者改拍照片。")
    film = clean_video(upload.data).data
    return Prepared(film, "video.mp4", Kind.MP4, sent_sha256=digest)


def _weigh(upload: Upload) -> None:
    if len(upload.data) > PHOTO_LIMIT_BYTES:
        raise TooLarge("这张照片超过 15 MB,请换一张小一点的。")


def store_prepared(
    community_id: int,
    ready: Prepared,
    *,
    subject_kind: str,
    subject_id: UUID,
    uploaded_by: UUID | None,
) -> UUID:
    """Keep what was prepared; what waits to be written anew is seen by nobody until then."""
    waiting = ready.condition is Condition.WAITING
    file_id = new_id()
    gone_with_a_rollback(community_id, file_id)
    storage().put(community_id, file_id, ready.data, ORIGINAL if waiting else "")
    if ready.small is not None:
        storage().put(community_id, file_id, ready.small, THUMBNAIL)
    queries.insert_file(
        {
            "community_id": community_id,
            "id": file_id,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "uploaded_by": uploaded_by,
            "name": ready.name,
            "mime": str(ready.mime),
            "size": len(ready.data),
            "width": ready.width,
            "height": ready.height,
            "sha256": ready.sent_sha256 if waiting else hashlib.sha256(ready.data).hexdigest(),
            "sent_sha256": ready.sent_sha256,
            "condition": ready.condition.value,
        }
    )
    if waiting:
        emit(CLEAN, file_id=file_id)
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
    return store_prepared(
        community_id,
        Prepared(upload.data, upload.name[-120:], found),
        subject_kind=subject_kind,
        subject_id=subject_id,
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
    queries.insert_file(
        {
            "community_id": community_id,
            "id": file_id,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "uploaded_by": made_for,
            "name": name,
            "mime": mime,
            "size": size,
            "width": None,
            "height": None,
            "sha256": digest.hexdigest(),
            "sent_sha256": None,
            "condition": Condition.READY.value,
        }
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

    Raises FileNotFoundError when the bytes are gone, or not yet written anew.
    """
    small = stored.mime in IMAGE_KINDS
    same = Prepared(
        storage().get(community_id, stored.id),
        stored.name,
        stored.mime,
        stored.width,
        stored.height,
        storage().get(community_id, stored.id, THUMBNAIL) if small else None,
    )
    return store_prepared(
        community_id,
        same,
        subject_kind=subject_kind,
        subject_id=subject_id,
        uploaded_by=copied_by,
    )


def remove_file(community_id: int, file_id: UUID) -> None:
    """Forget a file; its bytes go after the commit."""
    if queries.forget_file(community_id, file_id):
        record(AuditEvent.FILE_REMOVED, file_id)
        emit("files.remove_bytes", community_id=community_id, file_id=file_id)


def photo_name(mime: str) -> str:
    """What a photo of this kind is called once it is ours."""
    return "photo.png" if mime == "image/png" else "photo.jpg"
