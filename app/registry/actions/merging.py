"""What the worker does with an uploaded register: read, check and, when told so, merge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from typing import Any
from uuid import UUID

from app.core import progress
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.storage import storage
from app.kit.clock import now
from app.kit.refusal import Refusal
from app.kit.tables import Row, estimate_rows, read_table
from app.registry.models import Compound, RegisterImport
from app.registry.queries import checking, imports, merging, staging
from app.registry.rules import ImportState, naming
from app.registry.rules.columns import HEADER_WITHIN, Column, find_header, recognise
from app.registry.rules.lines import CellFault, RegisterLine, is_example, read_line
from app.registry.rules.shares import ShareUnreadable, check_total
from app.registry.sealing import IdentitySeal, identity_seal

LONGEST_MINUTES = 10
REPORT_EVERY = 1000
MOST_FAULTS = 20_000


def check_import(community_id: int, import_id: UUID) -> None:
    """Dry run: find every fault and say what would change; nothing of the register is written."""
    _work(community_id, import_id, ImportState.CHECKING, apply=False)


def apply_import(community_id: int, import_id: UUID) -> None:
    """Merge the register, all or nothing. It is checked again: it may have changed meanwhile."""
    _work(community_id, import_id, ImportState.APPLYING, apply=True)


def _work(community_id: int, import_id: UUID, expected: ImportState, *, apply: bool) -> None:
    upload = imports.locked_import(community_id, import_id)
    if upload is None or upload.state != expected:
        return
    staging.allow_time(LONGEST_MINUTES)
    if apply:
        staging.queue_up(community_id)
    reading = _stage(community_id, upload, sealing=apply)
    upload.finished_at = now()
    upload.row_count = reading.lines
    if reading.refusal is not None:
        upload.state = ImportState.FAILED
        upload.summary = {"sentence": reading.refusal.sentence}
        return
    _compare(community_id, upload)
    if upload.error_count:
        upload.state = ImportState.FAULTY
    elif not _changes(upload.summary):
        upload.state = ImportState.UNCHANGED
    elif apply:
        _merge(community_id, upload)
    else:
        upload.state = ImportState.CHECKED
    progress.report(import_id, reading.lines, reading.lines)


@dataclass(slots=True)
class _Reading:
    """One pass over the file: yields staged lines, counts and remembers why it stopped."""

    compound: str
    seal: IdentitySeal
    sealing: bool
    report: Callable[[int], None]
    lines: int = 0
    faults: int = 0
    refusal: Refusal | None = None

    def staged(self, data: bytes) -> Iterator[tuple[Any, ...]]:
        """Every line in the order of staging.COLUMNS."""
        try:
            rows = read_table(data)
            first = list(islice(rows, HEADER_WITHIN))
            at = find_header(row.cells for row in first)
            places = recognise(first[at].cells)
            for row in chain(first[at + 1 :], rows):
                yield from self._line(row, places)
        except Refusal as refusal:
            self.refusal = refusal

    def _line(self, row: Row, places: dict[Column, int]) -> Iterator[tuple[Any, ...]]:
        if is_example(row.cells, places):
            return
        self.lines += 1
        if self.lines % REPORT_EVERY == 0:
            self.report(self.lines)
        found = read_line(row.cells, places, self.compound)
        if isinstance(found, RegisterLine):
            yield self._values(row.line, found)
        elif self.faults < MOST_FAULTS:
            for fault in found:
                self.faults += 1
                yield _faulty(row.line, fault)

    def _values(self, number: int, line: RegisterLine) -> tuple[Any, ...]:
        index = masked = encrypted = None
        if line.identity and self.sealing:
            sealed = self.seal.seal(line.identity)
            index, masked, encrypted = sealed.index, sealed.masked, sealed.encrypted
        elif line.identity:
            index = self.seal.index(line.identity)
        numerator, denominator = line.share or (None, None)
        return (
            number,
            None,
            None,
            line.building,
            naming.name_key(line.building),
            line.stairwell,
            naming.name_key(line.stairwell) if line.stairwell else None,
            line.room,
            naming.unit_key(line.building, line.stairwell, line.room),
            naming.unit_label(line.building, line.stairwell, line.room),
            line.floor,
            line.kind.value,
            line.area_centi,
            line.area_source.value,
            line.sale_state.value,
            line.owner_name,
            naming.name_key(line.owner_name) if line.owner_name else None,
            line.owner_kind.value,
            line.phone,
            index,
            masked,
            encrypted,
            numerator,
            denominator,
        )


def _stage(community_id: int, upload: RegisterImport, *, sealing: bool) -> _Reading:
    compound = db.session.get_one(Compound, (community_id, upload.compound_id))
    data = storage().get(community_id, upload.file_id)
    total = estimate_rows(data)
    reading = _Reading(
        compound.name,
        identity_seal(),
        sealing,
        lambda done: progress.report(upload.id, done, max(done, total)),
    )
    progress.report(upload.id, 0, total)
    staging.copy_in(reading.staged(data))
    return reading


def _compare(community_id: int, upload: RegisterImport) -> None:
    staging.compare(community_id, upload.compound_id)
    checking.forget_faults(community_id, upload.id)
    checking.note_faults(community_id, upload.id)
    for row in checking.co_owned():
        try:
            check_total(map(Fraction, row.numerators, row.denominators))
        except ShareUnreadable as refused:
            checking.note_fault(
                community_id, upload.id, row.line, Column.SHARE.value, refused.sentence
            )
    upload.error_count = checking.fault_count(community_id, upload.id)
    upload.summary = merging.summarize(community_id, upload.compound_id)


def _merge(community_id: int, upload: RegisterImport) -> None:
    merging.merge(community_id, upload.compound_id)
    upload.state = ImportState.APPLIED
    counts = {key: value for key, value in upload.summary.items() if isinstance(value, int)}
    record(
        AuditEvent.REGISTER_IMPORTED,
        upload.id,
        actor_id=upload.uploaded_by,
        digest=upload.digest,
        **counts,
    )


def _changes(summary: dict[str, Any]) -> bool:
    return any(
        summary[name]
        for name in (
            "units_new",
            "units_changed",
            "owners_new",
            "owners_changed",
            "shares_new",
            "shares_ended",
        )
    )


def _faulty(line: int, fault: CellFault) -> tuple[Any, ...]:
    empty = (None,) * (len(staging.COLUMNS) - 3)
    return (line, fault.column, fault.sentence, *empty)
