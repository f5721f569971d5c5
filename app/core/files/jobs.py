"""Removing bytes after the row is gone."""

from __future__ import annotations

from uuid import UUID

from app.core.files.storage import storage
from app.core.outbox.messages import handles


@handles("files.remove_bytes")
def remove_bytes(community_id: int, file_id: str) -> None:
    """Remove the bytes of a forgotten file."""
    storage().remove(community_id, UUID(file_id))
