"""Reading uploads of owner registers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.registry.models import Compound, RegisterImport

RECENT = 50


def import_of(community_id: int, import_id: UUID) -> RegisterImport | None:
    """One upload."""
    return db.session.get(RegisterImport, (community_id, import_id))


def locked_import(community_id: int, import_id: UUID) -> RegisterImport | None:
    """One upload, kept from others until the end of the transaction."""
    return db.session.get(RegisterImport, (community_id, import_id), with_for_update=True)


def recent_imports(community_id: int) -> Sequence[Any]:
    """The newest uploads with the names of their compounds: (RegisterImport, compound_name)."""
    return db.session.execute(
        select(RegisterImport, Compound.name.label("compound_name"))
        .join(
            Compound,
            (Compound.community_id == RegisterImport.community_id)
            & (Compound.id == RegisterImport.compound_id),
        )
        .where(RegisterImport.community_id == community_id)
        .order_by(RegisterImport.id.desc())
        .limit(RECENT)
    ).all()
