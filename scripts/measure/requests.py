"""Requests as a browser would send them: with the person's cookie and the CSRF token."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from app.core.access.door import ACCOUNT_KEY

HOST = "127.0.0.1"
BOUNDARY = "measured"


@dataclass(frozen=True)
class Prepared:
    """One request, ready to be sent, and the status that means success."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: tuple[bytes, ...] = ()
    status: int = 200

    @property
    def content(self) -> bytes:
        """The body in one piece; the pieces of many requests may be the same."""
        return b"".join(self.body)

    def raw(self, path: str | None = None) -> bytes:
        """The bytes on the wire."""
        lines = [f"{self.method} {path or self.path} HTTP/1.1", f"Host: {HOST}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        content = self.content
        if content:
            lines.append(f"Content-Length: {len(content)}")
        return "\r\n".join([*lines, "", ""]).encode() + content


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
            body=(urlencode({**values, "csrf_token": self.csrf_token}).encode(),),
            status=status,
        )

    def post_with_file(self, path: str, values: dict[str, str], name: str, data: bytes) -> Prepared:
        """A form sent with one file in the field `name`."""
        fields = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in {**values, "csrf_token": self.csrf_token}.items()
        )
        file = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        return Prepared(
            path,
            method="POST",
            headers={
                "Cookie": self.cookie,
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            },
            body=((fields + file).encode(), data, f"\r\n--{BOUNDARY}--\r\n".encode()),
            status=302,
        )


def sign_in(app: Flask, token: str, account_id: str) -> SignedIn:
    """What a browser holds after log-in; the session row itself is in the world."""
    with app.test_request_context():
        session.update({"_user_id": token, "_fresh": True, ACCOUNT_KEY: account_id})
        csrf_token = generate_csrf()
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        value = serializer.dumps(dict(session)) if serializer else ""
    return SignedIn(f"{app.config['SESSION_COOKIE_NAME']}={value}", csrf_token)
