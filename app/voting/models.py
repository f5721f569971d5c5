"""Assemblies, the frozen roll, append-only ballots and sealed results.

Ballots, their casts and retirements, the roll and the results are legal records: the runtime role
can add rows and never change or remove one. Nor can it read `choice` and `nonce` of a ballot; they
come to light through the view `closed_ballot`, which is empty until the vote is closed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.rules import (
    Channel,
    Choice,
    MatterKind,
    Mode,
    Outcome,
    Retirement,
    RollFlag,
    State,
    Threshold,
)

ROLL_KEY = ["community_id", "assembly_id", "voter_id"]
ROLL_VOTER = ["roll_voter.community_id", "roll_voter.assembly_id", "roll_voter.id"]
MATTER_KEY = ["community_id", "assembly_id", "matter_id"]
ASSEMBLY_MATTER = [
    "assembly_matter.community_id",
    "assembly_matter.assembly_id",
    "assembly_matter.id",
]


class Assembly(TenantModel):
    """业主大会会议. `due_at` is the moment the clock takes the next step, whoever is asleep."""

    __tablename__ = "assembly"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        one_of("state", State),
        one_of("mode", Mode),
        CheckConstraint("opens_at < closes_at", name="window_in_order"),
        Index("ix_assembly_state", "community_id", "state", "id"),
        Index("ix_assembly_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    compound_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(Text)
    convener: Mapped[str] = mapped_column(Text)
    statement: Mapped[str] = mapped_column(Text, server_default=text("''"))
    mode: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    extended: Mapped[bool] = mapped_column(server_default=text("false"))
    notice_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    review_note: Mapped[str | None] = mapped_column(Text)
    parking_votes: Mapped[bool | None]
    roll_heads: Mapped[int | None]
    roll_area_centi: Mapped[int | None] = mapped_column(BigInteger)
    drafted_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class AssemblyMatter(TenantModel):
    """表决事项. `statute` is its item in 民法典 278, which decides the threshold."""

    __tablename__ = "assembly_matter"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        UniqueConstraint("community_id", "assembly_id", "id"),
        UniqueConstraint("community_id", "assembly_id", "position"),
        CheckConstraint("statute BETWEEN 1 AND 9", name="statute_known"),
        one_of("kind", MatterKind),
    )

    assembly_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    statute: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, server_default=text("''"))


class RollVoter(TenantModel):
    """One head on the frozen roll. `owner_key` is the exact set of owners that made it one."""

    __tablename__ = "roll_voter"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        tenant_reference("building_id", "building"),
        UniqueConstraint("community_id", "assembly_id", "id"),
        UniqueConstraint("community_id", "assembly_id", "number"),
        CheckConstraint("area_centi > 0", name="area_positive"),
        one_of("flag", RollFlag),
    )

    assembly_id: Mapped[UUID]
    number: Mapped[int]
    area_centi: Mapped[int] = mapped_column(BigInteger)
    unit_count: Mapped[int]
    member_count: Mapped[int]
    label: Mapped[str] = mapped_column(Text)
    building_id: Mapped[UUID]
    owner_key: Mapped[str] = mapped_column(Text)
    developer: Mapped[bool]
    flag: Mapped[str | None] = mapped_column(Text)


class RollUnit(TenantModel):
    """A unit as the register had it when voting opened."""

    __tablename__ = "roll_unit"
    __table_args__ = (
        ForeignKeyConstraint(ROLL_KEY, ROLL_VOTER),
        tenant_reference("unit_id", "property_unit"),
        UniqueConstraint("community_id", "assembly_id", "unit_id"),
        CheckConstraint("area_centi > 0", name="area_positive"),
        Index("ix_roll_unit_voter", "community_id", "voter_id"),
        Index("ix_roll_unit_building", "community_id", "assembly_id", "building_id"),
    )

    assembly_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    building_id: Mapped[UUID]
    stairwell_id: Mapped[UUID | None]
    room: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text)
    floor: Mapped[int | None]
    area_centi: Mapped[int] = mapped_column(BigInteger)


class RollMember(TenantModel):
    """共有人: an owner who may cast the one ballot of a voter."""

    __tablename__ = "roll_member"
    __table_args__ = (
        ForeignKeyConstraint(ROLL_KEY, ROLL_VOTER),
        tenant_reference("owner_id", "owner"),
        UniqueConstraint("community_id", "assembly_id", "owner_id", "voter_id"),
        Index("ix_roll_member_voter", "community_id", "voter_id"),
    )

    assembly_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    owner_id: Mapped[UUID]


class BallotCast(TenantModel):
    """One act of voting, on one or more matters, with its receipt code."""

    __tablename__ = "ballot_cast"
    __table_args__ = (
        ForeignKeyConstraint(ROLL_KEY, ROLL_VOTER),
        tenant_reference("cast_as", "owner"),
        UniqueConstraint("community_id", "code"),
        UniqueConstraint("community_id", "assembly_id", "voter_id", "id"),
        one_of("channel", Channel),
    )

    assembly_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    cast_by: Mapped[UUID]
    cast_as: Mapped[UUID]
    cast_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Ballot(TenantModel):
    """选票. A voter's ballots on a matter are numbered by `turn`.

    The database lets a further turn begin only when the one before was retired, so that at most
    one is ever counted.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        ForeignKeyConstraint(
            [*ROLL_KEY, "cast_id"],
            [
                "ballot_cast.community_id",
                "ballot_cast.assembly_id",
                "ballot_cast.voter_id",
                "ballot_cast.id",
            ],
        ),
        ForeignKeyConstraint(MATTER_KEY, ASSEMBLY_MATTER),
        ForeignKeyConstraint(
            ["community_id", "matter_id", "voter_id", "turn_before"],
            [
                "ballot_retirement.community_id",
                "ballot_retirement.matter_id",
                "ballot_retirement.voter_id",
                "ballot_retirement.turn",
            ],
            name="fk_ballot_turn_before",
            use_alter=True,
        ),
        UniqueConstraint("community_id", "matter_id", "voter_id", "turn"),
        CheckConstraint(
            "turn = 0 AND turn_before IS NULL OR turn_before = turn - 1", name="turns_in_order"
        ),
        one_of("choice", Choice),
    )

    assembly_id: Mapped[UUID]
    matter_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    cast_id: Mapped[UUID]
    turn: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    turn_before: Mapped[int | None] = mapped_column(SmallInteger)
    choice: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)


