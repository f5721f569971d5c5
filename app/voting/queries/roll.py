"""The roll: frozen by one statement, then only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.core.db import db
from app.voting.models import (
    RollMember,
    RollUnit,
    RollVoter,
)

SLICES = 8
"""Counts of a building are kept in so many rows, so that casts do not queue for one."""
MANY_BUILDINGS = 64
"""Above this one row a building will do: casts at one moment are spread over the buildings."""

# No step joins one intermediate result with another: the work grows in a straight line with the
# units, whatever the planner's statistics say. A voter's id is random (its first unit's draw), so
# that nobody can work it out from the register and find a voter's ballots in a sealed package.
_FREEZE = text("""
WITH unit_owners AS MATERIALIZED (
    SELECT unit.id AS unit_id, unit.building_id, unit.stairwell_id, unit.room, unit.label,
           unit.sort_key, unit.floor, unit.area_centi,
           building.sort_key || ' ' || unit.sort_key || ' ' || unit.id AS place,
           unit.sale_state <> 'delivered' AS developer,
           owners.members, gen_random_uuid() AS drawn,
           CASE WHEN unit.sale_state <> 'delivered' THEN 'developer'
                ELSE coalesce(owners.key, 'unit:' || unit.id) END AS owner_key
    FROM property_unit AS unit
    JOIN building ON building.community_id = unit.community_id AND building.id = unit.building_id
    CROSS JOIN LATERAL (
        SELECT string_agg(owner_id::text, ',' ORDER BY owner_id) AS key,
               array_agg(owner_id) FILTER (
                   WHERE unit.sale_state = 'delivered' OR EXISTS (
                       SELECT 1 FROM owner
                       WHERE owner.community_id = :community_id
                           AND owner.id = ownership.owner_id AND owner.kind = 'developer')
               ) AS members
        FROM ownership
        WHERE ownership.community_id = :community_id AND ownership.unit_id = unit.id
            AND ownership.ended_at IS NULL
    ) AS owners
    WHERE unit.community_id = :community_id AND unit.compound_id = :compound_id
        AND (:parking_votes OR unit.kind <> 'parking')
        AND (:everywhere OR EXISTS (
            SELECT 1 FROM assembly_place AS place
            WHERE place.community_id = :community_id AND place.assembly_id = :assembly_id
                AND place.building_id = unit.building_id
                AND (place.stairwell_id IS NULL OR place.stairwell_id = unit.stairwell_id)))
), holding AS MATERIALIZED (
    SELECT *, first_value(drawn) OVER (PARTITION BY owner_key ORDER BY place) AS voter_id
    FROM unit_owners
), member AS MATERIALIZED (
    SELECT DISTINCT voter_id, unnest(members) AS owner_id FROM holding
), gathered AS (
    SELECT voter_id, owner_key, developer, area_centi, place, label, building_id, unit_id,
           NULL::uuid AS owner_id, false AS shared
    FROM holding
    UNION ALL
    SELECT voter_id, NULL, false, 0, NULL, NULL, NULL, NULL, owner_id,
           count(*) OVER (PARTITION BY owner_id) > 1
    FROM member
), head AS MATERIALIZED (
    SELECT voter_id AS id, max(owner_key) AS owner_key, bool_or(developer) AS developer,
           sum(area_centi)::bigint AS area_centi, count(unit_id)::int AS unit_count,
           count(owner_id)::int AS member_count, bool_or(shared) AS shared,
           (row_number() OVER (ORDER BY min(place)))::int AS number,
           (array_agg(label ORDER BY place) FILTER (WHERE unit_id IS NOT NULL))[1] AS label,
           (array_agg(building_id ORDER BY place) FILTER (WHERE unit_id IS NOT NULL))[1]
               AS building_id
    FROM gathered
    GROUP BY voter_id
), spread AS MATERIALIZED (
    SELECT CASE WHEN count(*) > :many_buildings THEN 1 ELSE :slices END::smallint AS slices
    FROM (SELECT 1 FROM head GROUP BY building_id) AS building
), voter AS (
    INSERT INTO roll_voter (community_id, id, assembly_id, number, area_centi, unit_count,
        member_count, label, building_id, owner_key, developer, flag)
    SELECT :community_id, id, :assembly_id, number, area_centi, unit_count, member_count,
        label || CASE WHEN unit_count > 1 THEN ' 等 ' || unit_count || ' 处' ELSE '' END,
        building_id, owner_key, developer,
        CASE WHEN member_count = 0 AND NOT developer THEN 'unknown'
             WHEN shared THEN 'overlap' END
    FROM head
), unit AS (
    INSERT INTO roll_unit (community_id, id, assembly_id, voter_id, unit_id, building_id,
        stairwell_id, room, label, sort_key, floor, area_centi)
    SELECT :community_id, gen_random_uuid(), :assembly_id, voter_id, unit_id, building_id,
        stairwell_id, room, label, sort_key, floor, area_centi
    FROM holding
), kin AS (
    INSERT INTO roll_member (community_id, id, assembly_id, voter_id, owner_id)
    SELECT :community_id, gen_random_uuid(), :assembly_id, voter_id, owner_id FROM member
), part AS (
    INSERT INTO assembly_participation
        (community_id, id, assembly_id, building_id, slice, roll_heads, roll_area_centi)
    SELECT :community_id, gen_random_uuid(), :assembly_id, building_id, number % slices,
        count(*), sum(area_centi)
    FROM head CROSS JOIN spread
    GROUP BY building_id, number % slices
)
SELECT count(*)::int AS heads, coalesce(sum(area_centi), 0)::bigint AS area_centi,
    (SELECT slices FROM spread) AS slices
