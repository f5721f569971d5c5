"""Signed-in devices: begun at log-in, ended by their owner."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, bindparam, func, insert, update

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.prepared import Prepared
from app.kit.ids import new_id
from app.kit.refusal import NotFound
from app.people.models import LoginSession
from app.people.rules import RESIDENT_SESSION, STAFF_SESSION

_SEE = Prepared(
    update(LoginSession)
    .where(
        LoginSession.id == bindparam("session_id"),
        LoginSession.last_seen_at < func.now() - bindparam("longest_idle", type_=Interval),
    )
    .values(last_seen_at=func.now())
)


@dataclass(frozen=True, slots=True)
class Started:
    """A device just signed in: the token goes into its cookie and is kept nowhere else."""

    account_id: UUID
    token: str


def token_digest(token: str) -> bytes:
    """What is kept of a session token."""
    return hashlib.sha256(token.encode()).digest()


def start_session(account_id: UUID, device: str, way: str) -> Started:
    """Sign a device in under a token of its own."""
    started = Started(account_id, secrets.token_urlsafe(32))
    db.session.execute(
        insert(LoginSession).values(
            id=new_id(),
            account_id=account_id,
            token_digest=token_digest(started.token),
            device=device,
            expires_at=func.now() + RESIDENT_SESSION,
        )
    )
    record(AuditEvent.SIGNED_IN, account_id, actor_id=account_id, way=way)
    return started


def note_second_factor(session_id: UUID) -> None:
    """The device has given a second factor; from now on it is signed out sooner."""
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id)
        .values(
            second_factor_at=func.now(),
            expires_at=func.least(LoginSession.expires_at, func.now() + STAFF_SESSION),
        )
    )


def note_seen(session_id: UUID, longest_idle: timedelta) -> None:
    """Note that the device was used just now, unless somebody noted it a moment ago."""
    _SEE.row({"session_id": session_id, "longest_idle": longest_idle})


def sign_out(account_id: UUID, session_id: UUID) -> None:
    """End one device.

    Raises NotFound when it is not a live device of this account.
    """
    ended = db.session.scalar(
        update(LoginSession)
        .where(
            LoginSession.id == session_id,
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(LoginSession.id)
    )
    if ended is None:
        raise NotFound
    record(AuditEvent.SIGNED_OUT, account_id, actor_id=account_id)


def sign_out_everywhere(account_id: UUID, *, except_session: UUID | None = None) -> None:
    """End all devices of an account, perhaps but one."""
    wanted = update(LoginSession).where(
        LoginSession.account_id == account_id, LoginSession.ended_at.is_(None)
    )
    if except_session is not None:
        wanted = wanted.where(LoginSession.id != except_session)
    db.session.execute(wanted.values(ended_at=func.now()))
    record(AuditEvent.SIGNED_OUT_EVERYWHERE, account_id, actor_id=account_id)
