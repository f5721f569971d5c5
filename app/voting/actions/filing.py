"""备案: ticking the checklist after the decision is final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import IMAGE_KINDS, Upload, store_document, store_photo
from app.kit.clock import civil_date
from app.kit.ids import new_id
from app.kit.images import sniff
from app.kit.refusal import Conflict, Invalid
from app.organizations.actions import file_elected
from app.voting.models import Assembly, FilingEntry
from app.voting.queries import assemblies, filing, places
from app.voting.rules import Filed, FilingItem, FilingLine, State, check_filing, filed_everywhere
from app.voting.rules import filing_lines as lines_by_rule

MOST_SCANS = 6
SCAN_KINDS = frozenset({"application/pdf"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingDraft:
    """What is typed when a line is done."""

    done_on: date
    receipt: str = ""
    note: str = ""
    scans: Sequence[Upload] = field(default=())


def filing_lines(assembly: Assembly) -> list[FilingLine]:
    """The checklist of this assembly as it stands."""
    if assembly.final_at is None:
        return []
    winners = filing.winners(assembly.community_id, assembly.id)
    return lines_by_rule(
        assembly.final_at,
        filing.filed_of(assembly.community_id, assembly.id),
        places.timing_of_community(assembly.community_id),
        elected=any(winner.elected for winner in winners),
    )


def file_line(
    assembly: Assembly, item: FilingItem, draft: FilingDraft, *, entered_by: UUID
) -> UUID:
    """Note that one line is done, with its receipt and scans. `assembly` must be locked."""
    done = Filed(draft.done_on, draft.receipt.strip())
    today = civil_date(assemblies.database_now())
    check_filing(
        State(assembly.state), item, filing_lines(assembly), done, assembly.final_at, today
    )
    if len(draft.scans) > MOST_SCANS:
        raise Invalid(errors={"scans": f"一次最多上传 {MOST_SCANS} 个文件。"})
    entry = _write(assembly, item, entered_by, done_on=done.done_on, receipt=done.receipt,
                   note=draft.note.strip())  # fmt: skip
    for scan in draft.scans:
        _keep(assembly.community_id, entry.id, scan, entered_by)
    record(
        AuditEvent.DECISION_FILED,
        assembly.id,
        item=item.value,
        done_on=done.done_on.isoformat(),
        scans=len(draft.scans),
    )
    _file_committees(assembly)
    return entry.id


def withdraw_line(assembly: Assembly, item: FilingItem, reason: str, *, entered_by: UUID) -> None:
    """Take back an entry made by mistake; it stays on record with the reason."""
    if item not in filing.filed_of(assembly.community_id, assembly.id):
        raise Conflict("这一项现在没有登记，不用撤回。", code="not_filed")
    if not reason.strip():
        raise Invalid(errors={"reason": "请写明为什么撤回。"})
    _write(assembly, item, entered_by, withdrawn=True, note=reason.strip())
    record(AuditEvent.FILING_WITHDRAWN, assembly.id, item=item.value)


def _write(assembly: Assembly, item: FilingItem, entered_by: UUID, **values: object) -> FilingEntry:
    entry = FilingEntry(
        community_id=assembly.community_id,
        id=new_id(),
        assembly_id=assembly.id,
        item=item,
        entered_by=entered_by,
        **values,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def _keep(community_id: int, entry_id: UUID, scan: Upload, entered_by: UUID) -> None:
    place = {"subject_kind": filing.FILING_FILE, "subject_id": entry_id, "uploaded_by": entered_by}
    if sniff(scan.data) in IMAGE_KINDS:
        store_photo(community_id, scan, **place)  # type: ignore[arg-type]
    else:
        store_document(community_id, scan, kinds=SCAN_KINDS, **place)  # type: ignore[arg-type]


def _file_committees(assembly: Assembly) -> None:
    """Once both offices have it, the committee in the registry is filed (物业管理条例 art. 16)."""
    on = filed_everywhere(filing.filed_of(assembly.community_id, assembly.id))
    if on is None:
        return
    winners = filing.winners(assembly.community_id, assembly.id)
    for matter_id in dict.fromkeys(winner.matter_id for winner in winners if winner.elected):
        file_elected(assembly.community_id, matter_id, on)
