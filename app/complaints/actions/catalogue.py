"""Bringing a catalogue of one's own in: upload → check → compare → publish as a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from app.complaints.models import CatalogueImport
from app.complaints.queries import catalogue, catalogue_imports
from app.complaints.rules.catalogue import SHIPPED, Category, digest_of
from app.complaints.rules.catalogue_imports import ImportState, read_items, stored_item
from app.complaints.rules.catalogue_lines import LIMITS, MOST_FAULTS, Reading, read_catalogue
from app.core import progress
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload, store_document
from app.core.files.storage import storage
from app.core.outbox.messages import emit
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.kit.sniffing import Kind
from app.kit.tables import estimate_rows, read_table

FILE_KIND = "catalogue_import"
CHECK = "complaints.check_catalogue"
TABLE_KINDS = frozenset({Kind.XLSX.value, Kind.TEXT.value})


def upload_catalogue(community_id: int, upload: Upload, *, uploaded_by: UUID) -> UUID:
    """Keep the file and have it checked; nothing of the catalogue changes."""
    if not upload.data:
        raise Invalid("文件是空的，请重新选择。", errors={"table": "文件是空的，请重新选择。"})
    import_id = new_id()
    file_id = store_document(
        community_id,
        upload,
        kinds=TABLE_KINDS,
        subject_kind=FILE_KIND,
        subject_id=import_id,
        uploaded_by=uploaded_by,
    )
    db.session.add(
        CatalogueImport(
            community_id=community_id,
            id=import_id,
            file_id=file_id,
            file_name=upload.name[-120:],
            state=ImportState.CHECKING.value,
            uploaded_by=uploaded_by,
        )
    )
    db.session.flush()
    record(AuditEvent.CATALOGUE_UPLOADED, import_id)
    emit(CHECK, import_id=import_id)
    return import_id


def check_again(community_id: int, import_id: UUID) -> None:
    """Put a check that got lost back to work; checking twice is harmless."""
    upload = catalogue_imports.locked_import(community_id, import_id)
    if upload is None:
        raise NotFound
    if upload.state == ImportState.CHECKING:
        emit(CHECK, import_id=import_id)


def check_catalogue(community_id: int, import_id: UUID) -> None:
    """Read the file: its items, or every fault by line and column."""
    upload = catalogue_imports.locked_import(community_id, import_id)
    if upload is None or upload.state != ImportState.CHECKING:
        return
    known = catalogue.current(community_id).items
    upload.finished_at = now()
    try:
        reading = _read(community_id, upload, known)
    except Refusal as refusal:
        upload.state = ImportState.FAILED.value
        upload.result = {"sentence": refusal.sentence}
    else:
        _note(upload, reading, known)
    db.session.flush()


def publish_import(
    community_id: int, import_id: UUID, *, seen: int, note: str, published_by: UUID
) -> int:
    """Publish a checked file as the next version; returns its number.

    `seen`: the number of the version (0: what we ship) the person saw the differences from.
    """
    catalogue.queue_up(community_id)
    upload = catalogue_imports.locked_import(community_id, import_id)
    if upload is None:
        raise NotFound
    if upload.state != ImportState.CHECKED:
        raise Conflict("这份目录现在不能发布：要先检查通过，并且还没有发布过。请刷新看看最新状态。")
    items = read_items(upload.result["items"])
    number, upload.version_id = publish_items(
        community_id,
        items,
        seen=seen,
        source=upload.file_name,
        note=note,
        published_by=published_by,
    )
    upload.state = ImportState.PUBLISHED.value
    return number


def publish_items(
    community_id: int,
    items: Mapping[str, Category],
    *,
    seen: int,
    source: str,
    note: str,
    published_by: UUID,
) -> tuple[int, UUID]:
    """Write the next version; returns its number and id. Cases under way keep what they have."""
    holding = catalogue.current(community_id)
    number = 0 if holding is SHIPPED else int(holding.version)
    if number != seen:
        raise Conflict("您看的时候，别人刚刚发布了新的目录。请看看现在的不同，再决定要不要发布。")
    digest = digest_of(items.values())
    if digest == digest_of(holding.items.values()):
        raise Conflict("这份目录和现在的完全一样，不用发布。")
    version_id = catalogue.insert_version(
        {
            "community_id": community_id,
            "number": number + 1,
            "digest": digest,
            "items": len(items),
            "source": source,
            "note": note,
            "published_by": published_by,
        },
        items.values(),
    )
    record(
        AuditEvent.CATALOGUE_PUBLISHED,
        version_id,
        number=number + 1,
        items=len(items),
        digest=digest,
    )
    return number + 1, version_id


def _read(community_id: int, upload: CatalogueImport, known: Mapping[str, Category]) -> Reading:
    data = storage().get(community_id, upload.file_id)
    progress.report(upload.id, 0, estimate_rows(data))
    rows = read_table(data, LIMITS)
    reading = read_catalogue(((row.line, row.cells) for row in rows), known)
    progress.report(upload.id, reading.lines, reading.lines)
    return reading


def _note(upload: CatalogueImport, reading: Reading, known: Mapping[str, Category]) -> None:
    upload.row_count, upload.fault_count = reading.lines, len(reading.faults)
    if reading.faults:
        upload.state = ImportState.FAULTY.value
        upload.result = {"faults": [asdict(one) for one in reading.faults[:MOST_FAULTS]]}
        return
    same = digest_of(reading.items) == digest_of(known.values())
    upload.state = (ImportState.UNCHANGED if same else ImportState.CHECKED).value
    upload.result = {"items": [stored_item(item) for item in reading.items]}
