"""Photos of a report or a step, kept with the line of the time line they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.complaints.queries.cases import EVENT_PHOTO
from app.core.files.actions import Upload, store_photo
from app.kit.refusal import Invalid

MOST_PHOTOS = 6


def check_photos(photos: Sequence[Upload]) -> None:
    """Raises Invalid when there are too many."""
    if len(photos) > MOST_PHOTOS:
        sentence = f"一次最多传 {MOST_PHOTOS} 张照片，请去掉几张再提交。"
        raise Invalid(sentence, errors={"photos": sentence})


def store_photos(
    community_id: int, event_id: UUID, account_id: UUID, photos: Sequence[Upload]
) -> list[UUID]:
    """Keep the photos of one line of the time line; returns their ids."""
    return [
        store_photo(
            community_id,
            photo,
            subject_kind=EVENT_PHOTO,
            subject_id=event_id,
            uploaded_by=account_id,
        )
        for photo in photos
    ]
