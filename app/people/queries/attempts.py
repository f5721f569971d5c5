"""Counting attempts: each is counted BEFORE it is judged, in one statement that locks its row.

So guesses made at the same moment queue behind each other and none of them is free.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select, update

from app.core.db import db
from app.people.models import Account, SmsCode
from app.people.rules import CODE_TRIES, LOCKED_FOR, MOST_FAILURES, CodePurpose


def count_password_attempt(phone: str) -> Any:
    """Count a guess; None when there is no such account or it is locked."""
    return db.session.execute(
        update(Account)
        .where(
            Account.phone == phone,
            or_(Account.locked_until.is_(None), Account.locked_until <= func.now()),
        )
        .values(
            failed_attempts=case(
                (Account.locked_until.is_not(None), 1), else_=Account.failed_attempts + 1
            ),
            locked_until=case(
                (
                    and_(
                        Account.locked_until.is_(None),
                        Account.failed_attempts + 1 >= MOST_FAILURES,
                    ),
                    func.now() + LOCKED_FOR,
                ),
                else_=None,
            ),
        )
        .returning(Account.id, Account.password_hash, Account.locked_until)
    ).one_or_none()


def forgive_password_attempts(account_id: UUID, password_hash: str | None = None) -> None:
    """The password was right: nothing remains of the guesses before it."""
    values: dict[str, Any] = {"failed_attempts": 0, "locked_until": None}
    if password_hash is not None:
        values["password_hash"] = password_hash
    db.session.execute(update(Account).where(Account.id == account_id).values(values))


def count_second_factor_attempt(account_id: UUID) -> Any:
    """Count a guess of the second factor; None while it is locked or not enrolled."""
    failures, locked = Account.second_factor_failures, Account.second_factor_locked_until
    return db.session.execute(
        update(Account)
        .where(
            Account.id == account_id,
            Account.totp_enrolled_at.is_not(None),
            or_(locked.is_(None), locked <= func.now()),
        )
        .values(
            second_factor_failures=case((locked.is_not(None), 1), else_=failures + 1),
            second_factor_locked_until=case(
                (
                    and_(locked.is_(None), failures + 1 >= MOST_FAILURES),
                    func.now() + LOCKED_FOR,
                ),
                else_=None,
            ),
        )
        .returning(Account.totp_secret, Account.totp_last_step, locked)
    ).one_or_none()


def spend_step(account_id: UUID, step: int) -> None:
    """The second factor was right: its time step and all before it are used up."""
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(totp_last_step=step, second_factor_failures=0, second_factor_locked_until=None)
    )


def count_code_attempt(phone: str, purpose: CodePurpose) -> Any:
    """Count a guess of the newest texted code; None when it is used, too old or guessed out."""
    newest = (
        select(SmsCode.id)
        .where(SmsCode.phone == phone, SmsCode.purpose == purpose)
        .order_by(SmsCode.created_at.desc(), SmsCode.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return db.session.execute(
        update(SmsCode)
        .where(
            SmsCode.id == newest,
            SmsCode.used_at.is_(None),
            SmsCode.expires_at > func.now(),
            SmsCode.attempts < CODE_TRIES,
        )
        .values(attempts=SmsCode.attempts + 1)
        .returning(SmsCode.id, SmsCode.code_digest)
    ).one_or_none()


def spend_code(code_id: UUID) -> None:
    """A code serves once."""
    db.session.execute(update(SmsCode).where(SmsCode.id == code_id).values(used_at=func.now()))
