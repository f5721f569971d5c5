"""Files sent ahead of the form they belong to, one at a time, each with its own answer.

A form has a key of its own. What was sent ahead is seen by the sender only; with the form it
becomes part of what the form becomes, and without it, is removed after a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from app.core.access.door import Here
from app.core.files import queries
from app.core.files.actions import Prepared, remove_file, store_prepared
from app.core.files.models import DRAFT, StoredFile
from app.core.files.readers import decides_for
from app.kit.refusal import Invalid, NotFound

KEPT = timedelta(days=1)


def keep_draft(
    community_id: int, account_id: UUID, form_key: UUID, ready: Prepared, *, most: int
) -> UUID:
    """Keep a file for a form; the same one sent again is the same file.

    Raises Invalid when the form has `most` already.
    """
    known = queries.drafts_of(community_id, form_key, account_id)
    for one in known:
        if one.sent_sha256 == ready.sent_sha256:
            return one.id
    if len(known) >= most:
        raise Invalid(f"一次最多传 {most} 个，这一个没有收。")
    return store_prepared(
        community_id, ready, subject_kind=DRAFT, subject_id=form_key, uploaded_by=account_id
    )


def drop_draft(community_id: int, account_id: UUID, form_key: UUID, file_id: UUID) -> None:
    """The sender thought better of it."""
    known = queries.drafts_of(community_id, form_key, account_id)
    if file_id not in {one.id for one in known}:
        raise NotFound
    remove_file(community_id, file_id)


def adopt(
    community_id: int,
    account_id: UUID,
    form_key: UUID,
    file_ids: Iterable[UUID],
    subject: tuple[str, UUID],
) -> int:
    """Give the files to what the form became; returns how many were there to give."""
    return queries.adopt_drafts(community_id, form_key, account_id, file_ids, subject)


@decides_for(DRAFT)
def may_see_draft(place: Here, stored: StoredFile) -> bool:
    """The sender."""
    return stored.uploaded_by == place.signed_in.account_id
