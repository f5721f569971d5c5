"""What waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.core.db import db
from app.covenants.models import (
    Covenant,
    CovenantHousehold,
    CovenantSignature,
    CovenantVersion,
)
from app.covenants.rules import State
from app.registry.models import PropertyUnit, UnitClaim
from app.registry.rules import ClaimState, Relation


def to_sign(community_id: int, account_id: UUID) -> Sequence[Any]:
    """Homes of a person whose household has not signed the open covenant of its stairwell.

    Columns: covenant_id, title, label.
    """
    signed = (
        select(CovenantSignature.id)
        .where(
            CovenantSignature.community_id == CovenantHousehold.community_id,
            CovenantSignature.version_id == CovenantHousehold.version_id,
            CovenantSignature.unit_id == CovenantHousehold.unit_id,
            or_(
                CovenantSignature.relation != Relation.TENANT,
                CovenantSignature.account_id == account_id,
            ),
        )
        .exists()
    )
    return db.session.execute(
        select(Covenant.id.label("covenant_id"), Covenant.title, PropertyUnit.label)
        .join(
            CovenantVersion,
            and_(
                CovenantVersion.community_id == Covenant.community_id,
                CovenantVersion.covenant_id == Covenant.id,
            ),
        )
        .join(
            CovenantHousehold,
            and_(
                CovenantHousehold.community_id == CovenantVersion.community_id,
                CovenantHousehold.version_id == CovenantVersion.id,
            ),
        )
        .join(
            UnitClaim,
            and_(
                UnitClaim.community_id == CovenantHousehold.community_id,
                UnitClaim.unit_id == CovenantHousehold.unit_id,
            ),
        )
        .join(
            PropertyUnit,
            and_(
                PropertyUnit.community_id == UnitClaim.community_id,
                PropertyUnit.id == UnitClaim.unit_id,
            ),
        )
        .where(
            Covenant.community_id == community_id,
            CovenantVersion.state == State.SIGNING,
            UnitClaim.account_id == account_id,
            UnitClaim.state == ClaimState.APPROVED,
            ~signed,
        )
        .order_by(PropertyUnit.sort_key)
    ).all()
