"""Elections of a draft: candidates and what was found about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, distinct, func, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from app.core.db import db
from app.core.files.models import StoredFile
from app.registry.models import Building, Owner, Ownership, PropertyUnit
from app.registry.queries.units import unit_ids_like
from app.voting.models import AssemblyMatter, Candidate, CandidateCheck
from app.voting.queries.assemblies import candidates_of
from app.voting.rules import Checked, Finding, MatterKind, NegativeItem

FOUND = 20


def matter(community_id: int, assembly_id: UUID, matter_id: UUID) -> AssemblyMatter | None:
    """One matter of an assembly."""
    found = db.session.get(AssemblyMatter, (community_id, matter_id))
    return found if found is not None and found.assembly_id == assembly_id else None


def candidate(community_id: int, assembly_id: UUID, candidate_id: UUID) -> Candidate | None:
    """One candidate of an assembly."""
    found = db.session.get(Candidate, (community_id, candidate_id))
    return found if found is not None and found.assembly_id == assembly_id else None


def candidate_of_photo(community_id: int, photo_id: UUID) -> Candidate | None:
    """Whose photo a file is."""
    return db.session.scalar(
        select(Candidate)
        .join(
            StoredFile,
            (StoredFile.community_id == Candidate.community_id)
            & (StoredFile.subject_id == Candidate.id),
        )
        .where(Candidate.community_id == community_id, StoredFile.id == photo_id)
    )


def checks_of(community_id: int, matter_ids: Sequence[UUID]) -> Sequence[CandidateCheck]:
    """What was found about the candidates of these elections."""
    return db.session.scalars(
        select(CandidateCheck).where(
            CandidateCheck.community_id == community_id, CandidateCheck.matter_id.in_(matter_ids)
        )
    ).all()


def checked_candidates(
    community_id: int, assembly_id: UUID
) -> Iterator[tuple[AssemblyMatter, list[Checked]]]:
    """Each election of an assembly, with its candidates and what was found about each."""
    elections = db.session.scalars(
        select(AssemblyMatter)
        .where(
            AssemblyMatter.community_id == community_id,
            AssemblyMatter.assembly_id == assembly_id,
            AssemblyMatter.kind == MatterKind.ELECTION,
        )
        .order_by(AssemblyMatter.position)
    ).all()
    ids = [election.id for election in elections]
    findings: dict[UUID, dict[NegativeItem, Finding]] = {}
    for check in checks_of(community_id, ids) if ids else []:
        findings.setdefault(check.candidate_id, {})[NegativeItem(check.item)] = Finding(
            check.finding
        )
    standing = candidates_of(community_id, assembly_id) if ids else {}
    for election in elections:
        yield (
            election,
            [
                Checked(found.name, findings.get(found.id, {}))
                for found in standing.get(election.id, [])
            ],
        )


def add_candidate(values: dict[str, Any]) -> None:
    """Write one more candidate at the end of the list."""
    last = (
        select(func.coalesce(func.max(Candidate.position), 0) + 1)
        .where(
            Candidate.community_id == values["community_id"],
            Candidate.matter_id == values["matter_id"],
        )
        .scalar_subquery()
    )
    db.session.execute(plain_insert(Candidate).values(position=last, **values))


def remove_candidate(community_id: int, assembly_id: UUID, candidate_id: UUID) -> bool:
    """Take a candidate and what was found about them off the draft."""
    db.session.execute(
        delete(CandidateCheck).where(
            CandidateCheck.community_id == community_id,
            CandidateCheck.candidate_id == candidate_id,
            CandidateCheck.candidate_id.in_(
                select(Candidate.id).where(
                    Candidate.community_id == community_id, Candidate.assembly_id == assembly_id
                )
            ),
        )
    )
    removed = db.session.execute(
        delete(Candidate).where(
            Candidate.community_id == community_id,
            Candidate.assembly_id == assembly_id,
            Candidate.id == candidate_id,
        )
    )
    return bool(removed.rowcount)  # type: ignore[attr-defined]


def forget_candidates(community_id: int, matter_id: UUID) -> None:
    """Empty the list of an election that is taken off the agenda."""
    for table in (CandidateCheck, Candidate):
        db.session.execute(
            delete(table).where(table.community_id == community_id, table.matter_id == matter_id)
        )


def save_check(values: dict[str, Any]) -> None:
    """Note what was found on an item; the last finding stands, older evidence stays on file."""
    asked = insert(CandidateCheck).values(**values)
    db.session.execute(
        asked.on_conflict_do_update(
            index_elements=["community_id", "candidate_id", "item"],
            set_={
                "finding": asked.excluded.finding,
                "note": asked.excluded.note,
                "file_id": func.coalesce(asked.excluded.file_id, CandidateCheck.file_id),
                "checked_by": asked.excluded.checked_by,
            },
        )
    )


def owners_like(community_id: int, compound_id: UUID, words: str) -> Sequence[Any]:
    """Present owners of a compound with this name, else whose name or room contains the words.

    A few at most. Columns: id, name, kind, rooms (the labels of what they own here), home (the
    buildings).
    """
    found = _ids_named(community_id, compound_id, Owner.name == words)
    if not found:
        part = func.strpos(Owner.name, words) > 0
        found = [
            *_ids_in_rooms(community_id, unit_ids_like(community_id, compound_id, words, FOUND)),
            *_ids_named(community_id, compound_id, part),
        ]
    # The few are found first; only their rooms are gathered.
    return db.session.execute(
        _owners_here(community_id, compound_id)
        .where(Owner.id.in_(list(dict.fromkeys(found))[:FOUND]))
        .order_by(Owner.pinyin, Owner.id)
    ).all()


def owner_here(community_id: int, compound_id: UUID, owner_id: UUID) -> Any | None:
    """One present owner of a compound; columns as `owners_like`."""
    return db.session.execute(
        _owners_here(community_id, compound_id).where(Owner.id == owner_id)
    ).one_or_none()


def _ids_named(community_id: int, compound_id: UUID, named: Any) -> Sequence[UUID]:
    """Present owners here whose name is like this, a few in the order of names."""
    return db.session.scalars(
        select(Owner.id)
        .where(
            Owner.community_id == community_id,
            named,
            select(Ownership.id)
            .join(
                PropertyUnit,
                (PropertyUnit.community_id == Ownership.community_id)
                & (PropertyUnit.id == Ownership.unit_id),
            )
            .where(
                Ownership.community_id == Owner.community_id,
                Ownership.owner_id == Owner.id,
                Ownership.ended_at.is_(None),
                PropertyUnit.compound_id == compound_id,
            )
            .exists(),
        )
        .order_by(Owner.pinyin, Owner.id)
        .limit(FOUND)
    ).all()


def _ids_in_rooms(community_id: int, unit_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Present owners of these units."""
    return db.session.scalars(
        select(Ownership.owner_id).where(
            Ownership.community_id == community_id,
            Ownership.unit_id.in_(unit_ids),
            Ownership.ended_at.is_(None),
        )
    ).all()


def _owners_here(community_id: int, compound_id: UUID) -> Select[Any]:
    return (
        select(
            Owner.id,
            Owner.name,
            Owner.kind,
            func.array_agg(aggregate_order_by(PropertyUnit.label, PropertyUnit.sort_key)).label(
                "rooms"
            ),
            func.string_agg(distinct(Building.name), "、").label("home"),
        )
        .join(
            Ownership,
            (Ownership.community_id == Owner.community_id) & (Ownership.owner_id == Owner.id),
        )
        .join(
            PropertyUnit,
            (PropertyUnit.community_id == Ownership.community_id)
            & (PropertyUnit.id == Ownership.unit_id),
        )
        .join(
            Building,
            (Building.community_id == PropertyUnit.community_id)
            & (Building.id == PropertyUnit.building_id),
        )
        .where(
            Owner.community_id == community_id,
            Ownership.ended_at.is_(None),
            PropertyUnit.compound_id == compound_id,
        )
        .group_by(Owner.id, Owner.name, Owner.kind, Owner.pinyin)
    )
