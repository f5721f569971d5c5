"""CSRF: every request that changes something carries the token of its session."""

from __future__ import annotations

import hmac
import secrets
import time

from flask import Flask, g, request, session
from flask_wtf import CSRFProtect
from itsdangerous import BadData, SignatureExpired

from app.core.web.signatures import KeptSerializer

FIELD = "csrf_token"
SALT = "wtf-csrf-token"


class Forgery(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's guard, with its token and its rules; the keys are derived once."""

    def init_app(self, app: Flask) -> None:
        """Guard every route, and give templates `csrf_token()`."""
        super().init_app(app)
        self._serializer = KeptSerializer(app.secret_key, salt=SALT)
        self._seconds: int = app.config["WTF_CSRF_TIME_LIMIT"]
        self._methods: frozenset[str] = frozenset(app.config["WTF_CSRF_METHODS"])
        app.jinja_env.globals[FIELD] = self.token
        self._exempt: dict[str, bool] = {}

    def token(self) -> str:
        """The token of this answer."""
        token: str | None = g.get(FIELD)
        if token is None:
            secret = session.get(FIELD)
            if secret is None:
                secret = session[FIELD] = secrets.token_hex(20)
            token = g.csrf_token = self._serializer.dumps(secret)
        return token

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 - as declared
        """Refuse a request that was not sent from one of our own pages."""
        if request.method not in self._methods:
            return
        if apply_exemptions and self._lets_pass(request.endpoint):
            return
        token = self._get_csrf_token()
        secret = session.get(FIELD)
        if not token or not secret:
            self._error_response("The CSRF token is missing.")
        try:
            value, signed_at = self._serializer.loads(
                token, max_age=self._seconds, return_timestamp=True
            )
        except SignatureExpired:
            self._error_response("The CSRF token has expired.")
        except BadData:
            self._error_response("The CSRF token is invalid.")
        if not hmac.compare_digest(secret, value):
            self._error_response("The CSRF tokens do not match.")
        g.csrf_valid = True
        if time.time() - signed_at.timestamp() < self._seconds / 2:
            g.csrf_token = token

    def _lets_pass(self, endpoint: str | None) -> bool:
        """Whether there is no view, or one that asks for something else than the token."""
        if endpoint is None:
            return True
        if endpoint not in self._exempt:
            self._exempt[endpoint] = self._is_exempt()
        return self._exempt[endpoint]