class BallotRetirement(TenantModel):
    """A ballot that stays on record and is not counted, and why."""

    __tablename__ = "ballot_retirement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "matter_id", "voter_id", "turn"],
            ["ballot.community_id", "ballot.matter_id", "ballot.voter_id", "ballot.turn"],
            name="fk_ballot_retirement_ballot",
        ),
        UniqueConstraint("community_id", "matter_id", "voter_id", "turn"),
        one_of("kind", Retirement),
    )

    matter_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    turn: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    retired_by: Mapped[UUID | None]


class AssemblyParticipation(TenantModel):
    """Who took part, maintained by each cast.

    A building's voters are kept in slices, so that casts at the same moment do not queue for one
    row.
    """

    __tablename__ = "assembly_participation"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        tenant_reference("building_id", "building"),
        UniqueConstraint("community_id", "assembly_id", "building_id", "slice"),
        CheckConstraint(
            "heads BETWEEN 0 AND roll_heads AND area_centi BETWEEN 0 AND roll_area_centi",
            name="within_the_roll",
        ),
    )

    assembly_id: Mapped[UUID]
    building_id: Mapped[UUID]
    slice: Mapped[int] = mapped_column(SmallInteger)
    roll_heads: Mapped[int]
    roll_area_centi: Mapped[int] = mapped_column(BigInteger)
    heads: Mapped[int] = mapped_column(server_default=text("0"))
    area_centi: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class AssemblyResult(TenantModel):
    """A count of one matter. A recount is a further row; both stay."""

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
