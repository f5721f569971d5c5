"""Authorities signed by hand, as the office records them: rooms, owners, the list.

A voter is named by a unit, never by its id: beside a room it would lead to ballots.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.core.db import db
from app.registry.models import Owner, PropertyUnit
from app.registry.queries.units import unit_ids_like
from app.voting.models import Assembly, ProxyAuthority, RollMember, RollUnit, RollVoter
from app.voting.queries.entitled import PAPER_HELD

_RECORDED = f"""
SELECT authority.id, authority.voter_id, authority.turn, authority.proxy_name,
    authority.proxy_phone, authority.medium, authority.signed_on, authority.scan_id,
    authority.document, authority.created_at, voter.label, recorder.name AS recorder_name,
    ended.kind AS end_kind, ended.created_at AS ended_at, ended.reason AS end_reason,
    {PAPER_HELD.format(voter="authority.voter_id")} AS paper_held
FROM proxy_authority AS authority
JOIN roll_voter AS voter ON voter.community_id = authority.community_id
    AND voter.id = authority.voter_id
LEFT JOIN account AS recorder ON recorder.id = authority.signed_by
LEFT JOIN proxy_end AS ended ON ended.community_id = authority.community_id
    AND ended.voter_id = authority.voter_id AND ended.turn = authority.turn
WHERE authority.community_id = :community_id AND authority.assembly_id = :assembly_id
"""  # noqa: S608 - put together from our own words
PAGE = 50
FOUND = 20


def voter_of_unit(community_id: int, assembly_id: UUID, unit_id: UUID) -> Any | None:
    """The voter to whom a unit of the frozen roll belongs: voter_id, label, area_centi."""
    return db.session.execute(
        select(RollUnit.voter_id, RollVoter.label, RollVoter.area_centi)
        .join(
            RollVoter,
            (RollVoter.community_id == RollUnit.community_id) & (RollVoter.id == RollUnit.voter_id),
        )
        .where(
            RollUnit.community_id == community_id,
            RollUnit.assembly_id == assembly_id,
            RollUnit.unit_id == unit_id,
        )
    ).one_or_none()


def owners_of_voter(community_id: int, voter_id: UUID) -> Sequence[Any]:
    """(id, name) of those who may sign for a voter."""
    return db.session.execute(
        select(Owner.id, Owner.name)
        .join(
            RollMember,
            (RollMember.community_id == Owner.community_id) & (RollMember.owner_id == Owner.id),
        )
        .where(RollMember.community_id == community_id, RollMember.voter_id == voter_id)
        .order_by(Owner.name, Owner.id)
    ).all()


def units_like(assembly: Assembly, words: str) -> Sequence[Any]:
    """(unit_id, label) of the frozen roll whose room is called so, a few in their order.

    The register is asked, where rooms are found by index, and the roll itself for a room that was
    called otherwise when it was frozen.
    """
    rolled = (
        select(RollUnit.unit_id, RollUnit.label)
        .where(RollUnit.community_id == assembly.community_id, RollUnit.assembly_id == assembly.id)
        .order_by(RollUnit.sort_key, RollUnit.unit_id)
    )
    listed = (
        select(RollUnit.id)
        .where(
            RollUnit.community_id == PropertyUnit.community_id,
            RollUnit.assembly_id == assembly.id,
            RollUnit.unit_id == PropertyUnit.id,
        )
        .exists()
    )
    known = unit_ids_like(assembly.community_id, assembly.compound_id, words, FOUND, listed)
    found = db.session.execute(rolled.where(RollUnit.unit_id.in_(known))).all() if known else []
    part = RollUnit.label.contains(words, autoescape=True)
    return found or db.session.execute(rolled.where(part).limit(FOUND)).all()


def hand_signed(community_id: int, assembly_id: UUID, before: UUID | None) -> Sequence[Any]:
    """A page of the authorities the office recorded, newest first, one more when there is more."""
    return db.session.execute(
        text(f"""
            {_RECORDED} AND authority.signing = 'hand'
                AND (CAST(:before AS uuid) IS NULL OR authority.id < :before)
            ORDER BY authority.id DESC LIMIT :most
        """),
        {
            "community_id": community_id,
            "assembly_id": assembly_id,
            "before": before,
            "most": PAGE + 1,
        },
    ).all()


def hand_signed_one(community_id: int, assembly_id: UUID, authority_id: UUID) -> Any | None:
    """One authority the office recorded."""
    return db.session.execute(
        text(f"{_RECORDED} AND authority.signing = 'hand' AND authority.id = :authority_id"),
        {
            "community_id": community_id,
            "assembly_id": assembly_id,
            "authority_id": authority_id,
        },
    ).one_or_none()


def assembly_of_authority(community_id: int, authority_id: UUID) -> UUID | None:
    """The assembly an authority was given for."""
    return db.session.scalar(
        select(ProxyAuthority.assembly_id).where(
            ProxyAuthority.community_id == community_id, ProxyAuthority.id == authority_id
        )
    )
