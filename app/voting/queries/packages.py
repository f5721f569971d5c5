"""What goes into the packages of a closed assembly, read row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.core.db import db
from app.registry.models import Building, Stairwell
from app.voting.models import BallotCast, RollUnit, RollVoter

AT_ONCE = 2000

_BALLOTS = text("""
SELECT id, voter_id, matter_id, choice, channel, status, nonce FROM closed_ballot
WHERE community_id = :community_id AND assembly_id = :assembly_id
ORDER BY id
""").execution_options(yield_per=AT_ONCE)


def voters(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """(id, area_centi, unit_count) of the frozen roll."""
    yield from db.session.execute(
        select(RollVoter.id, RollVoter.area_centi, RollVoter.unit_count)
        .where(RollVoter.community_id == community_id, RollVoter.assembly_id == assembly_id)
        # By id, which says nothing of the order of the rooms.
        .order_by(RollVoter.id)
        .execution_options(yield_per=AT_ONCE)
    )


def ballots(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """Every ballot of a closed assembly in the order of ids; no rows before the close."""
    yield from db.session.execute(
        _BALLOTS, {"community_id": community_id, "assembly_id": assembly_id}
    )


def rooms(community_id: int, assembly_id: UUID) -> Iterator[Any]:
    """(building, stairwell, room, took_part) of the frozen units, as the notice shows them."""
    took_part = (
        select(BallotCast.id)
        .where(
            BallotCast.community_id == RollUnit.community_id,
            BallotCast.assembly_id == RollUnit.assembly_id,
            BallotCast.voter_id == RollUnit.voter_id,
        )
        .exists()
    )
    yield from db.session.execute(
        select(
            Building.name.label("building"),
            Stairwell.name.label("stairwell"),
            RollUnit.room,
            took_part.label("took_part"),
        )
        .join(
            Building,
            (Building.community_id == RollUnit.community_id)
            & (Building.id == RollUnit.building_id),
        )
        .outerjoin(
            Stairwell,
            (Stairwell.community_id == RollUnit.community_id)
            & (Stairwell.id == RollUnit.stairwell_id),
        )
        .where(RollUnit.community_id == community_id, RollUnit.assembly_id == assembly_id)
        .order_by(Building.sort_key, Stairwell.sort_key, RollUnit.sort_key, RollUnit.unit_id)
        .execution_options(yield_per=AT_ONCE)
    )
