"""Request ids, security headers and the Content-Security-Policy with its nonce."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, request

from app.core.config import Config
from app.kit.ids import new_id

_REQUEST_ID = re.compile(r"\A[A-Za-z0-9-]{8,64}\Z")
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), geolocation=(), microphone=()"),
)
_ENCRYPTED = (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),)


def csp_nonce() -> str:
    """The nonce of this response, made when first asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def init_headers(app: Flask, config: Config) -> None:
    """Give each request an id and each response its headers."""
    always = _ALWAYS + (_ENCRYPTED if config.secure_cookies else ())

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.match(given) else str(new_id())

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
        headers.setdefault("Cache-Control", "no-store")
        headers.extend([*always, ("X-Request-ID", g.get("request_id", ""))])
        return response
