"""Packages of a count: ordered, made by a job, handed out.

Everybody may take the public one, which the count itself orders. The sealed one is for scrutineers;
who has it made and each download is on record.
"""

from __future__ import annotations

import tempfile
from functools import partial
from uuid import UUID

from app.core import progress
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.refusal import NotFound
from app.voting.actions.ordered import assembly_of, keep, order, to_make
from app.voting.actions.package_contents import (
    rows_of,
    write_public_package,
    write_sealed_package,
)
from app.voting.models import Assembly, AssemblyArchive
from app.voting.queries import assemblies, filing, packages, seals
from app.voting.rules import ArchiveKind

NAMES = {ArchiveKind.PUBLIC: "公开计票包", ArchiveKind.SEALED: "封存计票包"}


def order_public(assembly: Assembly) -> None:
    """Have the public package of the newest count made, unless it is there or on its way."""
    counting = _newest_count(assembly)
    place = (assembly.community_id, assembly.id)
    if packages.ready_package(*place, ArchiveKind.PUBLIC, counting) is None:
        ordered, is_new = order(assembly, ArchiveKind.PUBLIC, asked_by=None, counting=counting)
        if is_new:
            emit("voting.package", archive_id=ordered.id)


def order_sealed(assembly: Assembly, *, asked_by: UUID) -> None:
    """Have the sealed package of the newest count made; a lost one is put back to work."""
    counting = _newest_count(assembly)
    ordered, is_new = order(assembly, ArchiveKind.SEALED, asked_by=asked_by, counting=counting)
    if is_new:
        record(AuditEvent.PACKAGE_ORDERED, assembly.id, archive_id=str(ordered.id))
    emit("voting.package", archive_id=ordered.id)


def make_package(community_id: int, archive_id: UUID) -> None:
    """Write what was ordered. Done once, however often it is asked for."""
    ordered = to_make(community_id, archive_id)
    if ordered is None:
        return
    assembly = assembly_of(ordered)
    assemblies.work_in_bulk()
    kind = ArchiveKind(ordered.kind)
    sealed = kind is ArchiveKind.SEALED
    total = rows_of(assembly, sealed=sealed)

    def told(rows: int) -> None:
        progress.report(archive_id, min(rows, total), total)

    write = partial(write_sealed_package if sealed else write_public_package, told=told)
    with tempfile.TemporaryFile() as target:
        write(target, assembly, ordered.counting)
        keep(ordered, target, f"{assembly.title}-{NAMES[kind]}.zip")


def take_package(community_id: int, assembly_id: UUID, archive_id: UUID) -> AssemblyArchive:
    """Hand a sealed package out; every download is on record."""
    ordered = filing.archive(community_id, archive_id)
    if (
        ordered is None
        or ordered.assembly_id != assembly_id
        or ordered.kind != ArchiveKind.SEALED
        or ordered.file_id is None
    ):
        raise NotFound
    record(AuditEvent.PACKAGE_TAKEN, assembly_id, archive_id=str(archive_id), sha256=ordered.sha256)
    return ordered


def _newest_count(assembly: Assembly) -> int:
    seal = seals.seal_of(assembly.community_id, assembly.id)
    if seal is None:
        raise NotFound
    return int(seal.counting)
