"""Where the bytes are: one interface, a folder by default."""

from __future__ import annotations

import io
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Protocol, cast
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.config import Config
from app.core.db import db

_FRESH = "fresh_files"
_HALF_WRITTEN = "tmp"
_NAME = re.compile(r"([0-9a-f]{32})(\.[a-z]+)?", re.ASCII)


class Storage(Protocol):
    """Bytes under (community, file id)."""

    def put(self, community_id: int, file_id: UUID, data: bytes, suffix: str = "") -> None:
        """Keep the bytes; they are on disk when this returns."""

    def put_stream(self, community_id: int, file_id: UUID, source: BinaryIO) -> None:
        """Keep what can be read from `source`, which may be larger than memory."""

    def get(self, community_id: int, file_id: UUID, suffix: str = "") -> bytes:
        """The bytes. Raises FileNotFoundError."""

    def open(self, community_id: int, file_id: UUID) -> BinaryIO:
        """The bytes as a stream, for files too large to hold. Raises FileNotFoundError."""

    def remove(self, community_id: int, file_id: UUID, suffix: str = "") -> None:
        """Remove the bytes of this file, if they are there; with a suffix, only those."""

    def settled(self, age: timedelta) -> Iterator[tuple[int, UUID]]:
        """The (community, file id) of all bytes that have lain here longer than this, in order.

        What a process that was killed had half written is removed on the way.
        """


class FolderStorage:
    """One folder a community, two levels below it, written by rename after fsync."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, community_id: int, file_id: UUID, data: bytes, suffix: str = "") -> None:
        """See Storage."""
        self._write(self._path(community_id, file_id, suffix), io.BytesIO(data))

    def put_stream(self, community_id: int, file_id: UUID, source: BinaryIO) -> None:
        """See Storage."""
        self._write(self._path(community_id, file_id, ""), source)

    def get(self, community_id: int, file_id: UUID, suffix: str = "") -> bytes:
        """See Storage."""
        return self._path(community_id, file_id, suffix).read_bytes()

    def open(self, community_id: int, file_id: UUID) -> BinaryIO:
        """See Storage."""
        return self._path(community_id, file_id, "").open("rb")

    def remove(self, community_id: int, file_id: UUID, suffix: str = "") -> None:
        """See Storage."""
        path = self._path(community_id, file_id, suffix)
        for found in path.parent.glob(f"{path.name}*"):
            found.unlink(missing_ok=True)

    def settled(self, age: timedelta) -> Iterator[tuple[int, UUID]]:
        """See Storage."""
        before = time.time() - age.total_seconds()
        for community in sorted(self._root.iterdir() if self._root.is_dir() else ()):
            if not community.name.isdecimal():
                continue
            for folder in sorted(community.iterdir()):
                yield from ((int(community.name), one) for one in _settled_in(folder, before))

    def _write(self, path: Path, source: BinaryIO) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=_HALF_WRITTEN, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                copyfileobj(source, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _path(self, community_id: int, file_id: UUID, suffix: str) -> Path:
        name = file_id.hex
        return self._root / str(int(community_id)) / name[-2:] / f"{name}{suffix}"


def _settled_in(folder: Path, before: float) -> list[UUID]:
    """The ids of the files in here that are older; a file and its small picture are one id."""
    found: dict[UUID, None] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if not entry.is_file(follow_symlinks=False) or entry.stat().st_mtime >= before:
                    continue
                if entry.name.startswith(_HALF_WRITTEN):
                    Path(entry.path).unlink(missing_ok=True)
                elif known := _NAME.fullmatch(entry.name):
                    found[UUID(known[1])] = None
    return list(found)


def init_files(app: Flask, config: Config) -> None:
    """Use the folder of the configuration."""
    app.extensions["gongzhi.storage"] = FolderStorage(config.files_dir)


def storage() -> Storage:
    """The storage of this process."""
    return cast("Storage", current_app.extensions["gongzhi.storage"])


def gone_with_a_rollback(community_id: int, file_id: UUID) -> None:
    """If this transaction does not commit, the bytes go as its rows do."""
    db.session.info.setdefault(_FRESH, []).append((community_id, file_id))


@event.listens_for(Session, "after_rollback")
def _remove_fresh(session: Session) -> None:
    for community_id, file_id in session.info.pop(_FRESH, ()):
        storage().remove(community_id, file_id)


@event.listens_for(Session, "after_commit")
def _keep_fresh(session: Session) -> None:
    session.info.pop(_FRESH, None)
