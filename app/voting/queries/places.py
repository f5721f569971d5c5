"""The community as assemblies need it: its settings and its code in addresses."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.communities.models import Community, CommunitySettings
from app.communities.rules import Settings
from app.core.db import db
from app.registry.models import Compound, PropertyUnit
from app.registry.rules import UnitKind
from app.voting.rules import Timing, timing_of


def settings_of(community_id: int) -> Settings:
    """What the community decided, over the defaults."""
    choices = db.session.scalar(
        select(CommunitySettings.choices).where(CommunitySettings.community_id == community_id)
    )
    return Settings.from_choices(choices or {})


def timing_of_community(community_id: int) -> Timing:
    """The days an assembly of this community must or may take."""
    return timing_of(settings_of(community_id))


def households(community_id: int, compound_id: UUID) -> int:
    """How many dwellings a compound has, which decides how small its committee may be."""
    return db.session.execute(
        select(func.count())
        .select_from(PropertyUnit)
        .where(
            PropertyUnit.community_id == community_id,
            PropertyUnit.compound_id == compound_id,
            PropertyUnit.kind == UnitKind.DWELLING,
        )
    ).scalar_one()


def code_of(community_id: int) -> str:
    """The community's code in addresses."""
    return db.session.execute(
        select(Community.code).where(Community.id == community_id)
    ).scalar_one()


def name_of(community_id: int) -> str:
    """The community's name."""
    return db.session.execute(
        select(Community.name).where(Community.id == community_id)
    ).scalar_one()


def compound_name(community_id: int, compound_id: UUID) -> str:
    """The name of a compound."""
    return db.session.execute(
        select(Compound.name).where(
            Compound.community_id == community_id, Compound.id == compound_id
        )
    ).scalar_one()
