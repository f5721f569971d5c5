"""Templates of replies and saved filters."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from app.complaints.models import ReplyTemplate, SavedFilter
from app.complaints.permissions import Desk
from app.core.db import db

_MOST = 200


def templates_of(community_id: int, desk: Desk) -> Sequence[ReplyTemplate]:
    """The templates of this desk, by title."""
    return db.session.scalars(
        select(ReplyTemplate)
        .where(ReplyTemplate.community_id == community_id, _on(desk))
        .order_by(ReplyTemplate.title, ReplyTemplate.id)
        .limit(_MOST)
    ).all()


def template_on(community_id: int, desk: Desk, template_id: UUID) -> ReplyTemplate | None:
    """One template of this desk."""
    return db.session.scalar(
        select(ReplyTemplate).where(
            ReplyTemplate.community_id == community_id,
            ReplyTemplate.id == template_id,
            _on(desk),
        )
    )


def filters_of(community_id: int, account_id: UUID) -> Sequence[SavedFilter]:
    """A person's saved filters, the oldest first."""
    return db.session.scalars(
        select(SavedFilter)
        .where(SavedFilter.community_id == community_id, SavedFilter.account_id == account_id)
        .order_by(SavedFilter.id)
        .limit(_MOST)
    ).all()


def count_filters(community_id: int, account_id: UUID) -> int:
    """How many a person keeps."""
    wanted = select(func.count()).where(
        SavedFilter.community_id == community_id, SavedFilter.account_id == account_id
    )
    return db.session.scalar(wanted) or 0


def _on(desk: Desk) -> ColumnElement[bool]:
    companies = ReplyTemplate.organization_id.in_(list(desk.companies))
    return or_(ReplyTemplate.organization_id.is_(None), companies) if desk.office else companies
