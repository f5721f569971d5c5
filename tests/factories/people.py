"""Accounts with a password and a second factor, and what a person does to sign in."""

from __future__ import annotations

import re
import secrets
import time

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import func, update

from app.core.db import db
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.kit.passwords import hash_password
from app.kit.sealing import FieldCipher
from app.people.models import Account

PASSWORD = "correct horse battery"
_HASH = hash_password(PASSWORD)


def with_password(world, person, *, secret: str | None = None):
    """Give a person a password, and a second factor when a secret is given."""
    values = {"password_hash": _HASH}
    if secret:
        sealed = FieldCipher(world.config.field_keys).encrypt(secret)
        values |= {"totp_secret": sealed, "totp_enrolled_at": func.now()}
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        db.session.execute(update(Account).where(Account.id == person.id).values(values))
    return person


def change(world, person, **values) -> None:
    """Set columns of an account."""
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        db.session.execute(update(Account).where(Account.id == person.id).values(values))


def account(world, person) -> Account:
    """The account's row."""
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        row = db.session.get_one(Account, person.id)
        db.session.expunge(row)
        return row


def sign_in(client: FlaskClient, phone: str, password: str = PASSWORD, **query: str):
    """Send the log-in form."""
    return client.post("/login", query_string=query, data={"phone": phone, "password": password})


def new_phone() -> str:
    """A number nobody has."""
    return f"139{secrets.randbelow(10**8):08d}"


def ask_for_code(client: FlaskClient, phone: str) -> str:
    """Ask for a code and read it where the demo world shows it."""
    client.post("/login/sms", data={"phone": phone})
    return shown_code(client.get("/login/sms/code").text)


def shown_code(page: str) -> str:
    """The code a page of the demo world shows."""
    found = re.search(r"data-demo-code>(\d{6})<", page)
    assert found is not None
    return found[1]


def totp(secret: str, *, steps: int = 0) -> str:
    """The authenticator's code, some steps from now."""
    return pyotp.TOTP(secret).at(time.time() + steps * 30)
