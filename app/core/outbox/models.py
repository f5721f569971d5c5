"""What must happen after a commit, kept until it has happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class OutboxMessage(Model):
    """A message for the workers. Done = deleted by the job, in the transaction of its effects."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_available_at",
            "available_at",
            postgresql_where=text("dead_at IS NULL"),
        ),
        Index(
            "ix_outbox_message_dead_at",
            "dead_at",
            postgresql_where=text("dead_at IS NOT NULL"),
        ),
    )

    community_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    available_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    dispatches: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None] = mapped_column(Text)
    dead_at: Mapped[datetime | None]
