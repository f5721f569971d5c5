"""Photos and videos of a report or a step, kept with the line of the time line they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.complaints.queries.cases import EVENT_PHOTO
from app.core.files.actions import Upload, prepare_evidence, store_prepared
from app.core.files.drafts import adopt
from app.kit.refusal import Invalid

MOST_PHOTOS = 6


def check_photos(photos: Sequence[Upload], *, sent_ahead: int = 0) -> None:
    """Raises Invalid when there are too many."""
    if len(photos) + sent_ahead > MOST_PHOTOS:
        sentence = f"一次最多传 {MOST_PHOTOS} 张照片或视频，请去掉几个再提交。"
        raise Invalid(sentence, errors={"photos": sentence})


def take_over(
    community_id: int, event_id: UUID, account_id: UUID, form_key: UUID, file_ids: Iterable[UUID]
) -> None:
    """Let what was sent ahead of a form belong to the line of the time line it became.

    Raises Invalid when some of it is no longer there.
    """
    wanted = dict.fromkeys(file_ids)
    if not wanted:
        return
    subject = (EVENT_PHOTO, event_id)
    if adopt(community_id, account_id, form_key, wanted, subject) < len(wanted):
        lost = "有照片放得太久，已经清掉了。请重新选一次照片再提交。"
        raise Invalid(lost, errors={"photos": lost})


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
