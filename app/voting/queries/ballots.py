"""Casting in one statement, and what may be read of ballots: everything but the choice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core.db import db
from app.core.prepared import Prepared
from app.voting.queries.entitled import (
    ACTING_FOR,
    MY_OWNERS,
    PAPER_HELD,
    PROPERTY_STAFF,
    PROXY_STANDS,
)

# An answer fits its matter: one of three words, or candidates of this election in their order, no
# more than its seats.
FITS = """
CASE WHEN matter.most_choices = 0 THEN answer.choice IN ('for', 'against', 'abstain')
ELSE cardinality(string_to_array(answer.choice, ';')) <= matter.most_choices
    AND answer.choice = (
        SELECT coalesce(string_agg(candidate.id::text, ';' ORDER BY candidate.position), '')
        FROM candidate
        WHERE candidate.community_id = :community_id AND candidate.matter_id = matter.id
            AND candidate.id::text = ANY(string_to_array(answer.choice, ';')))
END"""

# FOR SHARE makes the close wait for casts under way, and a cast that waited for the close read the
# new state: no ballot can be added behind the tally.
_CAST = text(f"""
WITH mine AS ({MY_OWNERS}), meeting AS (
    SELECT id, slices FROM assembly
    WHERE community_id = :community_id AND id = :assembly_id
        AND state = 'open' AND mode IN ('online', 'both')
        AND opens_at <= now() AND now() < closes_at
    FOR SHARE
), acting AS (
    SELECT owner_id, channel FROM (
        SELECT member.owner_id, 'online' AS channel, 0 AS place
        FROM roll_member AS member
        JOIN mine ON mine.id = member.owner_id
        WHERE member.community_id = :community_id AND member.assembly_id = :assembly_id
            AND member.voter_id = :voter_id
        UNION ALL
        SELECT authority.principal_id, 'proxy', 1
        FROM proxy_authority AS authority
        WHERE authority.community_id = :community_id AND authority.assembly_id = :assembly_id
            AND authority.voter_id = :voter_id AND authority.proxy_account_id = :account_id
            AND authority.medium = 'online' AND {PROXY_STANDS}
            AND NOT {PROPERTY_STAFF.format(account=":account_id")}
    ) AS ways
    ORDER BY place LIMIT 1
), entitled AS (
    SELECT voter.id AS voter_id, voter.building_id, voter.number, voter.area_centi,
           voter.member_count, acting.owner_id, acting.channel, meeting.slices
    FROM meeting
    JOIN roll_voter AS voter ON voter.community_id = :community_id
        AND voter.assembly_id = meeting.id AND voter.id = :voter_id
    CROSS JOIN acting
    WHERE NOT {PAPER_HELD.format(voter=":voter_id")}
), act AS (
    INSERT INTO ballot_cast
        (community_id, id, assembly_id, voter_id, channel, code, cast_by, cast_as)
    SELECT :community_id, :cast_id, :assembly_id, voter_id, channel, :code, :account_id, owner_id
    FROM entitled
    RETURNING cast_at
), counted AS (
    INSERT INTO ballot
        (community_id, id, assembly_id, matter_id, voter_id, cast_id, most_choices, choice, nonce)
    SELECT :community_id, gen_random_uuid(), :assembly_id, matter.id, entitled.voter_id,
        :cast_id, matter.most_choices, answer.choice, answer.nonce
    FROM entitled
    JOIN assembly_matter AS matter ON matter.community_id = :community_id
        AND matter.assembly_id = :assembly_id
    JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer
        (matter_id uuid, choice text, nonce text) ON answer.matter_id = matter.id
    WHERE {FITS}
    ON CONFLICT (community_id, matter_id, voter_id, turn) DO NOTHING
    RETURNING matter_id
), part AS (
    UPDATE assembly_participation AS part
    SET heads = part.heads + 1, area_centi = part.area_centi + entitled.area_centi
    FROM entitled
    WHERE part.community_id = :community_id AND part.assembly_id = :assembly_id
        AND part.building_id = entitled.building_id
        AND part.slice = entitled.number % entitled.slices
        AND (SELECT count(*) FROM counted) > 0
), ended AS (
    INSERT INTO proxy_end (community_id, id, voter_id, turn, kind, ended_by, cast_id)
    SELECT :community_id, gen_random_uuid(), authority.voter_id, authority.turn,
        CASE entitled.channel WHEN 'proxy' THEN 'used' ELSE 'overridden' END,
        :account_id, :cast_id
    FROM entitled
    JOIN proxy_authority AS authority ON authority.community_id = :community_id
        AND authority.voter_id = entitled.voter_id AND {PROXY_STANDS}
    WHERE (SELECT count(*) FROM counted) > 0
    ON CONFLICT DO NOTHING
    RETURNING kind
)
SELECT (SELECT count(*) FROM counted) AS ballots,
       (SELECT count(*) FROM assembly_matter
        WHERE community_id = :community_id AND assembly_id = :assembly_id) AS matters,
       (SELECT cast_at FROM act) AS cast_at,
       (SELECT member_count FROM entitled) AS members,
       (SELECT channel FROM entitled) AS channel,
       (SELECT count(*) FROM ended WHERE kind = 'used') AS authorities
