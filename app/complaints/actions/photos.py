"""Photos and videos of a report or a step, kept with the line of the time line they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.complaints.queries.cases import EVENT_PHOTO
from app.core.files.actions import Upload, prepare_evidence, store_prepared
from app.kit.refusal import Invalid

MOST_PHOTOS = 6


def check_photos(photos: Sequence[Upload], *, sent_ahead: int = 0) -> None:
    """Raises Invalid when there are too many."""
    if len(photos) + sent_ahead > MOST_PHOTOS:
        sentence = f"一次最多传 {MOST_PHOTOS} 张照片或视频，请去掉几个再提交。"
        raise Invalid(sentence, errors={"photos": sentence})


def store_photos(
    community_id: int, event_id: UUID, account_id: UUID, photos: Sequence[Upload]
) -> list[UUID]:
    """Keep the photos of one line of the time line; returns their ids.

    All are looked at before the first is kept: a refused one leaves nothing behind.
    """
    ready = [prepare_evidence(photo) for photo in photos]
    return [
        store_prepared(
            community_id,
            one,
            subject_kind=EVENT_PHOTO,
            subject_id=event_id,
            uploaded_by=account_id,
        )
        for one in ready
    ]
