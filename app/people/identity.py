"""Glue to Flask-Login: the signed-in person of a request, loaded in one statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from app.core.access.actor import Actor, Grant
from app.core.access.door import ACCOUNT_KEY
from app.core.access.roles import Role
from app.kit.clock import now
from app.people import queries
from app.people.actions.sessions import Started, note_seen, token_digest
from app.people.rules import SEEN_EVERY


class _Sessions(LoginManager):  # type: ignore[misc]
    """Sessions live in the database; nothing is guarded by the browser's address and name."""

    session_protection = None

    def _session_protection_failed(self) -> bool:
        return False


login_manager = _Sessions()


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps as `current_user`."""

    def __init__(self, token: str, row: Any) -> None:
        self.token = token
        self.session_id: UUID = row.session_id
        self.last_seen_at: datetime = row.last_seen_at
        self.second_factor_at: datetime | None = row.second_factor_at
        self.unread: int = row.unread
        self.actor = Actor(
            account_id=row.account_id,
            name=row.name,
            grants=tuple(_grant(item) for item in row.grants),
            second_factor=row.second_factor_at is not None,
        )

    def get_id(self) -> str:
        """The token of the session row, so that ending the row signs the device out."""
        return self.token


class JustStarted(UserMixin):  # type: ignore[misc]
    """Whom Flask-Login writes into the cookie at log-in."""

    def __init__(self, started: Started) -> None:
        self.started = started

    def get_id(self) -> str:
        """The token, as SignedIn has it."""
        return self.started.token


def remember(started: Started) -> None:
    """Put a new session into the cookie; nothing of what stood there before remains."""
    session.clear()
    login_user(JustStarted(started))
    session[ACCOUNT_KEY] = str(started.account_id)
    session.permanent = True


def forget() -> None:
    """Take the session out of the cookie."""
    logout_user()
    session.clear()


def init_identity(app: Flask) -> None:
    """Let Flask-Login find people by their session."""
    login_manager.init_app(app)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in(token: str) -> SignedIn | None:
    """The person whose live session has this token, with memberships and unread count."""
    row = queries.live_session(token_digest(token))
    if row is None or str(row.account_id) != session.get(ACCOUNT_KEY):
        return None
    if now() - row.last_seen_at > SEEN_EVERY:
        note_seen(row.session_id, SEEN_EVERY)
    return SignedIn(token, row)


def _grant(item: dict[str, Any]) -> Grant:
    return Grant(
        role=Role(item["role"]),
        community_id=item["community_id"],
        region_path=item["region_path"],
        organization_id=_uuid(item["organization_id"]),
        compound_id=_uuid(item["compound_id"]),
        building_id=_uuid(item["building_id"]),
        stairwell_id=_uuid(item["stairwell_id"]),
        department_id=_uuid(item["department_id"]),
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None