""")  # noqa: S608 - put together from our own words
_CASTING = Prepared(_CAST)

_STANDING = text(f"""
WITH mine AS ({MY_OWNERS})
SELECT assembly.state, assembly.mode, assembly.opens_at, assembly.closes_at, now() AS now,
    EXISTS (
        SELECT 1 FROM roll_member JOIN mine ON mine.id = roll_member.owner_id
        WHERE roll_member.community_id = :community_id
            AND roll_member.assembly_id = :assembly_id AND roll_member.voter_id = :voter_id
    ) AS entitled,
    earlier.cast_at, earlier.cast_by, earlier.channel, earlier.code, owner.name AS cast_name,
    proxy.id AS authority_id, proxy.end_kind,
    {PROPERTY_STAFF.format(account=":account_id")} AS is_property_staff,
    (
        SELECT max(back.created_at) FROM paper_ballot AS paper
        JOIN paper_event AS back ON back.community_id = paper.community_id
            AND back.paper_id = paper.id AND back.kind = 'returned'
        WHERE paper.community_id = :community_id AND paper.voter_id = :voter_id
            AND {PAPER_HELD.format(voter=":voter_id")}
    ) AS paper_returned_at
FROM assembly
LEFT JOIN LATERAL (
    SELECT authority.id, ended.kind AS end_kind
    FROM proxy_authority AS authority
    LEFT JOIN proxy_end AS ended ON ended.community_id = authority.community_id
        AND ended.voter_id = authority.voter_id AND ended.turn = authority.turn
    WHERE authority.community_id = :community_id AND authority.assembly_id = :assembly_id
        AND authority.voter_id = :voter_id AND authority.proxy_account_id = :account_id
        AND authority.medium = 'online'
    ORDER BY authority.turn DESC LIMIT 1
) AS proxy ON true
LEFT JOIN LATERAL (
    SELECT * FROM ballot_cast
    WHERE ballot_cast.community_id = :community_id
        AND ballot_cast.assembly_id = :assembly_id AND ballot_cast.voter_id = :voter_id
        AND ballot_cast.id <> :cast_id
    ORDER BY ballot_cast.cast_at DESC LIMIT 1
) AS earlier ON true
LEFT JOIN owner ON owner.community_id = :community_id AND owner.id = earlier.cast_as
WHERE assembly.community_id = :community_id AND assembly.id = :assembly_id
""")  # noqa: S608 - put together from our own words

_MY_VOTERS = text(f"""
SELECT DISTINCT ON (voter.assembly_id, acting.proxy_for IS NOT NULL, voter.number)
    voter.assembly_id, voter.id AS voter_id, voter.number, voter.label, voter.area_centi,
    voter.unit_count, voter.member_count, acting.proxy_for, done.id AS cast_id, done.cast_at,
    done.cast_by, done.channel, cast_owner.name AS cast_name,
    {PAPER_HELD.format(voter="voter.id")} AS paper_held
FROM ({ACTING_FOR}) AS acting
JOIN roll_voter AS voter ON voter.community_id = :community_id AND voter.id = acting.voter_id
LEFT JOIN ballot_cast AS done ON done.community_id = :community_id
    AND done.assembly_id = voter.assembly_id AND done.voter_id = voter.id
LEFT JOIN owner AS cast_owner ON cast_owner.community_id = :community_id
    AND cast_owner.id = done.cast_as
WHERE acting.assembly_id = ANY(:assembly_ids)
ORDER BY voter.assembly_id, acting.proxy_for IS NOT NULL, voter.number, done.cast_at DESC
""")  # noqa: S608 - put together from our own words

_RECEIPT = text(f"""
WITH mine AS ({MY_OWNERS})
SELECT done.id, done.code, done.cast_at, done.channel, done.cast_by, done.voter_id,
    voter.label, voter.area_centi, voter.unit_count, voter.number, owner.name AS cast_name,
    assembly.id AS assembly_id, assembly.title, assembly.state, assembly.closes_at
FROM ballot_cast AS done
JOIN roll_voter AS voter ON voter.community_id = :community_id AND voter.id = done.voter_id
JOIN assembly ON assembly.community_id = :community_id AND assembly.id = done.assembly_id
JOIN owner ON owner.community_id = :community_id AND owner.id = done.cast_as
WHERE done.community_id = :community_id AND done.assembly_id = :assembly_id
    AND done.id = :cast_id
    AND (done.cast_by = :account_id AND done.channel = 'proxy' OR EXISTS (
        SELECT 1 FROM roll_member JOIN mine ON mine.id = roll_member.owner_id
        WHERE roll_member.community_id = :community_id AND roll_member.voter_id = done.voter_id
    ))
