"""Giving a program a key, another key, or none."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, update

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.interfaces.models import ApiClient
from app.interfaces.queries import clients
from app.interfaces.rules.clients import Reading, hint_of, key_digest, new_key
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound

USE_NOTED_EVERY = timedelta(hours=1)


def add_client(
    community_id: int, name: str, reading: Reading, *, made_by: UUID
) -> tuple[UUID, str]:
    """Let a program in; returns its id and its key, which nobody can look up again.

    Raises Invalid when a live client has this name.
    """
    if clients.live_name_taken(community_id, name):
        sentence = "已经有一个同名的对接方。请换个名称，或者先停用原来的。"
        raise Invalid(sentence, errors={"name": sentence})
    key = new_key()
    row = ApiClient(
        community_id=community_id,
        id=new_id(),
        name=name,
        reading=reading.value,
        key_digest=key_digest(key),
        key_hint=hint_of(key),
        key_made_at=now(),
        made_by=made_by,
    )
    db.session.add(row)
    db.session.flush()
    record(AuditEvent.API_CLIENT_ADDED, row.id, reading=reading.value)
    return row.id, key


def renew_key(community_id: int, client_id: UUID) -> str:
    """A new key instead of the old one, which is worth nothing from now on."""
    row = _live(community_id, client_id)
    key = new_key()
    row.key_digest, row.key_hint, row.key_made_at = key_digest(key), hint_of(key), now()
    record(AuditEvent.API_KEY_RENEWED, client_id)
    return key


def revoke(community_id: int, client_id: UUID) -> str:
    """Let a program in no more; returns its name. What it reported stays."""
    row = _live(community_id, client_id)
    row.revoked_at = now()
    record(AuditEvent.API_CLIENT_REVOKED, client_id)
    return row.name


def note_use(community_id: int, client_id: UUID) -> None:
    """Remember that a key is in use, at most once an hour."""
    moment = now()
    db.session.execute(
        update(ApiClient)
        .where(
            ApiClient.community_id == community_id,
            ApiClient.id == client_id,
            or_(
                ApiClient.last_used_at.is_(None),
                ApiClient.last_used_at < moment - USE_NOTED_EVERY,
            ),
        )
        .values(last_used_at=moment)
        .execution_options(synchronize_session=False)
    )


def _live(community_id: int, client_id: UUID) -> ApiClient:
    row = clients.client(community_id, client_id)
    if row is None:
        raise NotFound
    if row.revoked_at is not None:
        raise Conflict("这个对接方已经停用了。需要的话，请重新添加一个。")
    return row
