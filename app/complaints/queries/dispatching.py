"""The community's table of dispatch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.complaints.models import DispatchRule
from app.core.db import db
from app.organizations.models import Organization
from app.registry.models import Building, Compound

_NAMES = (
    "id",
    "category_group",
    "category",
    "compound_id",
    "building_id",
    "days",
    "from_minute",
    "to_minute",
    "organization_id",
)


def rules_column(community: ColumnElement[int]) -> Any:
    """All rows of the table in force as one value, in their order: for the statement of filing.

    A row that names a company which has closed is passed over.
    """
    pairs = [part for name in _NAMES for part in (name, getattr(DispatchRule, name))]
    return (
        select(
            func.jsonb_agg(
                aggregate_order_by(func.jsonb_build_object(*pairs), DispatchRule.position)
            )
        )
        .select_from(DispatchRule)
        .outerjoin(Organization, _of_company())
        .where(
            DispatchRule.community_id == community,
            or_(DispatchRule.organization_id.is_(None), Organization.closed_on.is_(None)),
        )
        .scalar_subquery()
        .label("dispatch_rules")
    )


def rules_of(community_id: int) -> Sequence[Any]:
    """The table with its names, in its order; closed: the company has closed."""
    return db.session.execute(
        select(
            DispatchRule,
            Compound.name.label("compound_name"),
            Building.name.label("building_name"),
            Organization.name.label("organization_name"),
            Organization.closed_on,
        )
        .outerjoin(Organization, _of_company())
        .outerjoin(
            Compound,
            and_(
                Compound.community_id == DispatchRule.community_id,
                Compound.id == DispatchRule.compound_id,
            ),
        )
        .outerjoin(
            Building,
            and_(
                Building.community_id == DispatchRule.community_id,
                Building.id == DispatchRule.building_id,
            ),
        )
        .where(DispatchRule.community_id == community_id)
        .order_by(DispatchRule.position)
    ).all()


def rule(community_id: int, rule_id: UUID) -> DispatchRule | None:
    """One row, to be changed in this transaction."""
    return db.session.scalar(
        select(DispatchRule)
        .where(DispatchRule.community_id == community_id, DispatchRule.id == rule_id)
        .with_for_update()
    )


def ordered(community_id: int) -> Sequence[DispatchRule]:
    """All rows in their order, to be moved in this transaction."""
    return db.session.scalars(
        select(DispatchRule)
        .where(DispatchRule.community_id == community_id)
        .order_by(DispatchRule.position)
        .with_for_update()
    ).all()


def next_position(community_id: int) -> int:
    """The place after the last row."""
    last = db.session.scalar(
        select(func.max(DispatchRule.position)).where(DispatchRule.community_id == community_id)
    )
    return (last or 0) + 1


def buildings_of(community_id: int) -> Sequence[Any]:
    """Buildings with their compound: id, compound_id, name, compound_name."""
    return db.session.execute(
        select(
            Building.id,
            Building.compound_id,
            Building.name,
            Compound.name.label("compound_name"),
        )
        .join(
            Compound,
            and_(
                Compound.community_id == Building.community_id,
                Compound.id == Building.compound_id,
            ),
        )
        .where(Building.community_id == community_id)
        .order_by(Compound.pinyin, Compound.id, Building.name, Building.id)
    ).all()


def organization_name(community_id: int, organization_id: UUID) -> str | None:
    """What a company is called."""
    return db.session.scalar(
        select(Organization.name).where(
            Organization.community_id == community_id, Organization.id == organization_id
        )
    )


def _of_company() -> ColumnElement[bool]:
    return and_(
        Organization.community_id == DispatchRule.community_id,
        Organization.id == DispatchRule.organization_id,
    )
