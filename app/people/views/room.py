"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.config import Config
from app.core.web.forms import Form
from app.core.web.preferences import local_path
from app.people.rules import device_name

blueprint = Blueprint("people", __name__)
DEMO_CODE = "demo_code"
DEMO_LOGINS = "gongzhi.demo_logins"
"""The demo world leaves its log-ins here for the log-in page."""


def config() -> Config:
    """The configuration of this process."""
    found: Config = current_app.extensions["gongzhi.config"]
    return found


def device() -> str:
    """A short name for the browser that asks."""
    return device_name(request.user_agent.string)


def wanted() -> str | None:
    """Where to go afterwards: a path on this host, or nowhere in particular."""
    return local_path(request.args.get("next"))


def go_on(fallback: str = "people.home") -> ResponseReturnValue:
    """To where the person was heading."""
    return redirect(wanted() or url_for(fallback))


def signed_in() -> bool:
    """Whether somebody is signed in."""
    return bool(current_user.is_authenticated)


def show_errors(form: Form, sentence: str, errors: Mapping[str, str] | None = None) -> None:
    """Put a refusal's words beside the fields they concern, else above the form."""
    left = dict(errors or {})
    for field in form:
        if field.name in left:
            field.errors = [*field.errors, left.pop(field.name)]
    if not form.errors:
        form.form_errors.append(sentence)


def offer_demo_code(code: str) -> None:
    """Keep a code where the demo world may show it; never elsewhere."""
    if config().demo:
        session[DEMO_CODE] = code
