"""Covenants with their versions, clauses, households, opinions and steps.

Everything read for one page belongs to one stairwell, so it is bounded by the stairwell's homes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.covenants.models import (
    Covenant,
    CovenantClause,
    CovenantHousehold,
    CovenantObjection,
    CovenantSignature,
    CovenantStep,
    CovenantVersion,
)
from app.covenants.rules import State
from app.registry.models import Building, Compound, PropertyUnit, Stairwell
from app.registry.rules import Relation


def hold_current(community_id: int, covenant_id: UUID) -> Any:
    """The current version, locked until the end of the transaction, with its covenant; or None."""
    return db.session.execute(
        select(CovenantVersion, Covenant)
        .join(Covenant, _same_covenant() & (Covenant.current_number == CovenantVersion.number))
        .where(Covenant.community_id == community_id, Covenant.id == covenant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def hold_version(community_id: int, version_id: UUID) -> Any:
    """Any version, locked, with its covenant; or None."""
    return db.session.execute(
        select(CovenantVersion, Covenant)
        .join(Covenant, _same_covenant())
        .where(CovenantVersion.community_id == community_id, CovenantVersion.id == version_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def version_in_force(community_id: int, covenant_id: UUID) -> CovenantVersion | None:
    """The version in force, locked."""
    return db.session.scalar(
        select(CovenantVersion)
        .where(
            CovenantVersion.community_id == community_id,
            CovenantVersion.covenant_id == covenant_id,
            CovenantVersion.state == State.IN_FORCE,
        )
        .with_for_update()
    )


def covenant_id_of(community_id: int, stairwell_id: UUID) -> UUID | None:
    """The covenant of a stairwell."""
    return db.session.scalar(
        select(Covenant.id).where(
            Covenant.community_id == community_id, Covenant.stairwell_id == stairwell_id
        )
    )


def stairwell_id_of(community_id: int, covenant_id: UUID) -> UUID | None:
    """The stairwell of a covenant."""
    return db.session.scalar(
        select(Covenant.stairwell_id).where(
            Covenant.community_id == community_id, Covenant.id == covenant_id
        )
    )


def _same_covenant() -> Any:
    return (Covenant.community_id == CovenantVersion.community_id) & (
        Covenant.id == CovenantVersion.covenant_id
    )


def _sheets(community_id: int) -> Any:
    in_force = aliased(CovenantVersion)
    return (
        select(
            Covenant.id.label("covenant_id"),
            Covenant.title,
            Covenant.current_number,
            Covenant.stairwell_id,
            Stairwell.name.label("stairwell_name"),
            Building.name.label("building_name"),
            Compound.name.label("compound_name"),
            CovenantVersion.id.label("version_id"),
            CovenantVersion.number,
            CovenantVersion.state,
            CovenantVersion.threshold_numerator,
            CovenantVersion.threshold_denominator,
            CovenantVersion.publication_days,
            CovenantVersion.due_count,
            CovenantVersion.vacant_count,
            CovenantVersion.signed_count,
            CovenantVersion.open_objections,
            CovenantVersion.digest,
            CovenantVersion.opened_at,
            CovenantVersion.published_at,
            CovenantVersion.publication_ends_at,
            CovenantVersion.filed_at,
            CovenantVersion.filed_under,
            CovenantVersion.in_force_at,
            in_force.number.label("number_in_force"),
        )
        .join(CovenantVersion, _same_covenant())
        .join(
            Stairwell,
            (Stairwell.community_id == Covenant.community_id)
            & (Stairwell.id == Covenant.stairwell_id),
        )
        .join(
            Building,
            (Building.community_id == Stairwell.community_id)
            & (Building.id == Stairwell.building_id),
        )
        .join(
            Compound,
            (Compound.community_id == Building.community_id)
            & (Compound.id == Building.compound_id),
        )
        .outerjoin(
            in_force,
            (in_force.community_id == Covenant.community_id)
            & (in_force.covenant_id == Covenant.id)
            & (in_force.state == State.IN_FORCE),
        )
        .where(Covenant.community_id == community_id)
    )


def sheet(community_id: int, covenant_id: UUID, number: int | None = None) -> Any:
    """One version with its covenant's title and places; the current one without `number`."""
    return db.session.execute(
        _sheets(community_id).where(
            Covenant.id == covenant_id,
            CovenantVersion.number == (Covenant.current_number if number is None else number),
        )
    ).one_or_none()


