"""Versions of the catalogue (事项目录) a community published, and the files they came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules.catalogue_imports import ImportState
from app.complaints.rules.deadlines import Responsible, Urgency
from app.core.db import TenantModel, one_of, tenant_reference


class CatalogueVersion(TenantModel):
    """A published version; the one with the highest number holds. Never changed or removed.

    `digest` is that of its items (rules.catalogue.digest_of): what is equal says the same.
    """

    __tablename__ = "catalogue_version"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    number: Mapped[int]
    digest: Mapped[str] = mapped_column(Text)
    items: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    published_by: Mapped[UUID]


class CatalogueItem(TenantModel):
    """An item of a version. `own_limit`: its own limit for solving, as `str(Span)` writes it."""

    __tablename__ = "catalogue_item"
    __table_args__ = (
        tenant_reference("version_id", "catalogue_version"),
        UniqueConstraint("community_id", "version_id", "code"),
        UniqueConstraint("community_id", "version_id", "position"),
        one_of("responsible", Responsible),
        one_of("urgency", Urgency),
        Index("ix_catalogue_item_code", "community_id", "code", "id"),
    )

    version_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str] = mapped_column(Text)
    category_group: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    responsible: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    own_limit: Mapped[str | None] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text, server_default=sql("''"))


class CatalogueImport(TenantModel):
    """An uploaded catalogue and what became of it.

    `result`: the items as `stored_item` writes them, or the faults, or the sentence that says why
    the file could not be read. `version_id`: the version it was published as.
    """

    __tablename__ = "catalogue_import"
    __table_args__ = (
        tenant_reference("file_id", "stored_file"),
        tenant_reference("version_id", "catalogue_version"),
        one_of("state", ImportState),
    )

    file_id: Mapped[UUID]
    file_name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[UUID]
    row_count: Mapped[int | None]
    fault_count: Mapped[int] = mapped_column(server_default=sql("0"))
    result: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    finished_at: Mapped[datetime | None]
    version_id: Mapped[UUID | None]
