"""Who is asking: a program with a key, or without one."""

from __future__ import annotations

import hashlib

from flask import request
from flask_limiter.util import get_remote_address

from app.core.access.door import here
from app.interfaces.actions.clients import note_use
from app.interfaces.models import ApiClient
from app.interfaces.queries import clients, requests
from app.interfaces.queries.requests import Extent
from app.interfaces.rules.clients import Reading, key_digest
from app.kit.refusal import Refusal

KEY_HEADER = "X-Api-Key"
KEY_FIELD = "api_key"
OPEN_READING = "open311_public"


class KeyMissing(Refusal):
    """No key, or one that is not (or no longer) valid here."""

    status = 403
    code = "key_missing"
    sentence = "缺少密钥，或者密钥在这个社区无效。密钥由社区工作人员在“开放接口”里发放。"


def given_key() -> str:
    """The key as it was sent: header first, then the standard's own field."""
    values = request.form if request.method == "POST" else request.args
    return (request.headers.get(KEY_HEADER) or values.get(KEY_FIELD) or "").strip()


def by_caller() -> str:
    """Count by key, else by address. Nothing is read from the database here."""
    key = given_key()
    if not key:
        return f"address:{get_remote_address()}"
    return f"key:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def caller() -> ApiClient | None:
    """The client of the key that was sent; None without one. Raises KeyMissing when it is wrong."""
    key = given_key()
    if not key:
        return None
    found = clients.client_by_digest(here().community.id, key_digest(key))
    if found is None:
        raise KeyMissing
    note_use(here().community.id, found.id)
    return found


def caller_with_key() -> ApiClient:
    """The client; raises KeyMissing when no valid key was sent."""
    found = caller()
    if found is None:
        raise KeyMissing
    return found


def reading_extent() -> Extent:
    """What the caller may read; without a key only where the community opened that."""
    found = caller()
    if found is not None:
        return Extent(found.id, own_only=found.reading == Reading.OWN)
    if not requests.choices_of(here().community.id).get(OPEN_READING, False):
        raise KeyMissing
    return Extent(None, own_only=False)
