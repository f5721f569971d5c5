"""Emitting messages and declaring who handles them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.core.db import running_session
from app.core.ledger import add_message

Handler = Callable[..., None]
_handlers: dict[str, list[Handler]] = {}


def emit(kind: str, **payload: Any) -> UUID:
    """Leave a message in the outbox of this transaction. `payload` holds ids, not personal data."""
    if kind not in _handlers:
        raise LookupError(f"nobody handles {kind}")
    return add_message(running_session(), kind=kind, payload=_plain(payload))


def emit_below(community_id: int, kind: str, **payload: Any) -> UUID:
    """From a region: leave a message for a community that lies in it (row security checks that).

    It is worked off in the community's own scope, which a reviewer never has.
    """
    if kind not in _handlers:
        raise LookupError(f"nobody handles {kind}")
    return add_message(
        running_session(), kind=kind, payload=_plain(payload), community_id=community_id
    )


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Declare a job: called with the payload as keyword arguments, in one transaction.

    All handlers of a kind share that transaction, which also removes the message: their effects
    in the database happen exactly once, however often the message is delivered.
    """

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(kind, []).append(handler)
        return handler

    return register


def handlers_of(kind: str) -> tuple[Handler, ...]:
    """Everyone who handles this kind."""
    return tuple(_handlers.get(kind, ()))


def _plain(payload: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in payload.items()}
