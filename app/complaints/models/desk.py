"""What the desk keeps for itself: rules of dispatch, templates of replies, saved filters."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules.dispatching import Days
from app.core.db import TenantModel, one_of, tenant_reference


class DispatchRule(TenantModel):
    """派单规则: category × place × time → who is responsible. Empty means any.

    The first in the order of `position` that fits decides. No organization: the community itself.
    Minutes count from 00:00 in Beijing; `from_minute` after `to_minute` runs over midnight.
    """

    __tablename__ = "complaint_dispatch_rule"
    __table_args__ = (
        tenant_reference("compound_id", "compound"),
        tenant_reference("building_id", "building"),
        tenant_reference("organization_id", "organization"),
        one_of("days", Days),
        CheckConstraint(
            "(from_minute IS NULL) = (to_minute IS NULL)"
            " AND from_minute BETWEEN 0 AND 1440 AND to_minute BETWEEN 0 AND 1440",
            name="minutes_of_a_day",
        ),
        UniqueConstraint("community_id", "position"),
    )

    position: Mapped[int]
    category_group: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    category: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    compound_id: Mapped[UUID | None]
    building_id: Mapped[UUID | None]
    days: Mapped[str] = mapped_column(Text, server_default=sql("'any'"))
    from_minute: Mapped[int | None] = mapped_column(SmallInteger)
    to_minute: Mapped[int | None] = mapped_column(SmallInteger)
    organization_id: Mapped[UUID | None]


class ReplyTemplate(TenantModel):
    """常用答复: of a company, or without one of the community's office."""

    __tablename__ = "complaint_reply_template"
    __table_args__ = (
        tenant_reference("organization_id", "organization"),
        Index("ix_complaint_reply_template_owner", "community_id", "organization_id", "id"),
    )

    organization_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class SavedFilter(TenantModel):
    """常用视图: a filter of the queue one person keeps under a name."""

    __tablename__ = "complaint_saved_filter"
    __table_args__ = (UniqueConstraint("community_id", "account_id", "name"),)

    account_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
