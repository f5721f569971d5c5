"""Paper ballots: which to print, where each stands, and its entries without their choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.registry.models import Building, Stairwell
from app.voting.models import (
    Assembly,
    PaperBallot,
    PaperHappening,
)
from app.voting.rules import State

PAGE = 50

# A voter belongs where its first unit stands, so that each has one ballot in one pile.
_PLACE = """
    voter.building_id = :building_id AND (CAST(:stairwell_id AS uuid) IS NULL OR (
        SELECT unit.stairwell_id FROM roll_unit AS unit
        WHERE unit.community_id = voter.community_id AND unit.voter_id = voter.id
            AND unit.building_id = voter.building_id
        ORDER BY unit.sort_key LIMIT 1
    ) = :stairwell_id)
"""
_LAST_PAPER = """
    LEFT JOIN LATERAL (
        SELECT paper.id, paper.turn, paper.code, ARRAY(
            SELECT happened.kind FROM paper_event AS happened
            WHERE happened.community_id = paper.community_id AND happened.paper_id = paper.id
        ) AS events
        FROM paper_ballot AS paper
        WHERE paper.community_id = voter.community_id AND paper.voter_id = voter.id
        ORDER BY paper.turn DESC LIMIT 1
    ) AS paper ON true
"""

_IN_PLACE = f"""
SELECT voter.id AS voter_id, voter.number, voter.label, voter.area_centi, voter.member_count,
    paper.id, paper.turn, paper.code, paper.events,
    EXISTS (
        SELECT 1 FROM ballot_cast
        WHERE ballot_cast.community_id = :community_id
            AND ballot_cast.assembly_id = :assembly_id AND ballot_cast.voter_id = voter.id
    ) AS has_voted
FROM roll_voter AS voter
{_LAST_PAPER}
WHERE voter.community_id = :community_id AND voter.assembly_id = :assembly_id
    AND voter.id IN (
        SELECT roll_unit.voter_id FROM roll_unit
        WHERE roll_unit.community_id = :community_id
            AND roll_unit.assembly_id = :assembly_id AND roll_unit.building_id = :building_id
    )
    AND {_PLACE}
ORDER BY voter.number
"""  # noqa: S608 - put together from our own words

_ONE = text("""
SELECT paper.id, paper.code, paper.turn, paper.voter_id, paper.assembly_id, voter.number,
    voter.label, voter.area_centi, voter.building_id,
    ARRAY(
        SELECT happened.kind FROM paper_event AS happened
        WHERE happened.community_id = paper.community_id AND happened.paper_id = paper.id
    ) AS events,
    (
        SELECT max(happened.created_at) FROM paper_event AS happened
        WHERE happened.community_id = paper.community_id AND happened.paper_id = paper.id
    ) AS last_event_at,
    (
        SELECT count(*) FROM paper_entry
        WHERE paper_entry.community_id = paper.community_id AND paper_entry.paper_id = paper.id
    ) AS entries,
    EXISTS (
        SELECT 1 FROM paper_entry
        WHERE paper_entry.community_id = paper.community_id AND paper_entry.paper_id = paper.id
            AND paper_entry.entered_by = :account_id
    ) AS entered_before,
    EXISTS (
        SELECT 1 FROM ballot_cast
        WHERE ballot_cast.community_id = paper.community_id
            AND ballot_cast.assembly_id = paper.assembly_id
            AND ballot_cast.voter_id = paper.voter_id
    ) AS has_voted
FROM paper_ballot AS paper
JOIN roll_voter AS voter ON voter.community_id = paper.community_id AND voter.id = paper.voter_id
WHERE paper.community_id = :community_id AND paper.assembly_id = :assembly_id
    AND paper.code = :code
""")

_WORK = text("""
SELECT paper.id, paper.code, paper.turn, voter.number, voter.label, back.created_at AS returned_at,
    counts.entries, counts.entered_before
FROM paper_event AS back
JOIN paper_ballot AS paper ON paper.community_id = back.community_id AND paper.id = back.paper_id
JOIN roll_voter AS voter ON voter.community_id = paper.community_id AND voter.id = paper.voter_id
CROSS JOIN LATERAL (
    SELECT count(*) AS entries,
        coalesce(bool_or(paper_entry.entered_by = :account_id), false) AS entered_before
    FROM paper_entry
    WHERE paper_entry.community_id = paper.community_id AND paper_entry.paper_id = paper.id
) AS counts
WHERE back.community_id = :community_id AND back.assembly_id = :assembly_id
    AND back.kind = 'returned'
    AND NOT EXISTS (
        SELECT 1 FROM paper_event AS done
        WHERE done.community_id = back.community_id AND done.paper_id = back.paper_id
            AND done.kind IN ('counted', 'spoiled', 'superseded', 'voided')
    )
    AND (CAST(:after AS int) IS NULL OR voter.number > :after)
ORDER BY voter.number
LIMIT :most
""")

_COUNTS = text("""
SELECT (
        SELECT count(*) FROM paper_ballot
        WHERE community_id = :community_id AND assembly_id = :assembly_id
    ) AS issued,
    coalesce(sum(many) FILTER (WHERE kind = 'handed_out'), 0)::int AS handed_out,
    coalesce(sum(many) FILTER (WHERE kind = 'returned'), 0)::int AS returned,
    coalesce(sum(many) FILTER (WHERE kind = 'counted'), 0)::int AS counted,
    coalesce(sum(many) FILTER (WHERE kind = 'spoiled'), 0)::int AS spoiled,
    coalesce(sum(many) FILTER (WHERE kind = 'superseded'), 0)::int AS superseded,
    coalesce(sum(many) FILTER (WHERE kind = 'voided'), 0)::int AS voided
