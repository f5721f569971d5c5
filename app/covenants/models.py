"""Covenants, their versions and clauses, the households due, signatures, opinions and steps.

Signatures, the households due and the steps are legal records: the runtime role only adds rows.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.covenants.rules import Action, Actor, ObjectionStage, State
from app.registry.rules import Relation

UNDER_PUBLICATION = text("state IN ('published', 'filed')")


class Covenant(TenantModel):
    """楼道公约: one for each stairwell, with one or more versions."""

    __tablename__ = "covenant"
    __table_args__ = (
        tenant_reference("stairwell_id", "stairwell"),
        UniqueConstraint("community_id", "stairwell_id"),
        CheckConstraint("current_number >= 1", name="number_positive"),
    )

    stairwell_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(Text)
    current_number: Mapped[int] = mapped_column(server_default=text("1"))


class CovenantVersion(TenantModel):
    """One text of a covenant. Threshold and publication days are those at the opening.

    The counters are kept by those who sign and object, under this row's lock.
    """

    __tablename__ = "covenant_version"
    __table_args__ = (
        tenant_reference("covenant_id", "covenant"),
        UniqueConstraint("community_id", "covenant_id", "number"),
        one_of("state", State),
        CheckConstraint(
            "threshold_numerator > 0 AND threshold_numerator <= threshold_denominator",
            name="threshold_proper",
        ),
        CheckConstraint("publication_days > 0", name="publication_positive"),
        CheckConstraint("signed_count BETWEEN 0 AND due_count", name="no_more_signed_than_due"),
        CheckConstraint("vacant_count BETWEEN 0 AND due_count", name="no_more_vacant_than_due"),
        CheckConstraint("open_objections >= 0", name="objections_not_negative"),
        CheckConstraint("(digest IS NULL) = (opened_at IS NULL)", name="sealed_when_opened"),
        Index(
            "uq_covenant_version_in_force",
            "community_id",
            "covenant_id",
            unique=True,
            postgresql_where=text("state = 'in_force'"),
        ),
        Index(
            "ix_covenant_version_publication_ends",
            "publication_ends_at",
            postgresql_where=UNDER_PUBLICATION,
        ),
    )

    covenant_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    threshold_numerator: Mapped[int | None]
    threshold_denominator: Mapped[int | None]
    publication_days: Mapped[int | None]
    due_count: Mapped[int] = mapped_column(server_default=text("0"))
    vacant_count: Mapped[int] = mapped_column(server_default=text("0"))
    signed_count: Mapped[int] = mapped_column(server_default=text("0"))
    open_objections: Mapped[int] = mapped_column(server_default=text("0"))
    digest: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    publication_ends_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    filed_under: Mapped[str | None] = mapped_column(Text)
    in_force_at: Mapped[datetime | None]


class CovenantClause(TenantModel):
    """One clause of a version, in its place."""

    __tablename__ = "covenant_clause"
    __table_args__ = (
        tenant_reference("version_id", "covenant_version"),
        UniqueConstraint("community_id", "version_id", "position", deferrable=True),
        UniqueConstraint("community_id", "version_id", "id"),
    )

    version_id: Mapped[UUID]
    position: Mapped[int]
    wording: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))


class CovenantHousehold(TenantModel):
    """A household due to sign (应签户): a dwelling of the stairwell, frozen at the opening."""

    __tablename__ = "covenant_household"
    __table_args__ = (
        tenant_reference("version_id", "covenant_version"),
        tenant_reference("unit_id", "property_unit"),
        UniqueConstraint("community_id", "version_id", "unit_id"),
    )

    version_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    room: Mapped[str] = mapped_column(Text)
    floor: Mapped[int | None]
    sort_key: Mapped[str] = mapped_column(Text)
    vacant: Mapped[bool]


class CovenantSignature(TenantModel):
    """签署: the household's own signature counts once; a tenant's stands beside it."""

    __tablename__ = "covenant_signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "version_id", "unit_id"],
            [
                "covenant_household.community_id",
                "covenant_household.version_id",
                "covenant_household.unit_id",
            ],
        ),
        one_of("relation", Relation),
        Index(
            "uq_covenant_signature_household",
            "community_id",
            "version_id",
            "unit_id",
            unique=True,
            postgresql_where=text("relation <> 'tenant'"),
        ),
        UniqueConstraint("community_id", "version_id", "unit_id", "account_id"),
    )

    version_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    account_id: Mapped[UUID]
    relation: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class CovenantObjection(TenantModel):
    """意见或者异议: a household's reason against a clause (or the whole), and the answer to it."""

    __tablename__ = "covenant_objection"
    __table_args__ = (
        tenant_reference("version_id", "covenant_version"),
        tenant_reference("unit_id", "property_unit"),
        one_of("stage", ObjectionStage),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_with_words"),
        Index("ix_covenant_objection_version", "community_id", "version_id", "id"),
    )

    version_id: Mapped[UUID]
    clause_id: Mapped[UUID | None]
    clause_text: Mapped[str | None] = mapped_column(Text)
    unit_id: Mapped[UUID]
    account_id: Mapped[UUID]
    stage: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]


class CovenantStep(TenantModel):
    """What happened to a version, in whose capacity, and why."""

    __tablename__ = "covenant_step"
    __table_args__ = (
        tenant_reference("version_id", "covenant_version"),
        one_of("action", Action),
        one_of("capacity", Actor),
        one_of("state", State),
        Index("ix_covenant_step_version", "community_id", "version_id", "id"),
    )

    version_id: Mapped[UUID]
    action: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
