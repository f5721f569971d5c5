"""Photos and videos of a report or a step, kept with the line of the time line they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.complaints.queries import cases
from app.complaints.queries.cases import EVENT_PHOTO
from app.core.files.actions import Upload, prepare_evidence, store_prepared
from app.core.files.drafts import adopt
from app.core.files.queries import stored_file
from app.core.notifications.actions import notify
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
        lost = "有照片放得太久已经清掉，或者打不开。请重新选一次照片再提交。"
        raise Invalid(lost, errors={"photos": lost})


def tell_of_refused(community_id: int, file_id: UUID) -> None:
    """Tell who sent it that a photo of a case could not be read."""
    stored = stored_file(community_id, file_id)
    if stored is None or stored.subject_kind != EVENT_PHOTO or stored.uploaded_by is None:
        return
    news = cases.news_of(community_id, stored.subject_id)
    own = news.Complaint.reporter_id == stored.uploaded_by
    page = "complaints" if own else "tickets"
    notify(
        community_id,
        [stored.uploaded_by],
        title="有一张照片打不开，没有留下",
        body=f"编号 {news.Complaint.short_code}。可能没有传完整，请重新拍一张，补充到这件事里。",
        url=f"/c/{news.community_code}/{page}/{news.Complaint.id}",
        once_key=f"file:{file_id}:refused",
    )


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