FROM (
    SELECT kind, count(*) AS many FROM paper_event
    WHERE community_id = :community_id AND assembly_id = :assembly_id
    GROUP BY kind
) AS kinds
""")


def papers_in_place(
    community_id: int, assembly_id: UUID, building_id: UUID, stairwell_id: UUID | None
) -> Sequence[Any]:
    """The voters of a building or stairwell, each with its last paper ballot and its events."""
    return db.session.execute(
        text(_IN_PLACE),
        {
            "community_id": community_id,
            "assembly_id": assembly_id,
            "building_id": building_id,
            "stairwell_id": stairwell_id,
        },
    ).all()


def paper_of_voter(community_id: int, assembly_id: UUID, voter_id: UUID) -> str | None:
    """The code of a voter's last paper ballot."""
    return db.session.scalar(
        select(PaperBallot.code)
        .where(
            PaperBallot.community_id == community_id,
            PaperBallot.assembly_id == assembly_id,
            PaperBallot.voter_id == voter_id,
        )
        .order_by(PaperBallot.turn.desc())
        .limit(1)
    )


def add_papers(rows: Sequence[dict[str, Any]]) -> int:
    """Write numbered ballots; those printed by somebody else meanwhile are left as they are."""
    written = db.session.execute(
        insert(PaperBallot).values(list(rows)).on_conflict_do_nothing().returning(PaperBallot.id)
    )
    return len(written.all())


def paper(community_id: int, account_id: UUID, assembly_id: UUID, code: str) -> Any | None:
    """One paper ballot with its events, and whether this person has entered it."""
    return db.session.execute(
        _ONE,
        {
            "community_id": community_id,
            "account_id": account_id,
            "assembly_id": assembly_id,
            "code": code,
        },
    ).one_or_none()


def hold_paper(paper_id: UUID) -> None:
    """Until the commit nobody else does anything with this ballot."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 278))"), {"key": str(paper_id)}
    )


def waiting_papers(
    community_id: int, account_id: UUID, assembly_id: UUID, after: int | None
) -> Sequence[Any]:
    """Returned and not settled, by number; one more than a page when there is one."""
    return db.session.execute(
        _WORK,
        {
            "community_id": community_id,
            "account_id": account_id,
            "assembly_id": assembly_id,
            "after": after,
            "most": PAGE + 1,
        },
    ).all()


def unsettled_papers(community_id: int, assembly_id: UUID) -> int:
    """How many came back and are not settled: until they are, nothing is counted."""
    # What is declared void never came back; the others of the settled all did.
    counts = paper_counts(community_id, assembly_id)
    return int(counts.returned - counts.counted - counts.spoiled - counts.superseded)


def places_on_roll(community_id: int, compound_id: UUID) -> Sequence[Any]:
    """The buildings of a compound with their stairwells, in order."""
    return db.session.execute(
        select(
            Building.id.label("building_id"),
            Building.name.label("building_name"),
            Stairwell.id.label("stairwell_id"),
            Stairwell.name.label("stairwell_name"),
        )
        .outerjoin(
            Stairwell,
            (Stairwell.community_id == Building.community_id)
            & (Stairwell.building_id == Building.id),
        )
        .where(Building.community_id == community_id, Building.compound_id == compound_id)
        .order_by(Building.sort_key, Building.id, Stairwell.sort_key, Stairwell.id)
    ).all()


def paper_counts(community_id: int, assembly_id: UUID) -> Any:
    """How many were issued, handed out, returned, and what became of them."""
    return db.session.execute(
        _COUNTS, {"community_id": community_id, "assembly_id": assembly_id}
    ).one()


def add_event(values: dict[str, Any]) -> bool:
    """Write what happened to a ballot; not when it is settled or this was written before."""
    written = db.session.execute(
        insert(PaperHappening)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(PaperHappening.id)
    )
    return written.one_or_none() is not None


def paper_by_receipt(community_id: int, code: str) -> Any | None:
    """A paper ballot that is not counted yet, by the code on its counterfoil."""
    return db.session.execute(
        text("""
            SELECT paper.code, paper.assembly_id, assembly.title, assembly.state,
                ARRAY(
                    SELECT happened.kind FROM paper_event AS happened
                    WHERE happened.community_id = paper.community_id
                        AND happened.paper_id = paper.id
                ) AS events
            FROM paper_ballot AS paper
            JOIN assembly ON assembly.community_id = paper.community_id
                AND assembly.id = paper.assembly_id
            WHERE paper.community_id = :community_id AND paper.code = :code
        """),
        {"community_id": community_id, "code": code},
    ).one_or_none()


def scan_disclosed(community_id: int, paper_id: UUID) -> bool:
    """Whether the assembly of this ballot is closed and its result published."""
    return bool(
        db.session.scalar(
            select(Assembly.id)
            .join(
                PaperBallot,
                (PaperBallot.community_id == Assembly.community_id)
                & (PaperBallot.assembly_id == Assembly.id),
            )
            .where(
                PaperBallot.community_id == community_id,
                PaperBallot.id == paper_id,
                Assembly.state.in_([State.PUBLISHED, State.FINAL]),
            )
        )
    )
