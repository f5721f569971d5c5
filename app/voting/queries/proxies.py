"""Authorities to vote for somebody: what naming one needs to know, and who sees which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.voting.models import ProxyAuthority, ProxyEnding
from app.voting.queries.entitled import MY_OWNERS, PAPER_HELD, PROPERTY_STAFF, PROXY_STANDS

# Who signed by hand is named by the office, which has seen the signature.
_BY_HAND = "SELECT CAST(:principal_id AS uuid) AS id"


_NAMING = """
WITH mine AS ({mine}), principal AS (
    SELECT owner.id, owner.name
    FROM roll_member
    JOIN mine ON mine.id = roll_member.owner_id
    JOIN owner ON owner.community_id = :community_id AND owner.id = mine.id
    WHERE roll_member.community_id = :community_id AND roll_member.assembly_id = :assembly_id
        AND roll_member.voter_id = :voter_id
    ORDER BY owner.id LIMIT 1
), proxy AS (
    SELECT id, name FROM account WHERE phone = :phone
)
SELECT assembly.title, assembly.state, assembly.mode, assembly.opens_at, assembly.closes_at,
    assembly.notice_at, now() AS now, voter.label, voter.area_centi, principal.id AS principal_id,
    principal.name AS principal_name, proxy.id AS proxy_account_id, proxy.name AS account_name,
    EXISTS (
        SELECT 1 FROM membership
        WHERE membership.community_id = :community_id AND membership.ended_at IS NULL
            AND membership.account_id = proxy.id
    ) AS is_neighbour,
    {property_staff} AS is_property_staff,
    EXISTS (
        SELECT 1 FROM roll_member
        JOIN owner ON owner.community_id = :community_id AND owner.id = roll_member.owner_id
        LEFT JOIN unit_claim ON unit_claim.community_id = :community_id
            AND unit_claim.owner_id = owner.id AND unit_claim.account_id = proxy.id
            AND unit_claim.relation = 'owner' AND unit_claim.state = 'approved'
        WHERE roll_member.community_id = :community_id AND roll_member.voter_id = :voter_id
            AND (owner.phone = :phone OR owner.account_id = proxy.id OR unit_claim.id IS NOT NULL)
    ) AS is_co_owner,
    (
        SELECT count(*) FROM proxy_authority AS authority
        WHERE authority.community_id = :community_id AND authority.assembly_id = :assembly_id
            AND authority.proxy_phone = :phone AND authority.voter_id <> :voter_id
            AND NOT EXISTS (
                SELECT 1 FROM proxy_end
                WHERE proxy_end.community_id = :community_id
                    AND proxy_end.voter_id = authority.voter_id
                    AND proxy_end.turn = authority.turn AND proxy_end.kind <> 'used'
            )
    ) AS held,
    EXISTS (
        SELECT 1 FROM ballot_cast
        WHERE ballot_cast.community_id = :community_id
            AND ballot_cast.assembly_id = :assembly_id AND ballot_cast.voter_id = :voter_id
    ) OR {paper_held} AS has_voted,
    last.turn AS last_turn, last.stands
FROM assembly
JOIN roll_voter AS voter ON voter.community_id = assembly.community_id
    AND voter.assembly_id = assembly.id AND voter.id = :voter_id
CROSS JOIN principal
LEFT JOIN proxy ON true
LEFT JOIN LATERAL (
    SELECT authority.turn, {stands} AS stands FROM proxy_authority AS authority
    WHERE authority.community_id = :community_id AND authority.voter_id = :voter_id
    ORDER BY authority.turn DESC LIMIT 1
) AS last ON true
WHERE assembly.community_id = :community_id AND assembly.id = :assembly_id
"""


def _naming(mine: str) -> TextClause:
    return text(
        _NAMING.format(
            mine=mine,
            property_staff=PROPERTY_STAFF.format(account="proxy.id"),
            paper_held=PAPER_HELD.format(voter=":voter_id"),
            stands=PROXY_STANDS,
        )
    )


_NAMING_BY_ACCOUNT = _naming(MY_OWNERS)
_NAMING_BY_HAND = _naming(_BY_HAND)

_SEEN = f"""
SELECT authority.id, authority.assembly_id, authority.voter_id, authority.turn,
    authority.proxy_name, authority.proxy_account_id, authority.medium, authority.document,
    authority.digest, authority.created_at AS signed_at, authority.scan_id, ended.kind AS end_kind,
    ended.created_at AS ended_at, is_owner.yes AS is_owner,
    {PAPER_HELD.format(voter="authority.voter_id")} AS paper_held
