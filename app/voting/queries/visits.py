"""Door to door: the households of a place and what came of each visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from app.core.db import db
from app.people.models import Account
from app.voting.models import HouseholdVisit

_HOUSEHOLDS = """
SELECT unit.unit_id, unit.voter_id, unit.room, unit.label, unit.floor, unit.building_id,
    unit.stairwell_id, building.name AS building_name, stairwell.name AS stairwell_name,
    voter.label AS voter_label, voter.unit_count, visit.outcome, visit.note,
    visit.created_at AS visited_at, visitor.name AS visitor_name,
    EXISTS (
        SELECT 1 FROM ballot_cast
        WHERE ballot_cast.community_id = :community_id
            AND ballot_cast.assembly_id = :assembly_id AND ballot_cast.voter_id = unit.voter_id
    ) AS took_part,
    paper.code AS paper_code, coalesce(paper.events, '{}') AS paper_events
FROM roll_unit AS unit
JOIN roll_voter AS voter ON voter.community_id = :community_id AND voter.id = unit.voter_id
JOIN building ON building.community_id = :community_id AND building.id = unit.building_id
LEFT JOIN stairwell ON stairwell.community_id = :community_id
    AND stairwell.id = unit.stairwell_id
LEFT JOIN LATERAL (
    SELECT * FROM household_visit
    WHERE household_visit.community_id = :community_id
        AND household_visit.assembly_id = :assembly_id
        AND household_visit.unit_id = unit.unit_id
    ORDER BY household_visit.id DESC LIMIT 1
) AS visit ON true
LEFT JOIN account AS visitor ON visitor.id = visit.visited_by
LEFT JOIN LATERAL (
    SELECT paper_ballot.code, ARRAY(
        SELECT paper_event.kind FROM paper_event
        WHERE paper_event.community_id = :community_id
            AND paper_event.paper_id = paper_ballot.id
    ) AS events
    FROM paper_ballot
    WHERE paper_ballot.community_id = :community_id AND paper_ballot.voter_id = unit.voter_id
    ORDER BY paper_ballot.turn DESC LIMIT 1
) AS paper ON true
WHERE unit.community_id = :community_id AND unit.assembly_id = :assembly_id
"""


def households(
    community_id: int, assembly_id: UUID, building_id: UUID, stairwell_ids: Sequence[UUID] | None
) -> Sequence[Any]:
    """The units of a building (of these stairwells only, when named), as one walks past them."""
    return db.session.execute(
        text(f"""
            {_HOUSEHOLDS} AND unit.building_id = :building_id
                AND (:everywhere OR unit.stairwell_id = ANY(:stairwell_ids))
            ORDER BY stairwell.sort_key, unit.stairwell_id, unit.floor, unit.sort_key
        """),
        {
            "community_id": community_id,
            "assembly_id": assembly_id,
            "building_id": building_id,
            "everywhere": stairwell_ids is None,
            "stairwell_ids": list(stairwell_ids or []),
        },
    ).all()


def household(community_id: int, assembly_id: UUID, unit_id: UUID) -> Any | None:
    """One unit of the roll with its last visit."""
    return db.session.execute(
        text(f"{_HOUSEHOLDS} AND unit.unit_id = :unit_id"),
        {"community_id": community_id, "assembly_id": assembly_id, "unit_id": unit_id},
    ).one_or_none()


def visits_of(community_id: int, assembly_id: UUID, unit_id: UUID) -> Sequence[Any]:
    """All visits at one door, newest first, as `(outcome, note, created_at, name)`."""
    return db.session.execute(
        select(
            HouseholdVisit.outcome,
            HouseholdVisit.note,
            HouseholdVisit.created_at,
            Account.name,
        )
        .join(Account, Account.id == HouseholdVisit.visited_by)
        .where(
            HouseholdVisit.community_id == community_id,
            HouseholdVisit.assembly_id == assembly_id,
            HouseholdVisit.unit_id == unit_id,
        )
        .order_by(HouseholdVisit.id.desc())
        .limit(50)
    ).all()


def add_visit(values: dict[str, Any]) -> None:
    """Write a visit."""
    db.session.execute(insert(HouseholdVisit).values(**values))


def places_of_heads(
    community_id: int,
    compound_id: UUID,
    building_ids: Sequence[UUID],
    stairwell_ids: Sequence[UUID],
) -> Sequence[Any]:
    """(building_id, name, stairwell_ids): these buildings, and those of these stairwells.

    `stairwell_ids` is none for a whole building.
    """
    return db.session.execute(
        text("""
            SELECT building.id AS building_id, building.name,
                CASE WHEN building.id = ANY(:building_ids) THEN NULL
                     ELSE array_agg(stairwell.id) FILTER (
                         WHERE stairwell.id = ANY(:stairwell_ids)) END AS stairwell_ids
            FROM building
            LEFT JOIN stairwell ON stairwell.community_id = building.community_id
                AND stairwell.building_id = building.id
            WHERE building.community_id = :community_id AND building.compound_id = :compound_id
                AND (building.id = ANY(:building_ids) OR stairwell.id = ANY(:stairwell_ids))
            GROUP BY building.id, building.name, building.sort_key
            ORDER BY building.sort_key, building.id
        """),
        {
            "community_id": community_id,
            "compound_id": compound_id,
            "building_ids": list(building_ids),
            "stairwell_ids": list(stairwell_ids),
        },
    ).all()
