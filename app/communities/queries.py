"""Finding regions and communities."""

from __future__ import annotations

from sqlalchemy import select

from app.communities.models import Community, Region
from app.core.db import db


def community_by_code(code: str) -> Community | None:
    """The community with this 12-digit code."""
    return db.session.scalar(select(Community).where(Community.code == code))


def region_by_code(code: str) -> Region | None:
    """The region with this statistics code."""
    return db.session.get(Region, code)
