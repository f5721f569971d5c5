"""Addresses that are told, and the log of what was sent to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, and_, cast, delete, exists, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from app.communities.rules import LOG_KEPT_DAYS
from app.core.db import db
from app.interfaces.models import ApiClient, Webhook, WebhookAttempt, WebhookDelivery
from app.interfaces.rules.webhooks import DeliveryState
from app.kit.ids import first_id

PAGE = 30
_AT_ONCE = 10_000


def webhook(community_id: int, webhook_id: UUID, *, locked: bool = False) -> Any:
    """An address with its client: Webhook, ApiClient."""
    wanted = (
        select(Webhook, ApiClient)
        .join(ApiClient, _of_client())
        .where(Webhook.community_id == community_id, Webhook.id == webhook_id)
        .execution_options(populate_existing=True)
    )
    if locked:
        wanted = wanted.with_for_update(of=Webhook)
    return db.session.execute(wanted).one_or_none()


def webhooks_of(community_id: int, client_id: UUID) -> Sequence[Webhook]:
    """The addresses of a client, oldest first."""
    return db.session.scalars(
        select(Webhook)
        .where(Webhook.community_id == community_id, Webhook.client_id == client_id)
        .order_by(Webhook.id)
    ).all()


def listening(community_id: int, event: str) -> Sequence[Any]:
    """Live addresses that want this event, with their clients: Webhook, ApiClient."""
    return db.session.execute(
        select(Webhook, ApiClient)
        .join(ApiClient, _of_client())
        .where(
            Webhook.community_id == community_id,
            Webhook.paused_at.is_(None),
            ApiClient.revoked_at.is_(None),
            Webhook.events.contains([event]),
        )
        .order_by(Webhook.id)
    ).all()


def delivery(community_id: int, delivery_id: UUID) -> WebhookDelivery | None:
    """One delivery."""
    return db.session.get(WebhookDelivery, (community_id, delivery_id))


def delivery_to_try(community_id: int, delivery_id: UUID) -> WebhookDelivery | None:
    """The delivery, to be tried in this transaction and in no other at the same time."""
    return db.session.scalar(
        select(WebhookDelivery)
        .where(WebhookDelivery.community_id == community_id, WebhookDelivery.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def deliveries_of(community_id: int, webhook_id: UUID, before: UUID | None) -> Sequence[Any]:
    """A page (and one more) of the log, newest first."""
    wanted = select(WebhookDelivery).where(
        WebhookDelivery.community_id == community_id, WebhookDelivery.webhook_id == webhook_id
    )
    if before is not None:
        wanted = wanted.where(WebhookDelivery.id < before)
    return db.session.scalars(wanted.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)).all()


def attempts_of(community_id: int, delivery_ids: Iterable[UUID]) -> Sequence[WebhookAttempt]:
    """All attempts at these deliveries, oldest first, in one statement."""
    return db.session.scalars(
        select(WebhookAttempt)
        .where(
            WebhookAttempt.community_id == community_id,
            WebhookAttempt.delivery_id.in_(list(delivery_ids)),
        )
        .order_by(WebhookAttempt.id)
    ).all()


def sealed_secrets(community_id: int, after: UUID | None, limit: int) -> Sequence[Webhook]:
    """Addresses with their sealed secrets, in batches, for a change of keys."""
    wanted = select(Webhook).where(Webhook.community_id == community_id)
    if after is not None:
        wanted = wanted.where(Webhook.id > after)
    return db.session.scalars(wanted.order_by(Webhook.id).limit(limit).with_for_update()).all()


def due_messages(kind: str) -> Select[Any]:
    """For the sweep: a message for each delivery whose next attempt is due.

    The message's id is made of delivery and attempt, so that the same one cannot be left twice
    while it waits.
    """
    key = func.concat(
        cast(WebhookDelivery.id, String),
        ":",
        WebhookDelivery.attempts,
        ":",
        func.extract("epoch", WebhookDelivery.next_attempt_at),
    )
    return (
        select(
            WebhookDelivery.community_id,
            cast(func.md5(key), postgresql.UUID(as_uuid=True)),
            func.text(kind),
            func.jsonb_build_object(
                "delivery_id", WebhookDelivery.id, "attempt", WebhookDelivery.attempts
            ),
        )
        .where(WebhookDelivery.next_attempt_at <= func.now())
        .order_by(WebhookDelivery.next_attempt_at)
        .limit(_AT_ONCE)
    )


def old_logs(kind: str, moment: datetime) -> Select[Any]:
    """For the sweep: a message, one a day, for each community with deliveries that may go."""
    day = f"{moment:%Y-%m-%d}"
    key = func.concat(WebhookDelivery.community_id, ":", kind, ":", day)
    return (
        select(
            WebhookDelivery.community_id,
            cast(func.md5(key), postgresql.UUID(as_uuid=True)),
            func.text(kind),
            func.jsonb_build_object("day", day),
        )
        .where(
            WebhookDelivery.id < first_id(moment - timedelta(days=LOG_KEPT_DAYS)),
            WebhookDelivery.next_attempt_at.is_(None),
        )
        .group_by(WebhookDelivery.community_id)
    )


def remove_before(community_id: int, moment: datetime, limit: int) -> int:
    """Remove up to `limit` ended deliveries made before a moment, with their attempts.

    Ids are made in the order of time (UUIDv7). Returns how many are gone.
    """
    again = aliased(WebhookDelivery)
    chosen = db.session.scalars(
        select(WebhookDelivery.id)
        .where(
            WebhookDelivery.community_id == community_id,
            WebhookDelivery.id < first_id(moment),
            WebhookDelivery.created_at < moment,
            WebhookDelivery.state != DeliveryState.WAITING.value,
            ~exists().where(
                again.community_id == community_id, again.replay_of == WebhookDelivery.id
            ),
            ~exists().where(
                WebhookAttempt.community_id == community_id,
                WebhookAttempt.delivery_id == WebhookDelivery.id,
                WebhookAttempt.created_at >= moment,
            ),
        )
        .order_by(WebhookDelivery.id)
        .limit(limit)
    ).all()
    for model, column in (
        (WebhookAttempt, WebhookAttempt.delivery_id),
        (WebhookDelivery, WebhookDelivery.id),
    ):
        db.session.execute(
            delete(model).where(model.community_id == community_id, column.in_(chosen)),
            execution_options={"synchronize_session": False},
        )
    return len(chosen)


def _of_client() -> Any:
    return and_(ApiClient.community_id == Webhook.community_id, ApiClient.id == Webhook.client_id)
