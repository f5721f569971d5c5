"""Finding regions and communities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.communities.models import Community, CommunitySettings, Department, Region
from app.core.db import db

MOST_FOUND = 60


def community_by_code(code: str) -> Community | None:
    """The community with this 12-digit code."""
    return db.session.scalar(select(Community).where(Community.code == code))


def region_by_code(code: str) -> Region | None:
    """The region with this statistics code."""
    return db.session.get(Region, code)


def regions_below(code: str | None) -> Sequence[Region]:
    """The regions right below this one in Chinese order; the provinces without one."""
    return db.session.scalars(
        select(Region)
        .where(Region.parent_code == code if code else Region.parent_code.is_(None))
        .order_by(Region.code)
    ).all()


def regions_above(region: Region) -> Sequence[Region]:
    """The regions this one lies in, from the province down, itself included."""
    codes = region.path.strip(".").split(".")
    return db.session.scalars(
        select(Region).where(Region.code.in_(codes)).order_by(Region.path)
    ).all()


def find_communities(
    wanted: str, under_path: str | None = None, after: str | None = None
) -> Sequence[Any]:
    """Communities by name, pinyin or code, with their street's name, in the order of codes.

    Columns: id, code, name, region_code, street.
    """
    query = (
        select(
            Community.id,
            Community.code,
            Community.name,
            Community.region_code,
            Region.name.label("street"),
        )
        .join(Region, Region.code == Community.region_code)
        .where(Community.id > 0)
        .order_by(Community.code)
        .limit(MOST_FOUND)
    )
    if wanted:
        compact = func.replace(Community.pinyin, " ", "")
        query = query.where(
            or_(
                Community.name.contains(wanted, autoescape=True),
                compact.startswith(wanted.replace(" ", "").lower(), autoescape=True),
                Community.code.startswith(wanted, autoescape=True),
            )
        )
    if under_path:
        query = query.where(Community.region_path.startswith(under_path, autoescape=True))
    if after:
        query = query.where(Community.code > after)
    return db.session.execute(query).all()


def known_region_paths(session: Session) -> dict[str, str]:
    """The path of every region there is."""
    return {row.code: row.path for row in session.execute(select(Region.code, Region.path))}


def settings_row(community_id: int) -> CommunitySettings | None:
    """What a community decided differently from the defaults."""
    return db.session.scalar(
        select(CommunitySettings).where(CommunitySettings.community_id == community_id)
    )


def departments_at(region_code: str) -> Sequence[Department]:
    """The departments of exactly this region that still exist, in Chinese order."""
    return db.session.scalars(
        select(Department)
        .where(Department.region_code == region_code, Department.retired_at.is_(None))
        .order_by(Department.pinyin, Department.id)
    ).all()


def department_at(region_code: str, department_id: UUID) -> Department | None:
    """One of these."""
    return db.session.scalar(
        select(Department).where(
            Department.id == department_id,
            Department.region_code == region_code,
            Department.retired_at.is_(None),
        )
    )


def departments_over(region_path: str) -> Sequence[Any]:
    """Departments a place in this region may call: those of its street, district and city.

    Columns: id, name, region_code, region_path, region_name; the nearest region first.
    """
    above = [region_path[: place + 1] for place, mark in enumerate(region_path) if mark == "."]
    return db.session.execute(
        select(
            Department.id,
            Department.name,
            Department.region_code,
            Department.region_path,
            Region.name.label("region_name"),
        )
        .join(Region, Region.code == Department.region_code)
        .where(Department.region_path.in_(above), Department.retired_at.is_(None))
        .order_by(func.length(Department.region_path).desc(), Department.pinyin, Department.id)
    ).all()
