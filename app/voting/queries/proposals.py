"""Proposals, who signed them, and the register they are measured against."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text

from app.core.db import db
from app.registry.models import Compound
from app.voting.models import Proposal, ProposalSignature
from app.voting.queries.entitled import MY_OWNERS
from app.voting.rules import ProposalState

PAGE = 20
SIGNATURES_PAGE = 100

# The same owners as on a roll frozen now; the developer's undelivered units are one head.
_KEY = """
    CASE WHEN unit.sale_state <> 'delivered' THEN 'developer'
         ELSE coalesce((
            SELECT string_agg(owner_id::text, ',' ORDER BY owner_id) FROM ownership
            WHERE ownership.community_id = :community_id AND ownership.unit_id = unit.id
                AND ownership.ended_at IS NULL), 'unit:' || unit.id) END
"""

_MY_HEADS = text(f"""
WITH mine AS ({MY_OWNERS}), held AS MATERIALIZED (
    SELECT DISTINCT ON (unit.id) unit.id, unit.label, unit.sort_key, unit.area_centi,
        mine.id AS owner_id, {_KEY} AS owner_key
    FROM mine
    JOIN ownership ON ownership.community_id = :community_id AND ownership.owner_id = mine.id
        AND ownership.ended_at IS NULL
    JOIN property_unit AS unit ON unit.community_id = :community_id
        AND unit.id = ownership.unit_id
    WHERE unit.compound_id = :compound_id AND unit.sale_state = 'delivered'
        AND (:parking_votes OR unit.kind <> 'parking')
    ORDER BY unit.id, mine.id
)
SELECT owner_key, (array_agg(owner_id ORDER BY sort_key, id))[1] AS owner_id,
    sum(area_centi)::bigint AS area_centi,
    (array_agg(label ORDER BY sort_key, id))[1]
        || CASE WHEN count(*) > 1 THEN ' 等 ' || count(*) || ' 处' ELSE '' END AS label
FROM held GROUP BY owner_key ORDER BY min(sort_key), owner_key
""")  # noqa: S608 - put together from our own words

_COUNT = text(f"""
WITH keyed AS MATERIALIZED (
    SELECT {_KEY} AS owner_key, unit.area_centi
    FROM property_unit AS unit
    WHERE unit.community_id = :community_id AND unit.compound_id = :compound_id
        AND (:parking_votes OR unit.kind <> 'parking')
), head AS MATERIALIZED (
    SELECT owner_key, sum(area_centi)::bigint AS area_centi FROM keyed GROUP BY owner_key
), signed AS MATERIALIZED (
    SELECT owner_key FROM proposal_signature
    WHERE community_id = :community_id AND proposal_id = :proposal_id
    GROUP BY owner_key HAVING max(turn) % 2 = 0
)
SELECT count(*)::int AS roll_heads,
    coalesce(sum(head.area_centi), 0)::bigint AS roll_area_centi,
    count(signed.owner_key)::int AS heads,
    coalesce(sum(head.area_centi) FILTER (WHERE signed.owner_key IS NOT NULL), 0)::bigint
        AS area_centi
FROM head LEFT JOIN signed ON signed.owner_key = head.owner_key
""")  # noqa: S608 - put together from our own words


def my_heads(
    community_id: int, compound_id: UUID, account_id: UUID, *, parking_votes: bool
) -> Sequence[Any]:
    """The votes a person could sign with now: owner_key, owner_id, area_centi, label."""
    return db.session.execute(
        _MY_HEADS,
        {
            "community_id": community_id,
            "compound_id": compound_id,
            "account_id": account_id,
            "parking_votes": parking_votes,
        },
    ).all()


def count_support(
    community_id: int, compound_id: UUID, proposal_id: UUID, *, parking_votes: bool
) -> Any:
    """roll_heads, roll_area_centi, heads, area_centi by the register as it stands now."""
    return db.session.execute(
        _COUNT,
        {
            "community_id": community_id,
            "compound_id": compound_id,
            "proposal_id": proposal_id,
            "parking_votes": parking_votes,
        },
    ).one()


def proposal_locked(community_id: int, proposal_id: UUID) -> Proposal | None:
    """One proposal; signatures follow each other."""
    return db.session.scalar(
        select(Proposal)
        .where(Proposal.community_id == community_id, Proposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def proposal(community_id: int, proposal_id: UUID) -> Any | None:
    """One proposal with its compound's name, as `(Proposal, compound_name)`."""
    return db.session.execute(
        _with_compound().where(Proposal.community_id == community_id, Proposal.id == proposal_id)
    ).one_or_none()


def proposals_of(
    community_id: int, compounds: Collection[UUID] | None, before: UUID | None
) -> Sequence[Any]:
    """A page of proposals of these compounds (all when none are named), newest first."""
    wanted = _with_compound().where(Proposal.community_id == community_id)
    if compounds is not None:
        wanted = wanted.where(Proposal.compound_id.in_(compounds))
    if before is not None:
        wanted = wanted.where(Proposal.id < before)
    return db.session.execute(wanted.order_by(Proposal.id.desc()).limit(PAGE + 1)).all()


def waiting_proposals(community_id: int, compounds: Collection[UUID] | None) -> int:
    """How many have reached the fifth and no assembly yet."""
    wanted = (
        select(func.count())
        .select_from(Proposal)
        .where(Proposal.community_id == community_id, Proposal.state == ProposalState.REACHED)
    )
    if compounds is not None:
        wanted = wanted.where(Proposal.compound_id.in_(compounds))
    return db.session.execute(wanted).scalar_one()


def last_turns(
    community_id: int, proposal_id: UUID, owner_keys: Collection[str]
) -> dict[str, ProposalSignature]:
    """The last signature or withdrawal of each of these voters."""
    rows = db.session.scalars(
        select(ProposalSignature)
        .where(
            ProposalSignature.community_id == community_id,
            ProposalSignature.proposal_id == proposal_id,
            ProposalSignature.owner_key.in_(owner_keys),
        )
        .order_by(ProposalSignature.turn)
    )
    return {row.owner_key: row for row in rows}


def add_signatures(rows: Sequence[dict[str, Any]]) -> None:
    """Write signatures or withdrawals."""
    db.session.execute(insert(ProposalSignature), list(rows))


def signatures_of(
    community_id: int, proposal_id: UUID, after: UUID | None
) -> Sequence[ProposalSignature]:
    """A page of all signatures and withdrawals in their order, one more when there is more."""
    wanted = select(ProposalSignature).where(
        ProposalSignature.community_id == community_id,
        ProposalSignature.proposal_id == proposal_id,
    )
    if after is not None:
        wanted = wanted.where(ProposalSignature.id > after)
    return db.session.scalars(
        wanted.order_by(ProposalSignature.id).limit(SIGNATURES_PAGE + 1)
    ).all()


def _with_compound() -> Any:
    return select(Proposal, Compound.name.label("compound_name")).join(
        Compound,
        (Compound.community_id == Proposal.community_id) & (Compound.id == Proposal.compound_id),
    )
