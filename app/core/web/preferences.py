"""Preferences of the browser, with or without an account."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request
from flask.typing import ResponseReturnValue

from app.core.access.door import requires
from app.core.access.permissions import PUBLIC
from app.core.config import Config
from app.core.web.shell import LARGE_TYPE_COOKIE

blueprint = Blueprint("preferences", __name__)
A_YEAR = 365 * 86400


@blueprint.post("/preferences/type-size")
@requires(PUBLIC)
def type_size() -> ResponseReturnValue:
    """Switch large type (大字版) on or off and come back to the page."""
    config: Config = current_app.extensions["gongzhi.config"]
    large = request.cookies.get(LARGE_TYPE_COOKIE) == "1"
    response = redirect(local_path(request.referrer) or "/")
    response.set_cookie(
        LARGE_TYPE_COOKIE,
        "0" if large else "1",
        max_age=A_YEAR,
        secure=config.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


def local_path(address: str | None) -> str | None:
    """The path of an address on this host; None for anything else (no open redirects)."""
    if not address:
        return None
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != request.host:
        return None
    if not parts.path.startswith("/") or parts.path.startswith(("//", "/\\")):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
