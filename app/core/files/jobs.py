"""Removing bytes after the row is gone, and files whose form was never sent."""

from __future__ import annotations

from uuid import UUID

from app.core.files import queries
from app.core.files.actions import remove_file
from app.core.files.drafts import KEPT
from app.core.files.models import DRAFT
from app.core.files.storage import storage
from app.core.outbox.messages import handles
from app.core.outbox.queries import emit_chosen
from app.core.sweep import sweeping
from app.core.tenancy import current_scope


@handles("files.remove_bytes")
def remove_bytes(community_id: int, file_id: str) -> None:
    """Remove the bytes of a forgotten file."""
    storage().remove(community_id, UUID(file_id))


@handles("files.left_draft")
def remove_draft(file_id: str) -> None:
    """Remove a file whose form was never sent, if that is still so."""
    community_id = current_scope().community_id
    stored = queries.stored_file(community_id, UUID(file_id)) if community_id else None
    if stored is not None and stored.subject_kind == DRAFT:
        remove_file(stored.community_id, stored.id)


def sweep_drafts() -> int:
    """Cron, nightly: leave a message for each file that has waited for its form for a day."""
    with sweeping() as connection:
        return emit_chosen(connection, queries.old_drafts("files.left_draft", KEPT))