FROM proxy_authority AS authority
LEFT JOIN proxy_end AS ended ON ended.community_id = authority.community_id
    AND ended.voter_id = authority.voter_id AND ended.turn = authority.turn
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT 1 FROM roll_member
        JOIN ({MY_OWNERS}) AS mine ON mine.id = roll_member.owner_id
        WHERE roll_member.community_id = :community_id
            AND roll_member.voter_id = authority.voter_id
    ) AS yes
) AS is_owner
WHERE authority.community_id = :community_id AND authority.assembly_id = :assembly_id
"""  # noqa: S608 - put together from our own words


def hold_naming(assembly_id: UUID, phone: str) -> None:
    """Until the commit nobody else names the same person, so that the limit holds."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 165))"),
        {"key": f"{assembly_id} {phone}"},
    )


def naming(place: Mapping[str, Any], phone: str) -> Any | None:
    """What naming a proxy needs to know; none for somebody who owns nothing of this voter.

    `place`: community_id, assembly_id, voter_id, account_id.
    """
    return db.session.execute(_NAMING_BY_ACCOUNT, {**place, "phone": phone}).one_or_none()


def naming_by_hand(place: Mapping[str, Any], principal_id: UUID, phone: str) -> Any | None:
    """The same for a form signed by hand by this owner; none for who owns nothing of this voter."""
    return db.session.execute(
        _NAMING_BY_HAND, {**place, "principal_id": principal_id, "phone": phone}
    ).one_or_none()


def matters_named(community_id: int, voter_id: UUID, turn: int) -> set[UUID]:
    """The matters that stand on an authority."""
    document = db.session.scalar(
        select(ProxyAuthority.document).where(
            ProxyAuthority.community_id == community_id,
            ProxyAuthority.voter_id == voter_id,
            ProxyAuthority.turn == turn,
        )
    )
    return {UUID(matter["id"]) for matter in (document or {}).get("matters", [])}


def add_authority(values: dict[str, Any]) -> bool:
    """Write an authority; not when another of the same voter was written meanwhile."""
    written = db.session.execute(
        insert(ProxyAuthority)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(ProxyAuthority.id)
    )
    return written.one_or_none() is not None


def end_authority(values: dict[str, Any]) -> bool:
    """Write the end of an authority; not when it has ended already."""
    written = db.session.execute(
        insert(ProxyEnding).values(**values).on_conflict_do_nothing().returning(ProxyEnding.id)
    )
    return written.one_or_none() is not None


def authority(
    community_id: int, account_id: UUID, assembly_id: UUID, authority_id: UUID
) -> Any | None:
    """An authority, for the owners of its voter and for the proxy."""
    return db.session.execute(
        text(f"""
            {_SEEN} AND authority.id = :authority_id
                AND (is_owner.yes OR authority.proxy_account_id = :account_id)
        """),
        {
            "community_id": community_id,
            "account_id": account_id,
            "assembly_id": assembly_id,
            "authority_id": authority_id,
        },
    ).one_or_none()


def authorities_of_owner(
    community_id: int, account_id: UUID, assembly_id: UUID, voter_ids: Sequence[UUID]
) -> Sequence[Any]:
    """The authorities given for these voters, newest last."""
    return db.session.execute(
        text(f"""
            {_SEEN} AND authority.voter_id = ANY(:voter_ids) AND is_owner.yes
            ORDER BY authority.voter_id, authority.turn
        """),
        {
            "community_id": community_id,
            "account_id": account_id,
            "assembly_id": assembly_id,
            "voter_ids": list(voter_ids),
        },
    ).all()


def authority_to_announce(community_id: int, authority_id: UUID) -> Any | None:
    """An authority with the words people are told."""
    return db.session.execute(
        text("""
            SELECT authority.assembly_id, authority.voter_id, authority.signed_by,
                authority.proxy_name, authority.proxy_account_id, authority.medium,
                authority.signing, assembly.title, assembly.closes_at, voter.label,
                owner.name AS principal_name
            FROM proxy_authority AS authority
            JOIN assembly ON assembly.community_id = authority.community_id
                AND assembly.id = authority.assembly_id
            JOIN roll_voter AS voter ON voter.community_id = authority.community_id
                AND voter.id = authority.voter_id
            JOIN owner ON owner.community_id = authority.community_id
                AND owner.id = authority.principal_id
            WHERE authority.community_id = :community_id AND authority.id = :authority_id
        """),
        {"community_id": community_id, "authority_id": authority_id},
    ).one_or_none()
