"""Photos written anew; bytes removed after their row, and files whose form was never sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from uuid import UUID

import structlog

from app.core.files import queries
from app.core.files.actions import CLEAN, ORIGINAL, THUMBNAIL, photo_name, remove_file
from app.core.files.drafts import KEPT
from app.core.files.models import DRAFT, Condition, StoredFile
from app.core.files.storage import storage
from app.core.outbox.messages import emit, handles
from app.core.outbox.queries import emit_chosen
from app.core.sweep import sweeping
from app.core.tenancy import current_community
from app.kit.images import CleanImage, ImageRefused, clean_image

REFUSED = "files.refused"
LOOKED_UP_AT_ONCE = 1000
MOST_LOST = 50
"""More than this at once and more than half of all was not left by killed processes."""
log = structlog.get_logger(__name__)


@handles(CLEAN)
def clean_photo(file_id: str) -> None:
    """Write a photo anew, upright, without position or other metadata; only then it is shown.

    What cannot be read is refused: of it only the row stays, and its sender is told.
    """
    stored = queries.stored_file(current_community(), UUID(file_id))
    if stored is None or stored.condition != Condition.WAITING:
        return
    try:
        clean = clean_image(storage().get(stored.community_id, stored.id, ORIGINAL))
    except ImageRefused:
        if queries.refuse_photo(stored.community_id, stored.id):
            emit(REFUSED, file_id=stored.id)
    else:
        _keep_clean(stored, clean)
    emit("files.remove_original", file_id=stored.id)


def _keep_clean(stored: StoredFile, clean: CleanImage) -> None:
    community_id, file_id = stored.community_id, stored.id
    storage().put(community_id, file_id, clean.data)
    storage().put(community_id, file_id, clean.small, THUMBNAIL)
    if not queries.ready_photo(community_id, file_id, photo_name(clean.mime), clean):
        # Taken back meanwhile: its row is gone, and the message that removes its bytes perhaps too.
        storage().remove(community_id, file_id)


@handles("files.remove_original")
def remove_original(file_id: str) -> None:
    """Remove what was sent, now that it was written anew."""
    storage().remove(current_community(), UUID(file_id), ORIGINAL)


@handles("files.remove_bytes")
def remove_bytes(community_id: int, file_id: str) -> None:
    """Remove the bytes of a forgotten file."""
    storage().remove(community_id, UUID(file_id))


@handles("files.left_draft")
def remove_draft(file_id: str) -> None:
    """Remove a file whose form was never sent, if that is still so."""
    stored = queries.stored_file(current_community(), UUID(file_id))
    if stored is not None and stored.subject_kind == DRAFT:
        remove_file(stored.community_id, stored.id)


def sweep_lost_bytes() -> int:
    """Cron, nightly: remove bytes that no row names: left by a kill between writing and commit.

    Only what has lain there for a day is looked at: no transaction lasts that long. Where all of a
    community's files seem to be nobody's, or many and most, it is more likely that the database is
    not theirs: nothing is removed and an error is logged. Returns how many files are gone.
    """
    removed = 0
    settled = groupby(storage().settled(KEPT), key=itemgetter(0))
    for community_id, files in settled:
        seen, lost = 0, []
        for some in _batched((file_id for _, file_id in files), LOOKED_UP_AT_ONCE):
            with sweeping() as connection:
                known = queries.named(connection, community_id, some)
            seen += len(some)
            lost += [file_id for file_id in some if file_id not in known]
        if len(lost) == seen or (len(lost) > MOST_LOST and 2 * len(lost) > seen):
            log.error("files.too_many_lost", community=community_id, lost=len(lost), seen=seen)
            continue
        for file_id in lost:
            storage().remove(community_id, file_id)
        removed += len(lost)
    log.info("files.lost_removed", count=removed)
    return removed


def sweep_drafts() -> int:
    """Cron, nightly: leave a message for each file that has waited for its form for a day."""
    with sweeping() as connection:
        return emit_chosen(connection, queries.old_drafts("files.left_draft", KEPT))


def _batched(ids: Iterable[UUID], size: int) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, size)):
        yield some