def sheets_of_stairwells(community_id: int, stairwell_ids: Iterable[UUID]) -> Sequence[Any]:
    """The current versions of these stairwells' covenants."""
    return db.session.execute(
        _sheets(community_id).where(
            Covenant.stairwell_id.in_(list(stairwell_ids)),
            CovenantVersion.number == Covenant.current_number,
        )
    ).all()


def sheets(
    community_id: int,
    *,
    states: Iterable[State],
    before: UUID | None,
    limit: int,
    every_version: bool = False,
) -> Sequence[Any]:
    """Covenants newest first; only current versions unless `every_version`."""
    wanted = _sheets(community_id).where(CovenantVersion.state.in_(list(states)))
    if not every_version:
        wanted = wanted.where(CovenantVersion.number == Covenant.current_number)
    if before is not None:
        wanted = wanted.where(Covenant.id < before)
    return db.session.execute(wanted.order_by(Covenant.id.desc()).limit(limit)).all()


def states_counted(community_id: int) -> dict[str, int]:
    """How many covenants stand where (current versions)."""
    rows = db.session.execute(
        select(CovenantVersion.state, func.count())
        .join(Covenant, _same_covenant() & (Covenant.current_number == CovenantVersion.number))
        .where(Covenant.community_id == community_id)
        .group_by(CovenantVersion.state)
    ).all()
    return {str(state): int(count) for state, count in rows}


def clauses(community_id: int, version_id: UUID) -> Sequence[CovenantClause]:
    """The clauses in their order."""
    return db.session.scalars(
        select(CovenantClause)
        .where(CovenantClause.community_id == community_id, CovenantClause.version_id == version_id)
        .order_by(CovenantClause.position)
    ).all()


def households(community_id: int, version_id: UUID) -> Sequence[Any]:
    """The households due with the moment of their own signature and of a tenant's."""
    own, tenant = aliased(CovenantSignature), aliased(CovenantSignature)
    cosigned = (
        select(literal(1))
        .where(_signs(tenant), tenant.relation == Relation.TENANT)
        .correlate(CovenantHousehold)
        .exists()
    )
    return db.session.execute(
        select(
            CovenantHousehold.unit_id,
            CovenantHousehold.room,
            CovenantHousehold.floor,
            CovenantHousehold.vacant,
            own.signed_at,
            cosigned.label("cosigned"),
        )
        .outerjoin(own, _signs(own) & (own.relation != Relation.TENANT))
        .where(
            CovenantHousehold.community_id == community_id,
            CovenantHousehold.version_id == version_id,
        )
        .order_by(CovenantHousehold.sort_key)
    ).all()


def _signs(signature: Any) -> Any:
    return (
        (signature.community_id == CovenantHousehold.community_id)
        & (signature.version_id == CovenantHousehold.version_id)
        & (signature.unit_id == CovenantHousehold.unit_id)
    )


def household_due(community_id: int, version_id: UUID, unit_id: UUID) -> bool:
    """Whether this unit is among the households due."""
    return bool(
        db.session.scalar(
            select(literal(1)).where(
                CovenantHousehold.community_id == community_id,
                CovenantHousehold.version_id == version_id,
                CovenantHousehold.unit_id == unit_id,
            )
        )
    )


