"""Signing with the account: the person at the screen proves once more that it is them."""

from __future__ import annotations

from uuid import UUID

from app.people import queries
from app.people.actions.codes import prove_phone, send_code
from app.people.actions.passwords import prove_password


def signs_with_password(account_id: UUID) -> bool:
    """Whether this account signs with its password; one without signs with a texted code."""
    return queries.account(account_id).password_hash is not None


def send_signing_code(account_id: UUID) -> str:
    """Text a code to the account's own number. It is returned only for the demo world."""
    return send_code(queries.account(account_id).phone)


def prove_signer(account_id: UUID, given: str) -> bool:
    """Whether this is the account's password, or the newest code where there is none.

    A wrong guess is counted and noted, so the caller must let the transaction commit.
    """
    account = queries.account(account_id)
    if account.password_hash is None:
        return prove_phone(account.phone, given)
    return prove_password(account.phone, given) == account_id
