"""What the register may hold and how it changes."""

from __future__ import annotations

from app.registry.rules.kinds import (
    AREA_SOURCE_TITLES,
    CLAIM_STATE_TITLES,
    IMPORT_STATE_TITLES,
    OWNER_KIND_TITLES,
    RELATION_TITLES,
    SALE_STATE_TITLES,
    UNIT_KIND_TITLES,
    AreaSource,
    ClaimState,
    ImportState,
    OwnerKind,
    Relation,
    SaleState,
    UnitKind,
)

__all__ = [
    "AREA_SOURCE_TITLES",
    "CLAIM_STATE_TITLES",
    "IMPORT_STATE_TITLES",
    "OWNER_KIND_TITLES",
    "RELATION_TITLES",
    "SALE_STATE_TITLES",
    "UNIT_KIND_TITLES",
    "AreaSource",
    "ClaimState",
    "ImportState",
    "OwnerKind",
    "Relation",
    "SaleState",
    "UnitKind",
]
