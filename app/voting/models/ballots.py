"""Acts of voting, their ballots, and the ballots that are not counted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.voting.models.keys import ASSEMBLY_MATTER, MATTER_KEY, ROLL_KEY, ROLL_VOTER
from app.voting.rules import Channel, Retirement

CHOICE_FITS = (
    "CASE WHEN most_choices = 0 THEN choice IN ('for', 'against', 'abstain')"
    " ELSE choice ~ '^([0-9a-f-]{36}(;[0-9a-f-]{36})*)?$'"
    " AND length(choice) < 37 * most_choices END"
)
"""An id has 36 characters: so many, and a `;` between two, are as many choices as allowed."""


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
    """选票: for, against or abstain; in an election the chosen candidates' ids.

    The ids are joined by `;` in their order on the ballot; empty for a voter who took part and
    chose nobody.

    A voter's ballots on a matter are numbered by `turn`. The database lets a further turn begin
    only when the one before was retired, so that at most one is ever counted.
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
        ForeignKeyConstraint(
            [*MATTER_KEY, "most_choices"],
            [*ASSEMBLY_MATTER, "assembly_matter.most_choices"],
            name="fk_ballot_matter",
        ),
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
        CheckConstraint(CHOICE_FITS, name="choice_fits"),
    )

    assembly_id: Mapped[UUID]
    matter_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    cast_id: Mapped[UUID]
    turn: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    turn_before: Mapped[int | None] = mapped_column(SmallInteger)
    most_choices: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
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
