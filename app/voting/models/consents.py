"""住改商: the interested owners who are asked, and what they said (民法典 279)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.rules import ConsentAnswer, ConsentState


class ConsentProcedure(TenantModel):
    """One dwelling that its owner wants to turn into business premises."""

    __tablename__ = "consent_procedure"
    __table_args__ = (
        tenant_reference("unit_id", "property_unit"),
        tenant_reference("building_id", "building"),
        one_of("state", ConsentState),
        CheckConstraint("agreed BETWEEN 0 AND parties", name="agreed_within_parties"),
        Index("ix_consent_procedure_state", "community_id", "state", "id"),
        Index(
            "uq_consent_procedure_running",
            "community_id",
            "unit_id",
            unique=True,
            postgresql_where=text("state = 'collecting'"),
        ),
    )

    unit_id: Mapped[UUID]
    building_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    parties: Mapped[int]
    agreed: Mapped[int] = mapped_column(server_default=text("0"))
    started_by: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class ConsentParty(TenantModel):
    """An interested owner: of the building, by the register, or outside it, by what they proved.

    `claim` is what an owner outside the building proved, `admitted_by` who let them in.
    """

    __tablename__ = "consent_party"
    __table_args__ = (
        tenant_reference("procedure_id", "consent_procedure"),
        tenant_reference("owner_id", "owner"),
        UniqueConstraint("community_id", "procedure_id", "owner_id"),
        CheckConstraint("(claim = '') = (admitted_by IS NULL)", name="claim_admitted"),
        UniqueConstraint("community_id", "procedure_id", "id"),
    )

    procedure_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text)
    claim: Mapped[str] = mapped_column(Text, server_default=text("''"))
    admitted_by: Mapped[UUID | None]


class ConsentReply(TenantModel):
    """What an interested owner said, once; given by themselves or entered from paper."""

    __tablename__ = "consent_reply"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "procedure_id", "party_id"],
            ["consent_party.community_id", "consent_party.procedure_id", "consent_party.id"],
        ),
        UniqueConstraint("community_id", "party_id"),
        one_of("answer", ConsentAnswer),
    )

    procedure_id: Mapped[UUID]
    party_id: Mapped[UUID]
    answer: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
    on_paper: Mapped[bool]
    given_by: Mapped[UUID]
