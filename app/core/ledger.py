"""What a transaction leaves behind besides its rows: audit entries and outbox messages.

Both are collected while the work runs and written by ONE statement just before the commit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.orm import Session, scoped_session

from app.core.prepared import Prepared
from app.core.session import DirectSession
from app.core.tenancy import PLATFORM_ID, current_scope
from app.kit.ids import new_id

_WRITE = text("""
WITH entries AS (
    INSERT INTO audit_entry
        (community_id, id, event, actor_id, subject_id, details, request_id)
    SELECT community_id, id, event, actor_id, subject_id, details, request_id
    FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS entry
        (community_id int, id uuid, event text, actor_id uuid, subject_id text,
         details jsonb, request_id text)
)
INSERT INTO outbox_message (community_id, id, kind, payload)
SELECT community_id, id, kind, payload
FROM jsonb_to_recordset(CAST(:messages AS jsonb)) AS message
    (community_id int, id uuid, kind text, payload jsonb)
""")
_WRITING = Prepared(_WRITE)
_as_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(slots=True)
class Ledger:
    """Entries and messages of the running transaction."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)


def ledger_of(session: scoped_session[Any] | Session) -> Ledger:
    """The ledger of this session's transaction."""
    ledger: Ledger | None = session.info.get("ledger")
    if ledger is None:
        ledger = session.info["ledger"] = Ledger()
    return ledger


def add_entry(
    session: scoped_session[Any] | Session,
    *,
    event_name: str,
    actor_id: UUID | None,
    subject_id: str | None,
    details: dict[str, Any],
    request_id: str | None,
) -> None:
    """Collect one audit entry for the community (or the platform) of the scope."""
    ledger_of(session).entries.append(
        {
            "community_id": _home(),
            "id": str(new_id()),
            "event": event_name,
            "actor_id": str(actor_id) if actor_id else None,
            "subject_id": subject_id,
            "details": details,
            "request_id": request_id,
        }
    )


def add_message(
    session: scoped_session[Any] | Session,
    *,
    kind: str,
    payload: dict[str, Any],
    community_id: int | None = None,
) -> UUID:
    """Collect one outbox message, for the community of the scope unless one is given."""
    message_id = new_id()
    home = _home() if community_id is None else community_id
    ledger_of(session).messages.append(
        {"community_id": home, "id": str(message_id), "kind": kind, "payload": payload}
    )
    return message_id


def write_ledger(session: DirectSession) -> None:
    """Write what was collected, in one statement, inside the transaction about to commit."""
    session.flush()
    ledger: Ledger | None = session.info.pop("ledger", None)
    if ledger and (ledger.entries or ledger.messages):
        _WRITING.row(
            {
                "entries": _as_json(ledger.entries),
                "messages": _as_json(ledger.messages),
            },
            session,
        )


def _home() -> int:
    community_id = current_scope().community_id
    return PLATFORM_ID if community_id is None else community_id


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("ledger", None)
