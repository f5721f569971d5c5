"""Owners of the register who come in with the phone number that stands there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.people.actions.accounts import ensure_account
from app.registry.actions.claims import ClaimValues, Links, file_claim
from app.registry.models import Owner, Ownership, PropertyUnit, UnitClaim
from app.registry.rules import Relation, UnitKind


def move_in(stage: Stage, stairwell_id: UUID, most: int) -> None:
    """Let the owners of up to `most` unclaimed dwellings of a stairwell claim their home."""
    community = stage.community
    links = Links(f"/c/{community.code}/claim", f"/c/{community.code}/registry/claims")
    with transaction(Scope(community_id=community.id)):
        rows = db.session.execute(
            select(PropertyUnit.id, Owner.phone, Owner.name)
            .join(
                Ownership,
                (Ownership.community_id == PropertyUnit.community_id)
                & (Ownership.unit_id == PropertyUnit.id),
            )
            .join(
                Owner,
                (Owner.community_id == Ownership.community_id) & (Owner.id == Ownership.owner_id),
            )
            .outerjoin(
                UnitClaim,
                (UnitClaim.community_id == PropertyUnit.community_id)
                & (UnitClaim.unit_id == PropertyUnit.id),
            )
            .where(
                PropertyUnit.community_id == community.id,
                PropertyUnit.stairwell_id == stairwell_id,
                PropertyUnit.kind == UnitKind.DWELLING,
                Ownership.ended_at.is_(None),
                Owner.phone.is_not(None),
                Owner.account_id.is_(None),
                UnitClaim.id.is_(None),
            )
            .order_by(PropertyUnit.sort_key)
            .limit(most)
        ).all()
        for unit_id, phone, name in rows:
            account_id = ensure_account(str(phone), name)
            claim = ClaimValues(unit_id=unit_id, relation=Relation.OWNER)
            file_claim(community.id, account_id, claim, links)
