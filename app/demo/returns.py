"""The ballots of the demo world's owners: online by those with an account, the others on paper."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from app.core.db import db
from app.demo.stage import Stage
from app.voting.actions.casting import cast_ballot
from app.voting.queries import ballots

Answers = Mapping[UUID, Sequence[str]]
"""What owners answer to each matter, in turn."""

_PAPER = text("""
WITH returned AS (
    SELECT voter.id AS voter_id, voter.building_id, voter.number, voter.area_centi,
        gen_random_uuid() AS cast_id,
        (SELECT owner_id FROM roll_member
         WHERE community_id = :community_id AND voter_id = voter.id LIMIT 1) AS owner_id
    FROM roll_voter AS voter
    WHERE voter.community_id = :community_id AND voter.assembly_id = :assembly_id
        AND voter.number * 37 % 100 < :share
        AND NOT EXISTS (
            SELECT 1 FROM roll_member AS member
            JOIN owner ON owner.community_id = :community_id AND owner.id = member.owner_id
            WHERE member.community_id = :community_id AND member.voter_id = voter.id
                AND owner.account_id IS NOT NULL)
), act AS (
    INSERT INTO ballot_cast
        (community_id, id, assembly_id, voter_id, channel, code, cast_by, cast_as)
    SELECT :community_id, cast_id, :assembly_id, voter_id, 'paper',
        upper(substr(md5(cast_id::text), 1, 10)), :entered_by, owner_id
    FROM returned WHERE owner_id IS NOT NULL
), counted AS (
    INSERT INTO ballot
        (community_id, id, assembly_id, matter_id, voter_id, cast_id, most_choices, choice,
        nonce)
    SELECT :community_id, gen_random_uuid(), :assembly_id, matter.id, returned.voter_id,
        returned.cast_id, matter.most_choices,
        CAST(:answers AS jsonb) -> matter.id::text ->> (
            (returned.number * 13 + matter.position * 29)
            % jsonb_array_length(CAST(:answers AS jsonb) -> matter.id::text)),
        md5(returned.cast_id::text || matter.id::text)
    FROM returned
    JOIN assembly_matter AS matter ON matter.community_id = :community_id
        AND matter.assembly_id = :assembly_id
    WHERE returned.owner_id IS NOT NULL
)
UPDATE assembly_participation AS part
SET heads = part.heads + gone.heads, area_centi = part.area_centi + gone.area_centi
FROM (
    SELECT building_id, number % assembly.slices AS slice, count(*) AS heads,
        sum(area_centi) AS area_centi
    FROM returned
    JOIN assembly ON assembly.community_id = :community_id AND assembly.id = :assembly_id
    WHERE owner_id IS NOT NULL
    GROUP BY building_id, number % assembly.slices
) AS gone
WHERE part.community_id = :community_id AND part.assembly_id = :assembly_id
    AND part.building_id = gone.building_id AND part.slice = gone.slice
""")


def vote_online(stage: Stage, assembly_id: UUID, answers: Answers) -> None:
    """Four in five of the residents with an account vote."""
    community_id = stage.community.id
    residents = sorted(key for key in stage.accounts if key.startswith("resident_"))
    for place, key in enumerate(residents):
        if place % 5 == 4:  # noqa: PLR2004 - one in five has not voted
            continue
        account_id = stage.accounts[key]
        for voter in ballots.my_voters(community_id, account_id, [assembly_id]):
            if voter.cast_id is None:
                given = {
                    matter: choices[(place + turn) % len(choices)]
                    for turn, (matter, choices) in enumerate(answers.items())
                }
                cast_ballot(community_id, assembly_id, voter.voter_id, account_id, given)


def return_paper(stage: Stage, assembly_id: UUID, answers: Answers, share: int) -> None:
    """So many of a hundred owners without an account returned paper, which the office entered."""
    listed = {str(matter): list(choices) for matter, choices in answers.items()}
    db.session.execute(
        _PAPER,
        {
            "community_id": stage.community.id,
            "assembly_id": assembly_id,
            "share": share,
            "answers": json.dumps(listed),
            "entered_by": stage.accounts["staff"],
        },
    )
