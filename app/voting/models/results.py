"""What was counted, and the tree of digests that seals it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.models.keys import ASSEMBLY_MATTER, MATTER_KEY
from app.voting.rules import Outcome, Threshold


class AssemblyResult(TenantModel):
    """A count of one matter. A recount is a further row; both stay.

    In an election "for" are the voters who chose somebody and "abstain" those who chose nobody.
    """

    __tablename__ = "assembly_result"
    __table_args__ = (
        ForeignKeyConstraint(MATTER_KEY, ASSEMBLY_MATTER),
        UniqueConstraint("community_id", "matter_id", "counting"),
        one_of("outcome", Outcome),
        one_of("threshold", Threshold),
        Index("ix_assembly_result_assembly", "community_id", "assembly_id"),
        CheckConstraint(
            "took_area_centi = for_area_centi + against_area_centi + abstain_area_centi"
            " AND took_heads = for_heads + against_heads + abstain_heads",
            name="adds_up",
        ),
    )

    assembly_id: Mapped[UUID]
    matter_id: Mapped[UUID]
    counting: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    roll_area_centi: Mapped[int] = mapped_column(BigInteger)
    roll_heads: Mapped[int]
    took_area_centi: Mapped[int] = mapped_column(BigInteger)
    took_heads: Mapped[int]
    for_area_centi: Mapped[int] = mapped_column(BigInteger)
    for_heads: Mapped[int]
    against_area_centi: Mapped[int] = mapped_column(BigInteger)
    against_heads: Mapped[int]
    abstain_area_centi: Mapped[int] = mapped_column(BigInteger)
    abstain_heads: Mapped[int]
    outcome: Mapped[str] = mapped_column(Text)
    threshold: Mapped[str] = mapped_column(Text)
    ballots_digest: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)


class CandidateResult(TenantModel):
    """What one candidate of an election received in a count.

    `place` is the order of the count: by heads, then area. `tied`: equal with others across the
    last seat, so that a person must decide by the rules of procedure.
    """

    __tablename__ = "candidate_result"
    __table_args__ = (
        ForeignKeyConstraint(MATTER_KEY, ASSEMBLY_MATTER),
        ForeignKeyConstraint(
            ["community_id", "matter_id", "counting"],
            [
                "assembly_result.community_id",
                "assembly_result.matter_id",
                "assembly_result.counting",
            ],
            name="fk_candidate_result_count",
        ),
        ForeignKeyConstraint(
            ["community_id", "matter_id", "candidate_id"],
            ["candidate.community_id", "candidate.matter_id", "candidate.id"],
            name="fk_candidate_result_candidate",
        ),
        UniqueConstraint("community_id", "matter_id", "counting", "candidate_id"),
        UniqueConstraint("community_id", "matter_id", "counting", "place"),
        CheckConstraint("elected::int + alternate::int + tied::int <= 1", name="one_fate"),
        Index("ix_candidate_result_assembly", "community_id", "assembly_id"),
    )

    assembly_id: Mapped[UUID]
    matter_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    counting: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    place: Mapped[int] = mapped_column(SmallInteger)
    for_area_centi: Mapped[int] = mapped_column(BigInteger)
    for_heads: Mapped[int]
    elected: Mapped[bool]
    alternate: Mapped[bool]
    tied: Mapped[bool]


class AssemblySeal(TenantModel):
    """封存: the root over all counted ballots of a count and the result, signed.

    `statement` is the exact text that was signed (canonical JSON); `public_key` and `signature`
    are Ed25519 in hexadecimal digits.
    """

    __tablename__ = "assembly_seal"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        UniqueConstraint("community_id", "assembly_id", "counting"),
    )

    assembly_id: Mapped[UUID]
    counting: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    size: Mapped[int]
    root: Mapped[str] = mapped_column(Text)
    statement: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)


class SealTile(TenantModel):
    """A piece of the tree of digests (RFC 9162): up to 256 digests of 32 bytes, side by side.

    Level 0 holds the digests of the ballots in the order of their ids, with the ids; level 1 holds
    the node over each full piece of level 0, and so on. Any proof needs a few pieces only.
    """

    __tablename__ = "seal_tile"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        UniqueConstraint("community_id", "assembly_id", "counting", "level", "position"),
        Index(
            "ix_seal_tile_first_ballot",
            "community_id",
            "assembly_id",
            "counting",
            "first_ballot",
            postgresql_where=text("first_ballot IS NOT NULL"),
        ),
    )

    assembly_id: Mapped[UUID]
    counting: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    level: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int]
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    first_ballot: Mapped[UUID | None]
    ballots: Mapped[list[UUID] | None] = mapped_column(
        postgresql.ARRAY(postgresql.UUID(as_uuid=True))
    )
