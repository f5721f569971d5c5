"""Reading residents' claims to units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from app.core.db import db
from app.people.models import Account
from app.registry.models import Compound, Owner, Ownership, PropertyUnit, UnitClaim
from app.registry.rules import ClaimState
from app.registry.rules.claims import RegisteredOwner

SHOWN = 200


def claim(community_id: int, claim_id: UUID) -> Any:
    """One claim: UnitClaim, label, area_centi, compound_name and the person's name and phone."""
    return db.session.execute(_claims(community_id).where(UnitClaim.id == claim_id)).one_or_none()


def locked_claim(community_id: int, claim_id: UUID) -> UnitClaim | None:
    """One claim, kept from others until the end of the transaction."""
    return db.session.get(UnitClaim, (community_id, claim_id), with_for_update=True)


def claims_in(community_id: int, state: ClaimState) -> Sequence[Any]:
    """Claims in a state: the oldest first while they wait, else the newest first."""
    order = UnitClaim.id if state is ClaimState.PENDING else UnitClaim.id.desc()
    return db.session.execute(
        _claims(community_id).where(UnitClaim.state == state).order_by(order).limit(SHOWN)
    ).all()


def claims_of(community_id: int, account_id: UUID) -> Sequence[Any]:
    """A person's own claims, the newest first."""
    return db.session.execute(
        _claims(community_id)
        .where(UnitClaim.account_id == account_id)
        .order_by(UnitClaim.id.desc())
        .limit(SHOWN)
    ).all()


def claim_counts(community_id: int) -> dict[str, int]:
    """How many claims stand in each state."""
    rows = db.session.execute(
        select(UnitClaim.state, func.count())
        .where(UnitClaim.community_id == community_id)
        .group_by(UnitClaim.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to mypy


def open_claim(community_id: int, account_id: UUID, unit_id: UUID) -> UnitClaim | None:
    """The claim of this person to this unit that stands or waits."""
    return db.session.scalar(
        select(UnitClaim).where(
            UnitClaim.community_id == community_id,
            UnitClaim.account_id == account_id,
            UnitClaim.unit_id == unit_id,
            UnitClaim.state.in_([ClaimState.PENDING, ClaimState.APPROVED]),
        )
    )


def registered_owners(community_id: int, unit_id: UUID) -> list[RegisteredOwner]:
    """The present owners of a unit as a claim is compared with them."""
    rows = db.session.execute(
        select(Owner.id, Owner.phone, Owner.account_id)
        .join(
            Ownership,
            and_(Ownership.community_id == Owner.community_id, Ownership.owner_id == Owner.id),
        )
        .where(
            Ownership.community_id == community_id,
            Ownership.unit_id == unit_id,
            Ownership.ended_at.is_(None),
        )
        .order_by(Owner.id)
    )
    return [RegisteredOwner(row.id, row.phone, row.account_id) for row in rows]


def claim_of_file(community_id: int, claim_id: UUID) -> UnitClaim | None:
    """The claim a photo was added to."""
    return db.session.get(UnitClaim, (community_id, claim_id))


def _claims(community_id: int) -> Any:
    return (
        select(
            UnitClaim,
            PropertyUnit.label,
            PropertyUnit.area_centi,
            Compound.name.label("compound_name"),
            Account.name,
            Account.phone,
        )
        .join(
            PropertyUnit,
            and_(
                PropertyUnit.community_id == UnitClaim.community_id,
                PropertyUnit.id == UnitClaim.unit_id,
            ),
        )
        .join(
            Compound,
            and_(
                Compound.community_id == PropertyUnit.community_id,
                Compound.id == PropertyUnit.compound_id,
            ),
        )
        .join(Account, Account.id == UnitClaim.account_id)
        .where(UnitClaim.community_id == community_id)
    )