FROM head
""")


def freeze_roll(
    community_id: int,
    assembly_id: UUID,
    compound_id: UUID,
    *,
    parking_votes: bool,
    everywhere: bool = True,
) -> Any:
    """Copy the register into the roll: one head for each exact set of owners.

    Of the whole compound, or (not `everywhere`) of the assembly's buildings and stairwells.

    建筑物区分所有权司法解释 art. 8, 9: areas as registered; the developer's unsold and undelivered
    units are one head together. Gives `heads` and `area_centi` of the whole roll, and in how many
    `slices` the counts of each building are kept.
    """
    return db.session.execute(
        _FREEZE,
        {
            "community_id": community_id,
            "assembly_id": assembly_id,
            "compound_id": compound_id,
            "parking_votes": parking_votes,
            "everywhere": everywhere,
            "slices": SLICES,
            "many_buildings": MANY_BUILDINGS,
        },
    ).one()


def flagged_voters(community_id: int, assembly_id: UUID) -> int:
    """How many voters a person must look at."""
    return db.session.execute(
        select(func.count())
        .select_from(RollVoter)
        .where(
            RollVoter.community_id == community_id,
            RollVoter.assembly_id == assembly_id,
            RollVoter.flag.is_not(None),
        )
    ).scalar_one()


def units_of_voters(community_id: int, voter_ids: Sequence[UUID]) -> Sequence[Any]:
    """The units of these voters, for their owner to check before voting."""
    return db.session.execute(
        select(RollUnit.voter_id, RollUnit.label, RollUnit.area_centi)
        .where(RollUnit.community_id == community_id, RollUnit.voter_id.in_(voter_ids))
        .order_by(RollUnit.sort_key)
    ).all()


def member_accounts(community_id: int, assembly_id: UUID, voter_id: UUID | None = None) -> Any:
    """(account_id) of all owners on the roll, or of one voter's, as far as they have accounts."""
    return (
        db.session.execute(
            text("""
            SELECT DISTINCT account_id FROM (
                SELECT owner.account_id, roll_member.voter_id
                FROM roll_member
                JOIN owner ON owner.community_id = roll_member.community_id
                    AND owner.id = roll_member.owner_id
                WHERE roll_member.community_id = :community_id
                    AND roll_member.assembly_id = :assembly_id
                    AND owner.account_id IS NOT NULL
                UNION ALL
                SELECT unit_claim.account_id, roll_member.voter_id
                FROM roll_member
                JOIN unit_claim ON unit_claim.community_id = roll_member.community_id
                    AND unit_claim.owner_id = roll_member.owner_id
                    AND unit_claim.relation = 'owner' AND unit_claim.state = 'approved'
                WHERE roll_member.community_id = :community_id
                    AND roll_member.assembly_id = :assembly_id
            ) AS kin
            WHERE CAST(:voter_id AS uuid) IS NULL OR voter_id = :voter_id
        """),
            {"community_id": community_id, "assembly_id": assembly_id, "voter_id": voter_id},
        )
        .scalars()
        .all()
    )


def accounts_without_ballot(community_id: int, assembly_id: UUID) -> Sequence[UUID]:
    """Accounts of owners for whom nobody has voted yet, whichever way."""
    rows: Sequence[UUID] = (
        db.session.execute(
            text("""
            WITH waiting AS (
                SELECT member.owner_id FROM roll_member AS member
                WHERE member.community_id = :community_id AND member.assembly_id = :assembly_id
                    AND NOT EXISTS (
                        SELECT 1 FROM ballot_cast
                        WHERE ballot_cast.community_id = :community_id
                            AND ballot_cast.assembly_id = :assembly_id
                            AND ballot_cast.voter_id = member.voter_id)
            )
            SELECT owner.account_id FROM waiting
            JOIN owner ON owner.community_id = :community_id AND owner.id = waiting.owner_id
            WHERE owner.account_id IS NOT NULL
            UNION
            SELECT unit_claim.account_id FROM waiting
            JOIN unit_claim ON unit_claim.community_id = :community_id
                AND unit_claim.owner_id = waiting.owner_id
                AND unit_claim.relation = 'owner' AND unit_claim.state = 'approved'
        """),
            {"community_id": community_id, "assembly_id": assembly_id},
        )
        .scalars()
        .all()
    )
    return rows


def roll_members(community_id: int, assembly_id: UUID) -> Sequence[Any]:
    """(voter_id, owner_id) of a whole roll."""
    return db.session.execute(
        select(RollMember.voter_id, RollMember.owner_id).where(
            RollMember.community_id == community_id, RollMember.assembly_id == assembly_id
        )
    ).all()
