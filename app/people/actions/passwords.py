"""Signing in by password and changing it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.passwords import check_password, hash_password, needs_rehash, verify_password
from app.kit.refusal import Invalid
from app.people import queries
from app.people.actions.sessions import Started, sign_out_everywhere, start_session
from app.people.models import Account
from app.people.queries import attempts

_NOBODYS = hash_password("nobody signs in with this sentence")


def sign_in_by_password(phone: str, password: str, device: str) -> Started | None:
    """Sign in, or None: unknown number, wrong password and locked account all look the same.

    The failure is counted and noted, so the caller must let the transaction commit.
    """
    account_id = prove_password(phone, password)
    return start_session(account_id, device, way="password") if account_id else None


def prove_password(phone: str, password: str) -> UUID | None:
    """Whose password this is; a guess is counted before it is judged, a wrong one noted."""
    attempt = attempts.count_password_attempt(phone)
    known_hash = attempt.password_hash if attempt is not None else None
    right = verify_password(known_hash or _NOBODYS, password)
    if attempt is None or known_hash is None or not right:
        _note_failure(phone, attempt.locked_until is not None if attempt else False)
        return None
    fresh = hash_password(password) if needs_rehash(known_hash) else None
    attempts.forgive_password_attempts(attempt.id, fresh)
    account_id: UUID = attempt.id
    return account_id


def change_password(account_id: UUID, current: str, new: str, session_id: UUID) -> None:
    """Set another password and sign the other devices out.

    Raises Invalid when the current password is wrong (a session that proved the number by a code
    may set a first password without one) or the new one is too easy to guess.
    """
    account = queries.account(account_id)
    if account.password_hash is not None:
        if not verify_password(account.password_hash, current):
            raise Invalid("现在的密码不对。", errors={"current": "现在的密码不对，请再输一次。"})
        if verify_password(account.password_hash, new):
            raise Invalid("新密码和现在的一样。", errors={"password": "新密码要和现在的不同。"})
    set_password(account_id, new, account.phone)
    sign_out_everywhere(account_id, except_session=session_id)


def set_password(account_id: UUID, password: str, phone: str) -> None:
    """Keep the digest of a password that passes the rules."""
    check_password(password, phone)
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(password_hash=hash_password(password), failed_attempts=0, locked_until=None)
    )
    record(AuditEvent.PASSWORD_CHANGED, account_id, actor_id=account_id)


def _note_failure(phone: str, just_locked: bool) -> None:  # noqa: FBT001 - private
    account = queries.account_by_phone(phone)
    subject = account.id if account else None
    record(AuditEvent.SIGN_IN_FAILED, subject, way="password")
    if just_locked:
        record(AuditEvent.ACCOUNT_LOCKED, subject)
