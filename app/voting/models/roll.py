"""The frozen roll, and who on it took part."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import (
    BigInteger,
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
from app.voting.rules import RollFlag


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
