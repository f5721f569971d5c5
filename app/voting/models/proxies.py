"""Written authorities to vote for somebody, and how each of them ended. Append-only."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.models.keys import ROLL_KEY, ROLL_VOTER
from app.voting.rules import ProxyEnd, ProxyMedium, Signing


class ProxyAuthority(TenantModel):
    """授权委托书 (民法典 165). A voter's authorities are numbered by `turn`.

    As with ballots, the database lets a further turn begin only when the one before has ended, so
    that at most one stands. `document` is what was signed, word for word.

    `signed_by` signed with their account, or recorded what was signed by hand on `signed_on`; its
    scan is then the file `scan_id`.
    """

    __tablename__ = "proxy_authority"
    __table_args__ = (
        ForeignKeyConstraint(ROLL_KEY, ROLL_VOTER),
        tenant_reference("principal_id", "owner"),
        ForeignKeyConstraint(
            ["community_id", "voter_id", "turn_before"],
            ["proxy_end.community_id", "proxy_end.voter_id", "proxy_end.turn"],
            name="fk_proxy_authority_turn_before",
            use_alter=True,
        ),
        UniqueConstraint("community_id", "voter_id", "turn"),
        CheckConstraint(
            "turn = 0 AND turn_before IS NULL OR turn_before = turn - 1", name="turns_in_order"
        ),
        CheckConstraint(
            "medium = 'paper' OR proxy_account_id IS NOT NULL", name="account_votes_online"
        ),
        one_of("medium", ProxyMedium),
        one_of("signing", Signing),
        CheckConstraint(
            "(signing = 'hand') = (signed_on IS NOT NULL) AND"
            " (signing = 'hand') = (scan_id IS NOT NULL)",
            name="hand_signed_whole",
        ),
        Index("ix_proxy_authority_phone", "community_id", "assembly_id", "proxy_phone"),
        Index(
            "ix_proxy_authority_account",
            "community_id",
            "proxy_account_id",
            postgresql_where=text("proxy_account_id IS NOT NULL"),
        ),
    )

    assembly_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    turn: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    turn_before: Mapped[int | None] = mapped_column(SmallInteger)
    principal_id: Mapped[UUID]
    signed_by: Mapped[UUID]
    proxy_account_id: Mapped[UUID | None]
    proxy_name: Mapped[str] = mapped_column(Text)
    proxy_phone: Mapped[str] = mapped_column(Text)
    medium: Mapped[str] = mapped_column(Text)
    signing: Mapped[str] = mapped_column(Text)
    signed_on: Mapped[date | None]
    scan_id: Mapped[UUID | None]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Text)


class ProxyEnding(TenantModel):
    """The one end of an authority: used, revoked, or overridden by the owner's own vote.

    `reason`: where the office recorded that it was revoked on paper.
    """

    __tablename__ = "proxy_end"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "voter_id", "turn"],
            ["proxy_authority.community_id", "proxy_authority.voter_id", "proxy_authority.turn"],
            name="fk_proxy_end_authority",
        ),
        tenant_reference("cast_id", "ballot_cast"),
        UniqueConstraint("community_id", "voter_id", "turn"),
        CheckConstraint("(kind = 'revoked') = (cast_id IS NULL)", name="vote_named"),
        one_of("kind", ProxyEnd),
    )

    voter_id: Mapped[UUID]
    turn: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    ended_by: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
    cast_id: Mapped[UUID | None]
