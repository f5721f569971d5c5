"""The community as assemblies need it: its settings and its code in addresses."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.communities.models import Community, CommunitySettings
from app.communities.rules import Settings
from app.core.db import db
from app.registry.models import Compound


def settings_of(community_id: int) -> Settings:
    """What the community decided, over the defaults."""
    choices = db.session.scalar(
        select(CommunitySettings.choices).where(CommunitySettings.community_id == community_id)
    )
    return Settings.from_choices(choices or {})


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
