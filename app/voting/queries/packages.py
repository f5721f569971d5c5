"""What goes into the packages of a closed assembly, row by row, in the spelling of the files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text

from app.core.db import db
from app.voting.models import AssemblyArchive
from app.voting.queries.seals import OF_ASSEMBLY
from app.voting.rules import ArchiveKind, ArchiveState

AT_ONCE = 5000

# By id, which says nothing of the order of the rooms.
_VOTERS = text("""
SELECT id::text, area_centi, unit_count FROM roll_voter
WHERE community_id = :community_id AND assembly_id = :assembly_id
ORDER BY roll_voter.id
""")
_BALLOTS = text(f"""
SELECT id::text, voter_id::text, matter_id::text, choice, channel, status FROM closed_ballot
WHERE {OF_ASSEMBLY}
ORDER BY closed_ballot.id
""")  # noqa: S608 - put together from our own words
_NONCES = text(f"""
SELECT id::text, nonce FROM closed_ballot
WHERE {OF_ASSEMBLY} AND status = 'counted'
ORDER BY closed_ballot.id
""")  # noqa: S608 - put together from our own words
_ROOMS = text("""
SELECT building.name, coalesce(stairwell.name, ''), unit.room, EXISTS (
    SELECT 1 FROM ballot_cast
    WHERE ballot_cast.community_id = :community_id AND ballot_cast.assembly_id = :assembly_id
        AND ballot_cast.voter_id = unit.voter_id)::int
FROM roll_unit AS unit
JOIN building ON building.community_id = :community_id AND building.id = unit.building_id
LEFT JOIN stairwell ON stairwell.community_id = :community_id
    AND stairwell.id = unit.stairwell_id
WHERE unit.community_id = :community_id AND unit.assembly_id = :assembly_id
ORDER BY building.sort_key, stairwell.sort_key, unit.sort_key, unit.unit_id
""")


def voters(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """(id, area_centi, unit_count) of the frozen roll."""
    return _read(_VOTERS, community_id, assembly_id)


def ballots(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """(id, voter, matter, choice, channel, status) of every ballot; no rows before the close."""
    return _read(_BALLOTS, community_id, assembly_id)


def nonces(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """(id, nonce) of every counted ballot; no rows before the close."""
    return _read(_NONCES, community_id, assembly_id)


def rooms(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """(building, stairwell, room, took part: 1 or 0) of the frozen units."""
    return _read(_ROOMS, community_id, assembly_id)


def ready_package(
    community_id: int, assembly_id: UUID, kind: ArchiveKind, counting: int
) -> AssemblyArchive | None:
    """The newest finished package of a count."""
    return db.session.scalar(
        select(AssemblyArchive)
        .where(
            AssemblyArchive.community_id == community_id,
            AssemblyArchive.assembly_id == assembly_id,
            AssemblyArchive.kind == kind,
            AssemblyArchive.counting == counting,
            AssemblyArchive.state == ArchiveState.READY,
        )
        .order_by(AssemblyArchive.id.desc())
        .limit(1)
    )


def _read(wanted: TextClause, community_id: int, assembly_id: UUID) -> Iterator[Any]:
    yield from db.session.execute(
        wanted.execution_options(yield_per=AT_ONCE),
        {"community_id": community_id, "assembly_id": assembly_id},
    )
