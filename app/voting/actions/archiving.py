"""The whole file of an assembly as one ZIP, with a list of the digests of everything in it."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from app.core import progress
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.files.storage import storage
from app.core.outbox.messages import emit
from app.core.web.sheets import write_pdf
from app.kit.areas import plain_area
from app.kit.clock import in_beijing
from app.kit.digests import canonical_json
from app.kit.refusal import NotFound, Refusal
from app.kit.writing import csv_table
from app.voting import sheets
from app.voting.actions.ordered import assembly_of, keep, order, to_make
from app.voting.models import Assembly, AssemblyArchive
from app.voting.queries import filing, participation
from app.voting.rules import ArchiveKind, Document, FilingItem, State

LARGEST_PRINTED_ROLL = 5000
"""Voters up to which the roll is also written as sheets; larger ones are a table only.

A hundred voters take about two seconds and five pages of A4: 100,000 would take half an hour and
4,400 pages, which nobody prints. The desk prints any building by itself.
"""
VOTER = "voter"
"""The detail of an audit entry that names a voter of the roll."""
_EXPLANATION = """这是《{title}》的完整档案，由系统按记录生成。

manifest.json 列出包里每个文件的大小和 SHA-256 指纹，用任意工具重算，逐个对照就能知道有没有改动。
业主名册超过 {largest} 人时，包里只有表格；要打印的，在“备案和档案”页上逐栋打印。
纸质选票的扫描件和选票明细不在包里：它们封存在系统中，只供监票人查验。
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the package: where it lies, and how to get its bytes."""

    path: str
    read: Callable[[], bytes]


def order_archive(assembly: Assembly, *, asked_by: UUID) -> UUID:
    """Have the file packed; one at a time, and a lost one is put back to work."""
    if State(assembly.state) not in sheets.WITH_RESULT:
        raise Refusal("公布结果以后才有档案可以打包。", code="not_published")
    ordered, is_new = order(assembly, ArchiveKind.FILE, asked_by=asked_by)
    if is_new:
        record(AuditEvent.ARCHIVE_ORDERED, assembly.id, archive_id=str(ordered.id))
    emit("voting.archive", archive_id=ordered.id)
    return ordered.id


def make_archive(community_id: int, archive_id: UUID) -> None:
    """Write the package. Done once, however often it is asked for."""
    ordered = to_make(community_id, archive_id)
    if ordered is None:
        return
    assembly = assembly_of(ordered)
    pieces = list(_pieces(assembly))
    with tempfile.TemporaryFile() as target:
        _write(target, assembly, pieces, archive_id)
        keep(ordered, target, f"{assembly.title}档案.zip")


def take_archive(community_id: int, assembly_id: UUID, archive_id: UUID) -> AssemblyArchive:
    """Hand a finished package out; every download is on record."""
    ordered = filing.archive(community_id, archive_id)
    if ordered is None or ordered.assembly_id != assembly_id or ordered.file_id is None:
        raise NotFound
    if ordered.kind != ArchiveKind.FILE:
        raise NotFound
    record(AuditEvent.ARCHIVE_TAKEN, assembly_id, archive_id=str(archive_id), sha256=ordered.sha256)
    return ordered


def _write(
    target: BinaryIO,
    assembly: Assembly,
    pieces: list[Piece],
    archive_id: UUID,
) -> None:
    listed = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for place, piece in enumerate(pieces):
            progress.report(archive_id, place, len(pieces))
            data = piece.read()
            package.writestr(piece.path, data)
            listed.append(
                {
                    "path": piece.path,
                    "bytes": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                }
            )
        manifest = {
            "assembly": str(assembly.id),
            "title": assembly.title,
            "state": assembly.state,
            "files": listed,
        }
        package.writestr("manifest.json", canonical_json(manifest))
        package.writestr("说明.txt", _explanation(assembly))
    progress.report(archive_id, len(pieces), len(pieces))


def _explanation(assembly: Assembly) -> str:
    return _EXPLANATION.format(title=assembly.title, largest=LARGEST_PRINTED_ROLL)


def _pieces(assembly: Assembly) -> Iterator[Piece]:
    """What belongs into the file, in the order in which one reads it."""
    elected = bool(filing.candidates_counted(assembly.community_id, assembly.id))
    for place, sheet in enumerate(sheets.available(assembly, elected=elected), 1):
        if sheet is Document.ROLL:
            yield from _roll(assembly, place)
        else:
            yield Piece(
                f"{place}-{sheet.label}.pdf",
                lambda sheet=sheet: sheets.pdf_of(assembly, sheet),  # type: ignore[misc]
            )
    yield Piece("经过.csv", lambda: _story(assembly))
    yield from _scans(assembly)


def _roll(assembly: Assembly, place: int) -> Iterator[Piece]:
    yield Piece(f"{place}-业主名册.csv", lambda: _roll_table(assembly))
    if (assembly.roll_heads or 0) > LARGEST_PRINTED_ROLL:
        return
    buildings = participation.by_building(assembly.community_id, assembly.id)
    for number, building in enumerate(buildings, 1):
        yield Piece(
            f"{place}-业主名册/{number:03d}-{_plain(building.name)}.pdf",
            lambda found=building.building_id: write_pdf(  # type: ignore[misc]
                sheets.roll_page(assembly, found)
            ),
        )


def _roll_table(assembly: Assembly) -> bytes:
    rows = filing.whole_roll(assembly.community_id, assembly.id)
    return csv_table(
        ("序号", "房号", "套数", "面积（㎡）", "是否参与"),
        (
            (
                row.number,
                row.label,
                row.unit_count,
                plain_area(row.area_centi),
                "已参与" if row.took_part else "未参与",
            )
            for row in rows
        ),
    )


def _story(assembly: Assembly) -> bytes:
    """Every step of this assembly as the audit trail has it.

    Voters' numbers are left out: beside a sealed package they would say who chose what.
    """
    return csv_table(
        ("时间", "事项", "详情", "办理人"),
        (
            (
                f"{in_beijing(row.created_at):%Y-%m-%d %H:%M:%S}",
                row.event,
                canonical_json(
                    {name: value for name, value in row.details.items() if name != VOTER}
                ).decode(),
                row.actor_name or "系统",
            )
            for row in filing.audited_steps(assembly.community_id, assembly.id)
        ),
    )


def _scans(assembly: Assembly) -> Iterator[Piece]:
    entries = {
        row.FilingEntry.id: FilingItem(row.FilingEntry.item)
        for row in filing.entries_of(assembly.community_id, assembly.id)
    }
    for number, scan in enumerate(filing.scans_of(assembly.community_id, list(entries)), 1):
        name = f"备案/{number:02d}-{entries[scan.subject_id].label}{_ENDINGS.get(scan.mime, '')}"
        yield Piece(name, lambda found=scan.id: storage().get(assembly.community_id, found))  # type: ignore[misc]


_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}


def _plain(name: str) -> str:
    """A name that is no path."""
    return name.replace("/", "-").replace("\\", "-")
