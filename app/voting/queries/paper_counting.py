"""Entries of paper ballots, compared in the database, and the ballots that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.voting.models import (
    PaperAnswer,
    PaperEntry,
)
from app.voting.queries.ballots import FITS

# What was returned in time is counted also after the close, before the result is published.
_CAST = text(f"""
WITH meeting AS (
    SELECT id, slices FROM assembly
    WHERE community_id = :community_id AND id = :assembly_id AND mode IN ('paper', 'both')
        AND state IN ('open', 'closed')
    FOR SHARE
), entitled AS (
    SELECT voter.id AS voter_id, voter.building_id, voter.number, voter.area_centi,
        paper.code, member.owner_id, back.created_at AS returned_at, meeting.slices
    FROM meeting
    JOIN paper_ballot AS paper ON paper.community_id = :community_id AND paper.id = :paper_id
        AND paper.assembly_id = meeting.id
    JOIN paper_event AS back ON back.community_id = :community_id
        AND back.paper_id = paper.id AND back.kind = 'returned'
    JOIN roll_voter AS voter ON voter.community_id = :community_id
        AND voter.id = paper.voter_id
    JOIN roll_member AS member ON member.community_id = :community_id
        AND member.voter_id = voter.id AND member.owner_id = :signed_as
), act AS (
    INSERT INTO ballot_cast
        (community_id, id, assembly_id, voter_id, channel, code, cast_by, cast_as, cast_at)
    SELECT :community_id, :cast_id, :assembly_id, voter_id, :channel, code, :account_id,
        owner_id, returned_at
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
    RETURNING matter_id, voter_id, turn
), spoiled AS (
    INSERT INTO ballot_retirement
        (community_id, id, matter_id, voter_id, turn, kind, reason, retired_by)
    SELECT :community_id, gen_random_uuid(), counted.matter_id, counted.voter_id, counted.turn,
        'spoiled', answer.spoiled, :account_id
    FROM counted
    JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (matter_id uuid, spoiled text)
        ON answer.matter_id = counted.matter_id
    WHERE answer.spoiled IS NOT NULL
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
        CASE authority.turn WHEN :authority_turn THEN 'used' ELSE 'overridden' END,
        :account_id, :cast_id
    FROM entitled
    JOIN proxy_authority AS authority ON authority.community_id = :community_id
        AND authority.voter_id = entitled.voter_id
        AND NOT EXISTS (
            SELECT 1 FROM proxy_end
            WHERE proxy_end.community_id = :community_id
                AND proxy_end.voter_id = authority.voter_id
                AND proxy_end.turn = authority.turn
        )
    WHERE (SELECT count(*) FROM counted) > 0
    ON CONFLICT DO NOTHING
    RETURNING kind
)
SELECT (SELECT count(*) FROM counted) AS ballots,
       (SELECT count(*) FROM act) AS casts,
       (SELECT count(*) FROM ended WHERE kind = 'used') AS authorities
""")  # noqa: S608 - put together from our own words


def add_entry(values: dict[str, Any], answers: Sequence[dict[str, Any]]) -> None:
    """Write what one person read. The choices cannot be read back."""
    db.session.execute(insert(PaperEntry).values(**values))
    if answers:
        db.session.execute(insert(PaperAnswer).values(list(answers)))


def entries_agree(entry_id: UUID) -> bool:
    """Whether this entry says the same as one before it; nothing else leaves the database."""
    return bool(
        db.session.execute(text("SELECT paper_entries_agree(:id)"), {"id": entry_id}).scalar()
    )


def cast_paper(values: dict[str, Any]) -> Any:
    """Write the ballots of a paper ballot whose entries agree: `casts`, `ballots`, `authorities`.

    No `ballots`: another ballot of this voter was counted first.
    """
    return db.session.execute(_CAST, values).one()


def signers(community_id: int, voter_id: UUID) -> Sequence[Any]:
    """Who may have signed: the voter's owners, then with `turn` a proxy who votes on paper."""
    return db.session.execute(
        text("""
            SELECT owner.id AS owner_id, owner.name, NULL::smallint AS turn
            FROM roll_member
            JOIN owner ON owner.community_id = roll_member.community_id
                AND owner.id = roll_member.owner_id
            WHERE roll_member.community_id = :community_id AND roll_member.voter_id = :voter_id
            UNION ALL
            SELECT authority.principal_id, authority.proxy_name, authority.turn
            FROM proxy_authority AS authority
            WHERE authority.community_id = :community_id AND authority.voter_id = :voter_id
                AND authority.medium = 'paper'
                AND NOT EXISTS (
                    SELECT 1 FROM proxy_end
                    WHERE proxy_end.community_id = :community_id
                        AND proxy_end.voter_id = authority.voter_id
                        AND proxy_end.turn = authority.turn
                )
            ORDER BY turn NULLS FIRST, name, owner_id
        """),
        {"community_id": community_id, "voter_id": voter_id},
    ).all()
