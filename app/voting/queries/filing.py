"""What was filed after a decision, who was elected, and the packages made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.audit.models import AuditEntry
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.models import StoredFile
from app.people.models import Account
from app.registry.models import Owner
from app.voting.models import (
    AssemblyArchive,
    AssemblyMatter,
    AssemblyObjection,
    BallotCast,
    Candidate,
    CandidateResult,
    FilingEntry,
    RollVoter,
)
from app.voting.rules import ArchiveKind, ArchiveState, Filed, FilingItem

FILING_FILE = "voting.filing"
ARCHIVE_FILE = "voting.archive"
SHOWN_ARCHIVES = 5


def entries_of(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """Every row of the checklist with who wrote it, as `(FilingEntry, entered_name)`, in order."""
    return db.session.execute(
        select(FilingEntry, Account.name.label("entered_name"))
        .outerjoin(Account, Account.id == FilingEntry.entered_by)
        .where(FilingEntry.community_id == community_id, FilingEntry.assembly_id == assembly_id)
        .order_by(FilingEntry.id)
    ).all()


def newest_entries(community_id: int, assembly_id: UUID) -> dict[FilingItem, FilingEntry]:
    """The row of each line that counts: its newest, unless that withdrew it."""
    rows = db.session.scalars(
        select(FilingEntry)
        .ext(distinct_on(FilingEntry.item))
        .where(FilingEntry.community_id == community_id, FilingEntry.assembly_id == assembly_id)
        .order_by(FilingEntry.item, FilingEntry.id.desc())
    )
    return {FilingItem(row.item): row for row in rows if not row.withdrawn}


def filed_of(community_id: int, assembly_id: UUID) -> dict[FilingItem, Filed]:
    """The lines that are done."""
    return {
        item: Filed(entry.done_on, entry.receipt)
        for item, entry in newest_entries(community_id, assembly_id).items()
        if entry.done_on is not None
    }


def scans_of(community_id: int, entry_ids: Sequence[UUID]) -> Sequence[StoredFile]:
    """The scans of these entries."""
    return db.session.scalars(
        select(StoredFile)
        .where(
            StoredFile.community_id == community_id,
            StoredFile.subject_kind == FILING_FILE,
            StoredFile.subject_id.in_(entry_ids),
        )
        .order_by(StoredFile.id)
    ).all()


def winners(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """Who was elected, alternate or tied in the newest count; see `candidates_counted`."""
    return [
        row
        for row in candidates_counted(community_id, assembly_id)
        if row.elected or row.alternate or row.tied
    ]


def candidates_counted(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """Every candidate in the newest count of each election, in the order of that count.

    Columns: matter_id, title, seats, name, owner_id, account_id, for_heads, for_area_centi,
    elected, alternate, tied.
    """
    last = (
        select(CandidateResult.matter_id, func.max(CandidateResult.counting).label("counting"))
        .where(
            CandidateResult.community_id == community_id,
            CandidateResult.assembly_id == assembly_id,
        )
        .group_by(CandidateResult.matter_id)
        .subquery("last")
    )
    return db.session.execute(
        select(
            CandidateResult.matter_id,
            AssemblyMatter.title,
            AssemblyMatter.seats,
            Candidate.name,
            Candidate.owner_id,
            Owner.account_id,
            CandidateResult.for_heads,
            CandidateResult.for_area_centi,
            CandidateResult.elected,
            CandidateResult.alternate,
            CandidateResult.tied,
        )
        .join(
            last,
            (last.c.matter_id == CandidateResult.matter_id)
            & (last.c.counting == CandidateResult.counting),
        )
        .join(
            Candidate,
            (Candidate.community_id == CandidateResult.community_id)
            & (Candidate.id == CandidateResult.candidate_id),
        )
        .join(
            AssemblyMatter,
            (AssemblyMatter.community_id == CandidateResult.community_id)
            & (AssemblyMatter.id == CandidateResult.matter_id),
        )
        .outerjoin(
            Owner,
            (Owner.community_id == Candidate.community_id) & (Owner.id == Candidate.owner_id),
        )
        .where(
            CandidateResult.community_id == community_id,
            CandidateResult.assembly_id == assembly_id,
        )
        .order_by(AssemblyMatter.position, CandidateResult.place)
    ).all()


def archives_of(
    community_id: int, assembly_id: UUID, kind: ArchiveKind
) -> Sequence[AssemblyArchive]:
    """The newest packages of a kind."""
    return db.session.scalars(
        select(AssemblyArchive)
        .where(
            AssemblyArchive.community_id == community_id,
            AssemblyArchive.assembly_id == assembly_id,
            AssemblyArchive.kind == kind,
        )
        .order_by(AssemblyArchive.id.desc())
        .limit(SHOWN_ARCHIVES)
    ).all()


def archive(community_id: int, archive_id: UUID) -> AssemblyArchive | None:
    """One package."""
    return db.session.get(AssemblyArchive, (community_id, archive_id))


def running_archive(
    community_id: int, assembly_id: UUID, kind: ArchiveKind, counting: int | None = None
) -> AssemblyArchive | None:
    """The package of a kind (of a count) that is being made, if any."""
    return db.session.scalar(
        select(AssemblyArchive).where(
            AssemblyArchive.community_id == community_id,
            AssemblyArchive.assembly_id == assembly_id,
            AssemblyArchive.kind == kind,
            AssemblyArchive.counting.is_not_distinct_from(counting),
            AssemblyArchive.state == ArchiveState.RUNNING,
        )
    )


def voters_of_building(community_id: int, assembly_id: UUID, building_id: UUID) -> Sequence[Any]:
    """The frozen voters of one building: number, label, unit_count, area_centi, took_part."""
    return db.session.execute(
        _roll_lines(community_id, assembly_id)
        .where(RollVoter.building_id == building_id)
        .order_by(RollVoter.number)
    ).all()


def objections_answered(community_id: int, assembly_id: UUID) -> Sequence[AssemblyObjection]:
    """Every objection of an assembly, to the roll before to the result, as they came."""
    return db.session.scalars(
        select(AssemblyObjection)
        .where(
            AssemblyObjection.community_id == community_id,
            AssemblyObjection.assembly_id == assembly_id,
        )
        .order_by(AssemblyObjection.subject.desc(), AssemblyObjection.id)
    ).all()


def whole_roll(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """Every frozen voter by number, read in portions; columns as `voters_of_building`."""
    yield from db.session.execute(
        _roll_lines(community_id, assembly_id).order_by(RollVoter.number),
        execution_options={"yield_per": 2000},
    )


def audited_steps(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """What the audit trail says of an assembly itself; ballots are not steps.

    Columns: created_at, event, details, actor_name.
    """
    return db.session.execute(
        select(
            AuditEntry.created_at,
            AuditEntry.event,
            AuditEntry.details,
            Account.name.label("actor_name"),
        )
        .outerjoin(Account, Account.id == AuditEntry.actor_id)
        .where(
            AuditEntry.community_id == community_id,
            AuditEntry.subject_id == str(assembly_id),
            AuditEntry.event != AuditEvent.BALLOT_CAST.value,
        )
        .order_by(AuditEntry.created_at, AuditEntry.id)
    ).all()


def archive_locked(community_id: int, archive_id: UUID) -> AssemblyArchive | None:
    """One package, so that only one worker makes it."""
    return db.session.scalar(
        select(AssemblyArchive)
        .where(AssemblyArchive.community_id == community_id, AssemblyArchive.id == archive_id)
        .with_for_update()
    )


def _roll_lines(community_id: int, assembly_id: UUID) -> Any:
    took_part = (
        select(BallotCast.id)
        .where(
            BallotCast.community_id == RollVoter.community_id,
            BallotCast.assembly_id == RollVoter.assembly_id,
            BallotCast.voter_id == RollVoter.id,
        )
        .exists()
    )
    return select(
        RollVoter.number,
        RollVoter.label,
        RollVoter.unit_count,
        RollVoter.area_centi,
        took_part.label("took_part"),
    ).where(RollVoter.community_id == community_id, RollVoter.assembly_id == assembly_id)
