"""Reading owners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from app.communities.models import Community
from app.core.db import db
from app.registry.models import Compound, Owner, Ownership, PropertyUnit
from app.registry.queries.paging import Page, page

_BATCH = 2000
_UNIT_COUNT = (
    select(func.count())
    .where(
        Ownership.community_id == Owner.community_id,
        Ownership.owner_id == Owner.id,
        Ownership.ended_at.is_(None),
    )
    .correlate(Owner)
    .scalar_subquery()
)


def owner(community_id: int, owner_id: UUID) -> Owner | None:
    """One owner."""
    return db.session.get(Owner, (community_id, owner_id))


def owner_by_identity(community_id: int, identity_index: str) -> Owner | None:
    """The owner with this number."""
    return db.session.scalar(
        select(Owner).where(
            Owner.community_id == community_id, Owner.identity_index == identity_index
        )
    )


def owner_by_phone(community_id: int, name: str, phone: str) -> Owner | None:
    """The first owner with this name and number."""
    return db.session.scalars(
        select(Owner)
        .where(Owner.community_id == community_id, Owner.name == name, Owner.phone == phone)
        .order_by(Owner.id)
    ).first()


def owner_page(
    community_id: int,
    wanted: str,
    *,
    phone: str | None,
    identity_index: str | None,
    after: UUID | None,
    before: UUID | None,
) -> Page:
    """One page of the owners' list, found by name, whole phone number or identity number."""
    statement = _owners(community_id, wanted, phone, identity_index)
    everything = _owners(community_id, "", None, None)
    return page(statement, everything, Owner, (Owner.pinyin,), after=after, before=before)


def all_owners(community_id: int) -> Iterator[Any]:
    """Every owner, in batches."""
    statement = _owners(community_id, "", None, None).order_by(Owner.pinyin, Owner.id)
    yield from db.session.execute(statement.execution_options(yield_per=_BATCH))


def units_of_owner(community_id: int, owner_id: UUID) -> Sequence[Any]:
    """What an owner holds and held: unit_id, label, compound_name, area_centi, kind, share…"""
    return db.session.execute(
        select(
            Ownership.id,
            Ownership.unit_id,
            Ownership.share_numerator,
            Ownership.share_denominator,
            Ownership.created_at,
            Ownership.ended_at,
            PropertyUnit.label,
            PropertyUnit.kind,
            PropertyUnit.area_centi,
            Compound.name.label("compound_name"),
        )
        .join(
            PropertyUnit,
            and_(
                PropertyUnit.community_id == Ownership.community_id,
                PropertyUnit.id == Ownership.unit_id,
            ),
        )
        .join(
            Compound,
            and_(
                Compound.community_id == PropertyUnit.community_id,
                Compound.id == PropertyUnit.compound_id,
            ),
        )
        .where(Ownership.community_id == community_id, Ownership.owner_id == owner_id)
        .order_by(Ownership.ended_at.desc().nulls_first(), PropertyUnit.sort_key)
    ).all()


def sealed_owners(community_id: int, after: UUID | None, limit: int) -> Sequence[Owner]:
    """Owners with an identity number, in batches, for a change of keys."""
    statement = select(Owner).where(
        Owner.community_id == community_id, Owner.identity_encrypted.is_not(None)
    )
    if after is not None:
        statement = statement.where(Owner.id > after)
    return db.session.scalars(statement.order_by(Owner.id).limit(limit)).all()


def community_ids() -> Sequence[int]:
    """Every community."""
    return db.session.scalars(select(Community.id).order_by(Community.id)).all()


def _owners(
    community_id: int, wanted: str, phone: str | None, identity_index: str | None
) -> Select[Any]:
    statement = select(
        Owner.id,
        Owner.name,
        Owner.kind,
        Owner.phone,
        Owner.identity_masked,
        Owner.account_id,
        _UNIT_COUNT.label("units"),
    ).where(Owner.community_id == community_id)
    if wanted:
        ways = [Owner.name.contains(wanted, autoescape=True)]
        if phone:
            ways.append(Owner.phone == phone)
        if identity_index:
            ways.append(Owner.identity_index == identity_index)
        statement = statement.where(or_(*ways))
    return statement
