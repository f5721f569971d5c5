"""The tree of digests of a count, piece by piece, and its signed seal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, select, text, tuple_

from app.core.db import db
from app.voting.models import AssemblySeal, SealTile

# A leaf is the SHA-256 of the ballot's canonical JSON; see rules/leaves.py for the same in Python.
LEAF = """sha256(convert_to(
    '{"ballot_id":"' || id || '","channel":"' || channel || '","choice":"' || choice
    || '","matter_id":"' || matter_id || '","nonce":"' || nonce
    || '","voter_id":"' || voter_id || '"}', 'UTF8'))"""

# Ballots lie by matter: named so, those of one assembly are found by index among everybody's.
OF_ASSEMBLY = """matter_id = ANY(ARRAY(
    SELECT id FROM assembly_matter
    WHERE community_id = :community_id AND assembly_id = :assembly_id))
    AND community_id = :community_id AND assembly_id = :assembly_id"""

_ADD_LEAVES = text(f"""
INSERT INTO seal_tile (community_id, id, assembly_id, counting, level, position, hashes,
    first_ballot, ballots)
SELECT :community_id, gen_random_uuid(), :assembly_id, :counting, 0, place / 256,
    string_agg(digest, ''::bytea ORDER BY place), (array_agg(id ORDER BY place))[1],
    array_agg(id ORDER BY place)
FROM (
    SELECT id, {LEAF} AS digest, (row_number() OVER (ORDER BY id) - 1)::int AS place
    FROM closed_ballot
    WHERE {OF_ASSEMBLY} AND status = 'counted'
) AS leaves
GROUP BY place / 256
""")  # noqa: S608 - put together from our own words

_LEAVES_OF_CAST = text("""
SELECT matter.title, ballot.id AS ballot_id,
    tile.position * 256 + array_position(tile.ballots, ballot.id) - 1 AS index,
    encode(substr(tile.hashes, 32 * array_position(tile.ballots, ballot.id) - 31, 32), 'hex')
        AS digest
FROM assembly_matter AS matter
JOIN ballot ON ballot.community_id = matter.community_id AND ballot.matter_id = matter.id
    AND ballot.voter_id = :voter_id AND ballot.cast_id = :cast_id
CROSS JOIN LATERAL (
    SELECT * FROM seal_tile
    WHERE seal_tile.community_id = :community_id AND seal_tile.assembly_id = :assembly_id
        AND seal_tile.counting = :counting AND seal_tile.first_ballot <= ballot.id
    ORDER BY seal_tile.first_ballot DESC LIMIT 1
) AS tile
WHERE matter.community_id = :community_id AND matter.assembly_id = :assembly_id
    AND ballot.id = ANY(tile.ballots)
ORDER BY matter.position
""")


def add_leaves(community_id: int, assembly_id: UUID, counting: int) -> None:
    """Write the digests of all counted ballots in the order of their ids, 256 a row."""
    db.session.execute(
        _ADD_LEAVES,
        {"community_id": community_id, "assembly_id": assembly_id, "counting": counting},
    )


def add_tiles(rows: Sequence[dict[str, Any]]) -> None:
    """Write pieces of a further level."""
    db.session.execute(insert(SealTile), list(rows))


def tiles_of_level(
    community_id: int, assembly_id: UUID, counting: int, level: int
) -> Iterator[bytes]:
    """The pieces of a level in order, read as they are needed."""
    rows = db.session.execute(
        select(SealTile.hashes)
        .where(
            SealTile.community_id == community_id,
            SealTile.assembly_id == assembly_id,
            SealTile.counting == counting,
            SealTile.level == level,
        )
        .order_by(SealTile.position)
        .execution_options(yield_per=1000)
    )
    yield from rows.scalars()


def tiles_at(
    community_id: int, assembly_id: UUID, counting: int, places: Collection[tuple[int, int]]
) -> dict[tuple[int, int], bytes]:
    """These pieces, by (level, position)."""
    rows = db.session.execute(
        select(SealTile.level, SealTile.position, SealTile.hashes).where(
            SealTile.community_id == community_id,
            SealTile.assembly_id == assembly_id,
            SealTile.counting == counting,
            tuple_(SealTile.level, SealTile.position).in_(list(places)),
        )
    ).all()
    return {(row.level, row.position): row.hashes for row in rows}


def leaves_of_cast(
    community_id: int, assembly_id: UUID, counting: int, *, voter_id: UUID, cast_id: UUID
) -> Sequence[Any]:
    """(title, ballot_id, index, digest) of the ballots of one act of voting that are counted."""
    return db.session.execute(
        _LEAVES_OF_CAST,
        {
            "community_id": community_id,
            "assembly_id": assembly_id,
            "counting": counting,
            "voter_id": voter_id,
            "cast_id": cast_id,
        },
    ).all()


def seal_of(community_id: int, assembly_id: UUID, counting: int | None = None) -> Any | None:
    """The seal of a count; of the latest when none is named."""
    return db.session.scalar(
        select(AssemblySeal)
        .where(
            AssemblySeal.community_id == community_id,
            AssemblySeal.assembly_id == assembly_id,
            AssemblySeal.counting == counting if counting is not None else literal(value=True),
        )
        .order_by(AssemblySeal.counting.desc())
        .limit(1)
    )


def add_seal(values: dict[str, Any]) -> None:
    """Write the signed seal of a count."""
    db.session.execute(insert(AssemblySeal).values(**values))
