"""Counting what the view of closed assemblies shows, and reading sealed results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.db import db
from app.voting.models import AssemblyMatter, AssemblyResult, Candidate, CandidateResult
from app.voting.queries.seals import LEAF, OF_ASSEMBLY

# The CASE tells the planner that many ballots are counted. By a comparison with a status it takes a
# whole assembly for a handful of rows, sorts them all and looks up the voter of each by itself.
_TALLY = text(f"""
SELECT ballot.matter_id, ballot.choice, count(*)::int AS heads,
       sum(voter.area_centi)::bigint AS area_centi
FROM (
    SELECT matter_id, voter_id, choice FROM closed_ballot
    WHERE {OF_ASSEMBLY} AND CASE WHEN status = 'counted' THEN true ELSE false END
) AS ballot
JOIN roll_voter AS voter ON voter.community_id = :community_id
    AND voter.assembly_id = :assembly_id AND voter.id = ballot.voter_id
GROUP BY ballot.matter_id, ballot.choice
""")  # noqa: S608 - put together from our own words

_BALLOTS_DIGEST = text(f"""
SELECT matter_id, encode(sha256(string_agg(leaf, ''::bytea ORDER BY id)), 'hex') AS digest
FROM (
    SELECT matter_id, id, convert_to(encode({LEAF}, 'hex'), 'UTF8') AS leaf
    FROM closed_ballot
    WHERE {OF_ASSEMBLY} AND status = 'counted'
) AS leaves
GROUP BY matter_id
""")  # noqa: S608 - put together from our own words


def tally_rows(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """(matter_id, choice, heads, area_centi) of the counted ballots; no rows before the close."""
    return db.session.execute(
        _TALLY, {"community_id": community_id, "assembly_id": assembly_id}
    ).all()


def ballots_digests(community_id: int, assembly_id: UUID) -> dict[UUID, str]:
    """One digest over the leaves of each matter's counted ballots."""
    rows: Sequence[Any] = db.session.execute(
        _BALLOTS_DIGEST, {"community_id": community_id, "assembly_id": assembly_id}
    ).all()
    return {row.matter_id: row.digest for row in rows}


def closed_ballots(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """Every ballot of a closed assembly with its choice and nonce, in the order of the digest."""
    return db.session.execute(
        text("""
            SELECT id, voter_id, matter_id, choice, nonce, channel, status FROM closed_ballot
            WHERE community_id = :community_id AND assembly_id = :assembly_id
            ORDER BY matter_id, id
        """),
        {"community_id": community_id, "assembly_id": assembly_id},
    ).all()


def add_results(rows: Sequence[dict[str, Any]]) -> None:
    """Seal the results of a count."""
    db.session.execute(insert(AssemblyResult), list(rows))


def add_candidate_results(rows: Sequence[dict[str, Any]]) -> None:
    """Seal what each candidate received in a count."""
    if rows:
        db.session.execute(insert(CandidateResult), list(rows))


def candidate_results_of(community_id: int, assembly_id: UUID) -> dict[tuple[UUID, int], list[Any]]:
    """The candidates of each (matter, counting) in the order of the count, with their names."""
    rows = db.session.execute(
        select(CandidateResult, Candidate.name)
        .join(
            Candidate,
            (Candidate.community_id == CandidateResult.community_id)
            & (Candidate.matter_id == CandidateResult.matter_id)
            & (Candidate.id == CandidateResult.candidate_id),
        )
        .where(
            CandidateResult.community_id == community_id,
            CandidateResult.assembly_id == assembly_id,
        )
        .order_by(CandidateResult.matter_id, CandidateResult.counting, CandidateResult.place)
    ).all()
    found: dict[tuple[UUID, int], list[Any]] = {}
    for row in rows:
        key = (row.CandidateResult.matter_id, row.CandidateResult.counting)
        found.setdefault(key, []).append(row)
    return found


def results_of(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """The results with their matters, as `(AssemblyResult, AssemblyMatter)`."""
    return db.session.execute(
        select(AssemblyResult, AssemblyMatter)
        .join(
            AssemblyMatter,
            (AssemblyMatter.community_id == AssemblyResult.community_id)
            & (AssemblyMatter.id == AssemblyResult.matter_id),
        )
        .where(
            AssemblyResult.community_id == community_id,
            AssemblyResult.assembly_id == assembly_id,
        )
        .order_by(AssemblyMatter.position, AssemblyResult.counting)
    ).all()


def outcomes_of(community_id: int, assembly_ids: Sequence[UUID]) -> Sequence[Any]:
    """(assembly_id, outcome) of each matter of these assemblies in its newest count."""
    newest = (
        select(
            AssemblyResult.assembly_id,
            AssemblyResult.outcome,
            AssemblyMatter.position,
        )
        .ext(distinct_on(AssemblyResult.assembly_id, AssemblyMatter.position))
        .join(
            AssemblyMatter,
            (AssemblyMatter.community_id == AssemblyResult.community_id)
            & (AssemblyMatter.id == AssemblyResult.matter_id),
        )
        .where(
            AssemblyResult.community_id == community_id,
            AssemblyResult.assembly_id.in_(assembly_ids),
        )
        .order_by(
            AssemblyResult.assembly_id, AssemblyMatter.position, AssemblyResult.counting.desc()
        )
    )
    return db.session.execute(newest).all()
