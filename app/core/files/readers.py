"""Who may see a file: the feature it belongs to decides, by the kind of its subject."""

from __future__ import annotations

from collections.abc import Callable

from app.core.access.door import Here
from app.core.files.models import StoredFile

Reader = Callable[[Here, StoredFile], bool]
_readers: dict[str, Reader] = {}


def decides_for(subject_kind: str) -> Callable[[Reader], Reader]:
    """Register who decides about the files of this kind of subject."""

    def register(reader: Reader) -> Reader:
        _readers[subject_kind] = reader
        return reader

    return register


def may_read(place: Here, stored: StoredFile) -> bool:
    """Whether the actor may see this file; kinds nobody answers for are shown to nobody."""
    reader = _readers.get(stored.subject_kind)
    return reader is not None and reader(place, stored)
