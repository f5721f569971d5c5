"""Clients with their keys, what they reported, and what they are told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, one_of, tenant_reference
from app.interfaces.rules.clients import Reading
from app.interfaces.rules.webhooks import DeliveryState


class ApiClient(TenantModel):
    """对接方: a program of somebody else's. Of its key only a digest is kept."""

    __tablename__ = "api_client"
    __table_args__ = (
        UniqueConstraint("community_id", "key_digest"),
        Index(
            "uq_api_client_live_name",
            "community_id",
            "name",
            unique=True,
            postgresql_where=sql("revoked_at IS NULL"),
        ),
        one_of("reading", Reading),
    )

    name: Mapped[str] = mapped_column(Text)
    reading: Mapped[str] = mapped_column(Text)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary)
    key_hint: Mapped[str] = mapped_column(Text)
    key_made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ClientReport(TenantModel):
    """A complaint a client sent: its own number and its position.

    `lat`, `long`: millionths of a degree (WGS 84). Rows are never changed.
    """

    __tablename__ = "client_report"
    __table_args__ = (
        tenant_reference("client_id", "api_client"),
        tenant_reference("complaint_id", "complaint"),
        UniqueConstraint("community_id", "complaint_id"),
        UniqueConstraint("community_id", "client_id", "foreign_id"),
        CheckConstraint("(lat IS NULL) = (long IS NULL)", name="position_whole"),
        Index("ix_client_report_client", "community_id", "client_id", "id"),
    )

    client_id: Mapped[UUID]
    complaint_id: Mapped[UUID]
    foreign_id: Mapped[str | None] = mapped_column(Text)
    lat: Mapped[int | None]
    long: Mapped[int | None]


class Webhook(TenantModel):
    """推送地址: where a client is told, and of what. The signing secret is sealed.

    `held_until`: the address did not answer lately; nothing is sent before.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        tenant_reference("client_id", "api_client"),
        Index("ix_webhook_client", "community_id", "client_id", "id"),
    )

    client_id: Mapped[UUID]
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]]
    sealed_secret: Mapped[str] = mapped_column(Text)
    made_by: Mapped[UUID]
    held_until: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class WebhookDelivery(TenantModel):
    """One message to one address, written when it happened. `body` is sent as it stands here.

    `message_id` is the same for every attempt and replay, so that a receiver acts once.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        tenant_reference("webhook_id", "webhook"),
        tenant_reference("replay_of", "webhook_delivery"),
        one_of("state", DeliveryState),
        Index("ix_webhook_delivery_log", "community_id", "webhook_id", "id"),
        Index(
            "ix_webhook_delivery_due",
            "next_attempt_at",
            postgresql_where=sql("next_attempt_at IS NOT NULL"),
        ),
    )

    webhook_id: Mapped[UUID]
    message_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    next_attempt_at: Mapped[datetime | None]
    replay_of: Mapped[UUID | None]


class WebhookAttempt(TenantModel):
    """One try at a delivery: the answer's status, or why there was none."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        tenant_reference("delivery_id", "webhook_delivery"),
        Index("ix_webhook_attempt_delivery", "community_id", "delivery_id", "id"),
    )

    delivery_id: Mapped[UUID]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    milliseconds: Mapped[int]
