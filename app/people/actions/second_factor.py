"""The second factor: a time-based code (TOTP, RFC 6238) from the person's own telephone."""

from __future__ import annotations

import hmac
import time
from uuid import UUID

import pyotp
from flask import current_app
from sqlalchemy import func, update

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.config import Config
from app.core.db import db
from app.kit.phones import mask_phone
from app.kit.sealing import FieldCipher
from app.people import queries
from app.people.actions.sessions import note_second_factor
from app.people.models import Account
from app.people.queries import attempts
from app.people.rules import TOTP_SECONDS, totp_steps

ISSUER = "共治"


def new_secret() -> str:
    """A fresh secret, sealed: it may wait in the browser until the first code proves it."""
    return _cipher().encrypt(pyotp.random_base32())


def readable_secret(sealed: str) -> str:
    """The secret to type into an authenticator by hand."""
    return _cipher().decrypt(sealed)


def enrolment_address(sealed: str, phone: str) -> str:
    """What the square code says to an authenticator."""
    return pyotp.TOTP(_cipher().decrypt(sealed)).provisioning_uri(
        name=mask_phone(phone), issuer_name=ISSUER
    )


def enroll(account_id: UUID, session_id: UUID, sealed: str, code: str) -> bool:
    """Keep the secret if the code shows that the telephone has it."""
    step = _step_of(sealed, code, after=None)
    if step is None:
        return False
    keep_secret(account_id, sealed)
    attempts.spend_step(account_id, step)
    note_second_factor(session_id)
    return True


def keep_secret(account_id: UUID, sealed: str) -> None:
    """Make this secret the account's second factor."""
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(totp_secret=sealed, totp_enrolled_at=func.now(), totp_last_step=None)
    )
    record(AuditEvent.SECOND_FACTOR_ENROLLED, account_id, actor_id=account_id)


def pass_second_factor(account_id: UUID, session_id: UUID, code: str) -> bool:
    """Judge a code. The attempt is counted, so the caller must let the transaction commit.

    A code serves once: its time step and all before it are used up.
    """
    attempt = attempts.count_second_factor_attempt(account_id)
    step = _step_of(attempt.totp_secret, code, after=attempt.totp_last_step) if attempt else None
    if attempt is None or step is None:
        locked = attempt is None or attempt.second_factor_locked_until is not None
        record(AuditEvent.SECOND_FACTOR_FAILED, account_id, actor_id=account_id, locked=locked)
        return False
    attempts.spend_step(account_id, step)
    note_second_factor(session_id)
    record(AuditEvent.SECOND_FACTOR_PASSED, account_id, actor_id=account_id)
    return True


def usable_code(sealed: str, last_step: int | None) -> str | None:
    """A code that would pass now; for the demo world, which shows it beside the field."""
    totp = pyotp.TOTP(_cipher().decrypt(sealed))
    for step in totp_steps(time.time()):
        if last_step is None or step > last_step:
            return totp.at(step * TOTP_SECONDS)
    return None


def forget_second_factor(account_id: UUID) -> None:
    """The telephone is lost: the person enrols again at the next log-in."""
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(totp_secret=None, totp_enrolled_at=None, totp_last_step=None)
    )


def rotate_secrets(batch: int = 500) -> int:
    """Seal all secrets with the newest key; returns how many were still under an older one."""
    cipher, changed, after = _cipher(), 0, None
    while rows := queries.sealed_secrets(after, batch):
        for row in rows:
            if row.totp_secret is not None and not cipher.is_current(row.totp_secret):
                row.totp_secret = cipher.rotate(row.totp_secret)
                changed += 1
        db.session.flush()
        after = rows[-1].id
    return changed


def _step_of(sealed: str, code: str, after: int | None) -> int | None:
    totp = pyotp.TOTP(_cipher().decrypt(sealed))
    for step in totp_steps(time.time()):
        fresh = after is None or step > after
        if fresh and hmac.compare_digest(totp.at(step * TOTP_SECONDS), code):
            return step
    return None


def _cipher() -> FieldCipher:
    config: Config = current_app.extensions["gongzhi.config"]
    return FieldCipher(config.field_keys)
