"""Request ids, security headers and the Content-Security-Policy with its nonce."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from app.core.config import Config
from app.kit.ids import new_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REQUEST_ID = re.compile(r"\A[A-Za-z0-9-]{8,64}\Z")
_POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'; "
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
    app.wsgi_app = _adding(always, app.wsgi_app)  # type: ignore[method-assign, assignment]

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.match(given) else str(new_id())

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            headers.add("Content-Security-Policy", _policy())
        if "Cache-Control" not in headers:
            headers.add("Cache-Control", "no-store")
        headers.add("X-Request-ID", g.get("request_id", ""))
        return response


def _policy() -> str:
    nonce = g.get("csp_nonce")
    return _POLICY.format(nonce=f" 'nonce-{nonce}'" if nonce else "")


def _adding(always: tuple[tuple[str, str], ...], answer: WSGIApplication) -> WSGIApplication:
    """Headers that are the same for every answer, where they cost least: at the way out."""

    def answering(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            return start_response(status, [*headers, *always], *failure)

        return answer(environ, start)

    return answering
