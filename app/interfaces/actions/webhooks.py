"""Telling programs what happened: addresses, messages, attempts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from flask import current_app

from app.communities.rules import LOG_KEPT_DAYS, Settings
from app.complaints.queries import cases
from app.complaints.rules.states import Happening, State
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.config import Config
from app.core.db import db
from app.core.outbox.messages import emit
from app.core.outgoing import Call, NotSent, post
from app.interfaces.models import ApiClient, Webhook, WebhookAttempt, WebhookDelivery
from app.interfaces.queries import clients, requests, webhooks
from app.interfaces.rules import shapes
from app.interfaces.rules.clients import Reading
from app.interfaces.rules.webhooks import (
    DeliveryState,
    Event,
    check_url,
    delivered,
    ends_webhook,
    event_for,
    hold_until,
    new_secret,
    next_attempt,
    signed_headers,
)
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, NotFound
from app.kit.sealing import FieldCipher, SealBroken

DELIVER = "webhook.deliver"
PURGE = "webhook.purge"
PURGED_AT_ONCE = 5_000
AGENT = "gongzhi-webhooks/1"
UNREADABLE_SECRET = "sealed"  # noqa: S105 - a reason in the log


def add_webhook(
    community_id: int, client_id: UUID, url: str, events: Iterable[Event], *, made_by: UUID
) -> tuple[UUID, str]:
    """Tell a client at this address from now on; returns its id and the signing secret."""
    client = clients.client(community_id, client_id)
    if client is None:
        raise NotFound
    if client.revoked_at is not None:
        raise Conflict("这个对接方已经停用了，不能再添加推送地址。")
    secret = new_secret()
    row = Webhook(
        community_id=community_id,
        id=new_id(),
        client_id=client_id,
        url=check_url(url, private_allowed=private_allowed()),
        events=[event.value for event in events],
        sealed_secret=_cipher().encrypt(secret),
        made_by=made_by,
    )
    db.session.add(row)
    db.session.flush()
    record(AuditEvent.WEBHOOK_ADDED, row.id, client=str(client_id), events=row.events)
    return row.id, secret


def renew_secret(community_id: int, webhook_id: UUID) -> str:
    """A new signing secret instead of the old one."""
    row = _locked(community_id, webhook_id).Webhook
    secret = new_secret()
    row.sealed_secret = _cipher().encrypt(secret)
    record(AuditEvent.WEBHOOK_SECRET_RENEWED, webhook_id)
    return secret


def set_paused(community_id: int, webhook_id: UUID, *, paused: bool) -> None:
    """Stop telling this address, or go on. What happens meanwhile is not told later."""
    row = _locked(community_id, webhook_id).Webhook
    if (row.paused_at is not None) is paused:
        return
    row.paused_at = now() if paused else None
    row.held_until = None
    record(AuditEvent.WEBHOOK_PAUSED if paused else AuditEvent.WEBHOOK_RESUMED, webhook_id)


def replay(community_id: int, delivery_id: UUID) -> UUID:
    """Send a message once more, as a delivery of its own; returns the webhook's id.

    Raises Conflict when the address is paused or its client revoked.
    """
    old = webhooks.delivery(community_id, delivery_id)
    if old is None:
        raise NotFound
    found = _locked(community_id, old.webhook_id)
    if found.Webhook.paused_at is not None or found.ApiClient.revoked_at is not None:
        raise Conflict("这个推送地址已经停止。请先恢复推送，再重发。")
    found.Webhook.held_until = None
    _send_later(
        found.Webhook,
        message_id=old.message_id,
        event=old.event,
        subject=old.subject,
        body=old.body,
        replay_of=old.id,
    )
    record(AuditEvent.DELIVERY_REPLAYED, delivery_id)
    return found.Webhook.id  # type: ignore[no-any-return]


def announce(community_id: int, event_id: UUID) -> int:
    """Write a message for every address that wants to know; returns how many.

    What residents cannot see (internal notes) is told to nobody. A step of a case is told of the
    cases merged into it too, each as a message of its own.
    """
    news = requests.happened(community_id, event_id)
    if news is None or not news.visible_to_resident:
        return 0
    event = event_for(Happening(news.kind), State(news.to_state), news.details.get("level"))
    listening = webhooks.listening(community_id, event.value)
    if not listening:
        return 0
    merged = [
        row.id
        for row in cases.followers_of(community_id, news.complaint_id)
        if event is not Event.CREATED
    ]
    messages = {news.complaint_id: event_id} | {one: uuid5(event_id, str(one)) for one in merged}
    return sum(
        _tell(webhook, client, complaint_id, message_id, event, news.created_at)
        for webhook, client in listening
        for complaint_id, message_id in messages.items()
    )


def deliver(community_id: int, delivery_id: UUID, attempt: int) -> None:
    """Try a delivery: at most once for each attempt, whatever is delivered to the worker twice."""
    row = webhooks.delivery_to_try(community_id, delivery_id)
    if row is None or row.state != DeliveryState.WAITING or row.attempts != attempt:
        return
    found = webhooks.webhook(community_id, row.webhook_id)
    webhook, client = found.Webhook, found.ApiClient
    if webhook.paused_at is not None or client.revoked_at is not None:
        row.state, row.next_attempt_at = DeliveryState.DROPPED.value, None
        return
    if webhook.held_until is not None and webhook.held_until > now():
        row.next_attempt_at = webhook.held_until
        return
    started = time.monotonic()
    status, reason = _try(webhook, row)
    _note_attempt(row, status, reason, round((time.monotonic() - started) * 1000))
    _move_on(row, webhook, status)


def purge_log(community_id: int) -> bool:
    """Remove ended deliveries older than the community keeps; whether more may be left.

    The database itself refuses to remove what is younger than half a year (网络安全法 21). A
    message that was sent again stays as long as what it was sent again as.
    """
    settings = Settings.from_choices(requests.choices_of(community_id))
    before = now() - timedelta(days=max(settings.open311_log_days, LOG_KEPT_DAYS))
    removed = webhooks.remove_before(community_id, before, PURGED_AT_ONCE)
    if removed:
        record(AuditEvent.DELIVERIES_PURGED, str(community_id), count=removed)
    return removed == PURGED_AT_ONCE


def rotate_secrets(community_id: int, after: UUID | None, limit: int) -> tuple[UUID | None, int]:
    """Bring a batch under the newest key; returns where to go on and how many were changed."""
    batch, cipher, changed = webhooks.sealed_secrets(community_id, after, limit), _cipher(), 0
    for row in batch:
        if not cipher.is_current(row.sealed_secret):
            row.sealed_secret = cipher.rotate(row.sealed_secret)
            changed += 1
    return (batch[-1].id if batch else None), changed


def private_allowed() -> bool:
    """Whether addresses inside one's own network are allowed: never in production."""
    config: Config = current_app.extensions["gongzhi.config"]
    return config.environment != "production"


