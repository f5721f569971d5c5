"""业主提议 and the signatures under it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.rules import ProposalState, SignatureKind


class Proposal(TenantModel):
    """A matter owners want put to the vote.

    `heads` and `area_centi` are kept by each signature; `roll_*` are the totals of the register
    when it was last counted (`counted_at`).
    """

    __tablename__ = "proposal"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        tenant_reference("assembly_id", "assembly"),
        one_of("state", ProposalState),
        CheckConstraint("statute BETWEEN 1 AND 9", name="statute_known"),
        CheckConstraint("heads >= 0 AND area_centi >= 0", name="support_not_negative"),
        Index("ix_proposal_state", "community_id", "state", "id"),
    )

    compound_id: Mapped[UUID]
    proposed_by: Mapped[UUID]
    label: Mapped[str] = mapped_column(Text)
    statute: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    heads: Mapped[int] = mapped_column(server_default=sql("0"))
    area_centi: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    roll_heads: Mapped[int]
    roll_area_centi: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[datetime]
    reached_at: Mapped[datetime | None]
    assembly_id: Mapped[UUID | None]


class ProposalSignature(TenantModel):
    """联署. Turns of one voter alternate: a signature, its withdrawal, a signature again.

    A voter before the freeze is known by its exact set of owners, as on the roll.
    """

    __tablename__ = "proposal_signature"
    __table_args__ = (
        tenant_reference("proposal_id", "proposal"),
        tenant_reference("owner_id", "owner"),
        UniqueConstraint("community_id", "proposal_id", "owner_key", "turn"),
        one_of("kind", SignatureKind),
        CheckConstraint("(kind = 'sign') = (turn % 2 = 0) AND turn >= 0", name="turns_alternate"),
        CheckConstraint("area_centi > 0", name="area_positive"),
    )

    proposal_id: Mapped[UUID]
    owner_key: Mapped[str] = mapped_column(Text)
    turn: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(Text)
    area_centi: Mapped[int] = mapped_column(BigInteger)
