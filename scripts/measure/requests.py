"""Requests as a browser would send them: with the person's cookie and the CSRF token."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from app.core.access.door import ACCOUNT_KEY

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Prepared:
    """One request, ready to be sent, and the status that means success."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 200

    def raw(self, path: str | None = None) -> bytes:
        """The bytes on the wire."""
        lines = [f"{self.method} {path or self.path} HTTP/1.1", f"Host: {HOST}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class SignedIn:
    """A person's cookie and a CSRF token that goes with it."""

    cookie: str
    csrf_token: str

    def get(self, path: str, status: int = 200) -> Prepared:
        """A page asked for."""
        return Prepared(path, headers={"Cookie": self.cookie}, status=status)

    def post(self, path: str, values: dict[str, str], status: int = 302) -> Prepared:
        """A form sent."""
        return Prepared(
            path,
            method="POST",
            headers={
                "Cookie": self.cookie,
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body=urlencode({**values, "csrf_token": self.csrf_token}).encode(),
            status=status,
        )


def sign_in(app: Flask, token: str, account_id: str) -> SignedIn:
    """What a browser holds after log-in; the session row itself is in the world."""
    with app.test_request_context():
        session.update({"_user_id": token, "_fresh": True, ACCOUNT_KEY: account_id})
        csrf_token = generate_csrf()
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        value = serializer.dumps(dict(session)) if serializer else ""
    return SignedIn(f"{app.config['SESSION_COOKIE_NAME']}={value}", csrf_token)
