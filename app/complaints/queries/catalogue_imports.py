"""Uploads of catalogues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from app.complaints.models import CatalogueImport, CatalogueVersion
from app.core.db import db
from app.people.models import Account

RECENT = 20


def import_of(community_id: int, import_id: UUID) -> Any:
    """One upload: CatalogueImport, uploader, number of the version it became."""
    return db.session.execute(
        select(
            CatalogueImport,
            Account.name.label("uploader"),
            CatalogueVersion.number.label("number"),
        )
        .outerjoin(Account, Account.id == CatalogueImport.uploaded_by)
        .outerjoin(
            CatalogueVersion,
            and_(
                CatalogueVersion.community_id == CatalogueImport.community_id,
                CatalogueVersion.id == CatalogueImport.version_id,
            ),
        )
        .where(CatalogueImport.community_id == community_id, CatalogueImport.id == import_id)
    ).one_or_none()


def locked_import(community_id: int, import_id: UUID) -> CatalogueImport | None:
    """One upload, kept from others until the end of the transaction."""
    return db.session.get(
        CatalogueImport, (community_id, import_id), with_for_update=True, populate_existing=True
    )


def recent_imports(community_id: int) -> Sequence[Any]:
    """The newest uploads: id, file_name, state, created_at, uploader."""
    return db.session.execute(
        select(
            CatalogueImport.id,
            CatalogueImport.file_name,
            CatalogueImport.state,
            CatalogueImport.created_at,
            Account.name.label("uploader"),
        )
        .outerjoin(Account, Account.id == CatalogueImport.uploaded_by)
        .where(CatalogueImport.community_id == community_id)
        .order_by(CatalogueImport.id.desc())
        .limit(RECENT)
    ).all()