""")  # noqa: S608 - put together from our own words

# Before the close nothing says whether a ballot is spoiled: that would be a piece of its choice.
_BY_CODE = text("""
SELECT done.code, done.cast_at, done.channel, assembly.title, assembly.state, assembly.closes_at,
    assembly.id AS assembly_id,
    ARRAY(
        SELECT matter.title FROM ballot
        JOIN assembly_matter AS matter ON matter.community_id = :community_id
            AND matter.id = ballot.matter_id
        WHERE ballot.community_id = :community_id AND ballot.voter_id = done.voter_id
            AND ballot.assembly_id = done.assembly_id AND ballot.cast_id = done.id
            AND ballot.matter_id IN (
                SELECT id FROM assembly_matter
                WHERE community_id = :community_id AND assembly_id = done.assembly_id)
            AND coalesce((
                SELECT shown.status FROM closed_ballot AS shown
                WHERE shown.community_id = :community_id AND shown.id = ballot.id
            ), 'counted') = 'counted'
        ORDER BY matter.position
    ) AS counted
FROM ballot_cast AS done
JOIN assembly ON assembly.community_id = :community_id AND assembly.id = done.assembly_id
WHERE done.community_id = :community_id AND done.code = :code
""")


def cast(place: Mapping[str, Any], answers: Sequence[Mapping[str, str]], *, code: str) -> Any:
    """Cast a voter's ballots if the database's clock and the roll allow it, all in one statement.

    `place`: community_id, assembly_id, voter_id, account_id, cast_id. Gives `ballots` (written),
    `matters` (to be answered), `cast_at`, `members`, `channel` and `authorities` (used up by this
    cast); nothing was cast when `ballots` is 0.
    """
    return _CASTING.row({**place, "answers": json.dumps(answers), "code": code})


def standing(place: Mapping[str, Any]) -> Any | None:
    """Why a cast was refused: state, times, `now` of the database, entitlement, earlier cast."""
    return db.session.execute(_STANDING, dict(place)).one_or_none()


def my_voters(community_id: int, account_id: UUID, assembly_ids: Sequence[UUID]) -> Sequence[Any]:
    """The voters a person may cast for, in several assemblies, and what was cast for each."""
    return db.session.execute(
        _MY_VOTERS,
        {
            "community_id": community_id,
            "account_id": account_id,
            "assembly_ids": list(assembly_ids),
        },
    ).all()


def receipt(community_id: int, account_id: UUID, assembly_id: UUID, cast_id: UUID) -> Any | None:
    """A receipt, for those who could have cast this ballot themselves and the proxy who did."""
    return db.session.execute(
        _RECEIPT,
        {
            "community_id": community_id,
            "account_id": account_id,
            "assembly_id": assembly_id,
            "cast_id": cast_id,
        },
    ).one_or_none()


def cast_by_code(community_id: int, code: str) -> Any | None:
    """What a receipt code stands for; nothing of who and how."""
    return db.session.execute(_BY_CODE, {"community_id": community_id, "code": code}).one_or_none()


def cast_to_announce(community_id: int, cast_id: UUID) -> Any | None:
    """A cast with the words its co-owners are told."""
    return db.session.execute(
        text("""
            SELECT done.assembly_id, done.voter_id, done.cast_by, done.cast_at, done.channel,
                done.code, assembly.title,
                owner.name AS cast_name, voter.label
            FROM ballot_cast AS done
            JOIN assembly ON assembly.community_id = done.community_id
                AND assembly.id = done.assembly_id
            JOIN roll_voter AS voter ON voter.community_id = done.community_id
                AND voter.id = done.voter_id
            JOIN owner ON owner.community_id = done.community_id AND owner.id = done.cast_as
            WHERE done.community_id = :community_id AND done.id = :cast_id
        """),
        {"community_id": community_id, "cast_id": cast_id},
    ).one_or_none()


def open_ballots(community_id: int, account_id: UUID) -> Sequence[Any]:
    """Ballots this person can still cast now: assembly_id, title, closes_at, label, voter_id."""
    return db.session.execute(
        text(f"""
            SELECT DISTINCT assembly.id AS assembly_id, assembly.title, assembly.closes_at,
                voter.id AS voter_id, voter.label
            FROM ({ACTING_FOR}) AS acting
            JOIN assembly ON assembly.community_id = :community_id
                AND assembly.id = acting.assembly_id
            JOIN roll_voter AS voter ON voter.community_id = :community_id
                AND voter.id = acting.voter_id
            WHERE assembly.state = 'open' AND assembly.mode IN ('online', 'both')
                AND assembly.opens_at <= now() AND now() < assembly.closes_at
                AND NOT EXISTS (
                    SELECT 1 FROM ballot_cast
                    WHERE ballot_cast.community_id = :community_id
                        AND ballot_cast.assembly_id = assembly.id
                        AND ballot_cast.voter_id = voter.id
                )
                AND NOT {PAPER_HELD.format(voter="voter.id")}
            ORDER BY assembly.closes_at, voter.label
        """),  # noqa: S608 - put together from our own words
        {"community_id": community_id, "account_id": account_id},
    ).all()