def signed_before(
    community_id: int, version_id: UUID, unit_id: UUID, account_id: UUID, *, counting: bool
) -> bool:
    """Whether the household (or, co-signing, this very person) has signed this version."""
    mine = CovenantSignature.account_id == account_id
    household = CovenantSignature.relation != Relation.TENANT
    return bool(
        db.session.scalar(
            select(literal(1))
            .where(
                CovenantSignature.community_id == community_id,
                CovenantSignature.version_id == version_id,
                CovenantSignature.unit_id == unit_id,
                or_(mine, household) if counting else mine,
            )
            .limit(1)
        )
    )


def own_signatures(community_id: int, version_id: UUID, account_id: UUID) -> Sequence[UUID]:
    """The units for which this person has signed this version, in whatever relation."""
    return db.session.scalars(
        select(CovenantSignature.unit_id).where(
            CovenantSignature.community_id == community_id,
            CovenantSignature.version_id == version_id,
            CovenantSignature.account_id == account_id,
        )
    ).all()


def objections(community_id: int, version_id: UUID) -> Sequence[Any]:
    """What households said against a version, oldest first, with the room."""
    return db.session.execute(
        select(
            CovenantObjection.id,
            CovenantObjection.clause_id,
            CovenantObjection.clause_text,
            CovenantObjection.account_id,
            CovenantObjection.stage,
            CovenantObjection.reason,
            CovenantObjection.answer,
            CovenantObjection.answered_at,
            CovenantObjection.created_at,
            PropertyUnit.room,
        )
        .join(
            PropertyUnit,
            (PropertyUnit.community_id == CovenantObjection.community_id)
            & (PropertyUnit.id == CovenantObjection.unit_id),
        )
        .where(
            CovenantObjection.community_id == community_id,
            CovenantObjection.version_id == version_id,
        )
        .order_by(CovenantObjection.id)
    ).all()


def objection(community_id: int, objection_id: UUID) -> Any:
    """One opinion with the covenant it concerns; or None."""
    return db.session.execute(
        select(CovenantObjection, Covenant)
        .join(
            CovenantVersion,
            (CovenantVersion.community_id == CovenantObjection.community_id)
            & (CovenantVersion.id == CovenantObjection.version_id),
        )
        .join(Covenant, _same_covenant())
        .where(CovenantObjection.community_id == community_id, CovenantObjection.id == objection_id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def has_open_objection(
    community_id: int, version_id: UUID, account_id: UUID, clause_id: UUID | None
) -> bool:
    """Whether this person's opinion on this clause still waits for an answer."""
    return bool(
        db.session.scalar(
            select(literal(1))
            .where(
                CovenantObjection.community_id == community_id,
                CovenantObjection.version_id == version_id,
                CovenantObjection.account_id == account_id,
                CovenantObjection.clause_id.is_not_distinct_from(clause_id),
                CovenantObjection.answered_at.is_(None),
            )
            .limit(1)
        )
    )


def steps(community_id: int, version_id: UUID) -> Sequence[CovenantStep]:
    """What happened to a version, oldest first."""
    return db.session.scalars(
        select(CovenantStep)
        .where(CovenantStep.community_id == community_id, CovenantStep.version_id == version_id)
        .order_by(CovenantStep.id)
    ).all()


def step(community_id: int, step_id: UUID) -> Any:
    """One step with the covenant it concerns; or None."""
    return db.session.execute(
        select(CovenantStep, Covenant)
        .join(
            CovenantVersion,
            (CovenantVersion.community_id == CovenantStep.community_id)
            & (CovenantVersion.id == CovenantStep.version_id),
        )
        .join(Covenant, _same_covenant())
        .where(CovenantStep.community_id == community_id, CovenantStep.id == step_id)
    ).one_or_none()


def due_versions(connection: Any) -> Sequence[Any]:
    """Versions whose publication has run out with every objection answered (sweep role)."""
    rows: Sequence[Any] = connection.execute(
        select(CovenantVersion.community_id, CovenantVersion.id).where(
            CovenantVersion.state.in_([State.PUBLISHED, State.FILED]),
            CovenantVersion.publication_ends_at <= func.now(),
            CovenantVersion.open_objections == 0,
        )
    ).all()
    return rows
