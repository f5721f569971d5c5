"""ZIP files that a job makes: ordered once at a time, made once, kept as a file."""

from __future__ import annotations

from typing import BinaryIO
from uuid import UUID

from app.core.db import db
from app.core.files.actions import store_made
from app.kit.ids import new_id
from app.voting.models import Assembly, AssemblyArchive
from app.voting.queries import assemblies, filing
from app.voting.rules import ArchiveKind, ArchiveState


def order(
    assembly: Assembly, kind: ArchiveKind, *, asked_by: UUID | None, counting: int | None = None
) -> tuple[AssemblyArchive, bool]:
    """The one being made, or a new one; and whether it is new. `assembly` must be locked."""
    running = filing.running_archive(assembly.community_id, assembly.id, kind, counting)
    if running is not None:
        return running, False
    ordered = AssemblyArchive(
        community_id=assembly.community_id,
        id=new_id(),
        assembly_id=assembly.id,
        kind=kind,
        counting=counting,
        asked_by=asked_by,
        state=ArchiveState.RUNNING,
    )
    db.session.add(ordered)
    db.session.flush()
    return ordered, True


def to_make(community_id: int, archive_id: UUID) -> AssemblyArchive | None:
    """What was ordered, kept from other workers; none when it was made already."""
    ordered = filing.archive_locked(community_id, archive_id)
    if ordered is None or ordered.state != ArchiveState.RUNNING:
        return None
    return ordered


def assembly_of(ordered: AssemblyArchive) -> Assembly:
    """The assembly of what was ordered."""
    assembly = assemblies.assembly(ordered.community_id, ordered.assembly_id)
    if assembly is None:
        raise LookupError(ordered.assembly_id)
    return assembly


def keep(ordered: AssemblyArchive, made: BinaryIO, name: str) -> None:
    """Keep what was written as a file, with its size and digest."""
    made.seek(0)
    ordered.file_id, ordered.size, ordered.sha256 = store_made(
        ordered.community_id,
        made,
        name=name,
        mime="application/zip",
        subject_kind=filing.ARCHIVE_FILE,
        subject_id=ordered.id,
        made_for=ordered.asked_by,
    )
    ordered.state = ArchiveState.READY
    ordered.ready_at = assemblies.database_now()
