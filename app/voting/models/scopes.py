"""The buildings and stairwells of an assembly that is not the whole compound's."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.core.db import TenantModel, tenant_reference


class AssemblyPlace(TenantModel):
    """A building, or one stairwell of it, whose owners decide."""

    __tablename__ = "assembly_place"
    __table_args__ = (
        tenant_reference("assembly_id", "assembly"),
        tenant_reference("building_id", "building"),
        tenant_reference("stairwell_id", "stairwell"),
        UniqueConstraint(
            "community_id",
            "assembly_id",
            "building_id",
            "stairwell_id",
            name="uq_assembly_place",
            postgresql_nulls_not_distinct=True,
        ),
    )

    assembly_id: Mapped[UUID]
    building_id: Mapped[UUID]
    stairwell_id: Mapped[UUID | None]