def _tell(
    webhook: Webhook,
    client: ApiClient,
    complaint_id: UUID,
    message_id: UUID,
    event: Event,
    moment: datetime,
) -> bool:
    """Write one message, if this client may read the case."""
    extent = requests.Extent(client.id, own_only=client.reading == Reading.OWN)
    row = requests.by_id(webhook.community_id, extent, complaint_id)
    if row is None:
        return False
    data = shapes.request(row, shapes.Sight(client.id))
    _send_later(
        webhook,
        message_id=message_id,
        event=event.value,
        subject=row.short_code,
        body=_body(event, shapes.w3(moment), data),
    )
    return True


def _send_later(webhook: Webhook, **values: Any) -> None:
    row = WebhookDelivery(
        community_id=webhook.community_id,
        id=new_id(),
        webhook_id=webhook.id,
        state=DeliveryState.WAITING.value,
        attempts=0,
        **values,
    )
    db.session.add(row)
    emit(DELIVER, delivery_id=row.id, attempt=0)


def _body(event: Event, moment: str, data: Mapping[str, Any]) -> str:
    message = {"type": event.value, "timestamp": moment, "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _try(webhook: Webhook, row: WebhookDelivery) -> tuple[int | None, str | None]:
    try:
        secret = _cipher().decrypt(webhook.sealed_secret)
    except SealBroken:
        return None, UNREADABLE_SECRET
    signed = signed_headers(secret, f"msg_{row.message_id.hex}", now(), row.body)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": AGENT, **signed}
    try:
        return post(Call(webhook.url, headers, row.body.encode(), private_allowed())), None
    except NotSent as failure:
        return None, failure.reason


def _note_attempt(
    row: WebhookDelivery, status: int | None, reason: str | None, milliseconds: int
) -> None:
    db.session.add(
        WebhookAttempt(
            community_id=row.community_id,
            id=new_id(),
            delivery_id=row.id,
            status=status,
            reason=reason,
            milliseconds=milliseconds,
        )
    )


def _move_on(row: WebhookDelivery, webhook: Webhook, status: int | None) -> None:
    moment = now()
    row.attempts += 1
    row.next_attempt_at = None
    if delivered(status):
        row.state = DeliveryState.DELIVERED.value
        webhook.held_until = None
        return
    webhook.held_until = hold_until(row.attempts, moment)
    if ends_webhook(status):
        webhook.paused_at = moment
        record(AuditEvent.WEBHOOK_PAUSED, webhook.id, status=status)
    else:
        row.next_attempt_at = next_attempt(row.attempts, moment)
    if row.next_attempt_at is None:
        row.state = DeliveryState.FAILED.value


def _locked(community_id: int, webhook_id: UUID) -> Any:
    found = webhooks.webhook(community_id, webhook_id, locked=True)
    if found is None:
        raise NotFound
    return found


def _cipher() -> FieldCipher:
    config: Config = current_app.extensions["gongzhi.config"]
    return FieldCipher(config.field_keys)
