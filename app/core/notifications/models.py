"""Messages to a person inside the product."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel


class Notification(TenantModel):
    """One message to one account. `once_key` makes telling twice impossible."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("community_id", "account_id", "once_key"),
        Index("ix_notification_account", "account_id", "id"),
        Index("ix_notification_unread", "account_id", postgresql_where=text("read_at IS NULL")),
    )

    account_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    once_key: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime | None]
