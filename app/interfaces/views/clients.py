"""Clients: who is let in, with which key, and what they reported."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.rules.states import State
from app.core.access.door import here, requires
from app.core.config import Config
from app.core.web.refused_form import show_in_form
from app.interfaces.actions import clients as actions
from app.interfaces.api.callers import OPEN_READING
from app.interfaces.forms import ClientForm
from app.interfaces.permissions import MANAGE_INTERFACES
from app.interfaces.queries import clients, requests, webhooks
from app.interfaces.rules.clients import Reading
from app.interfaces.rules.georeport import ROOT as API_ROOT
from app.interfaces.views.room import ROOT, blueprint, client_page, known_client
from app.kit.phones import local_phone
from app.kit.refusal import Refusal


@blueprint.get(ROOT)
@requires(MANAGE_INTERFACES)
def index() -> str:
    """Clients, newest first, and where programs find the interface."""
    before = request.args.get("before", type=UUID)
    rows = clients.clients(here().community.id, before)
    page, more = rows[: clients.PAGE], rows[clients.PAGE :]
    return render_template(
        "interfaces/index.html",
        clients=page,
        older=page[-1].id if more else None,
        first_page=before is None,
        api_url=_api_url(),
        openapi_url=_base() + url_for("description.openapi"),
        open_reading=bool(requests.choices_of(here().community.id).get(OPEN_READING, False)),
        Reading=Reading,
    )


@blueprint.route(f"{ROOT}new", methods=["GET", "POST"])
@requires(MANAGE_INTERFACES)
def add() -> ResponseReturnValue:
    """Let a program in; its key is shown in the answer and never again."""
    form: Any = ClientForm()
    status = 200
    if form.validate_on_submit():
        try:
            client_id, key = actions.add_client(
                here().community.id,
                form.name.data,
                Reading(form.reading.data),
                made_by=here().signed_in.account_id,
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
        else:
            return _shown_once(client_id, key), 201
    elif form.is_submitted():
        status = 422
    return render_template("interfaces/new.html", form=form), status


@blueprint.get(f"{ROOT}<uuid:client_id>")
@requires(MANAGE_INTERFACES)
def client(client_id: UUID) -> str:
    """One client: its key, its addresses, what it reported."""
    row = known_client(client_id)
    before = request.args.get("before", type=UUID)
    found = clients.reports_of(here().community.id, client_id, before)
    page, more = found[: clients.PAGE], found[clients.PAGE :]
    return render_template(
        "interfaces/client.html",
        client=row,
        reading=Reading(row.reading),
        webhooks=webhooks.webhooks_of(here().community.id, client_id),
        reports=page,
        older=page[-1].id if more else None,
        first_page=before is None,
        local_phone=local_phone,
        State=State,
    )


@blueprint.post(f"{ROOT}<uuid:client_id>/key")
@requires(MANAGE_INTERFACES)
def renew_key(client_id: UUID) -> ResponseReturnValue:
    """A new key, shown once; the old one ends at this moment."""
    key = actions.renew_key(here().community.id, client_id)
    return _shown_once(client_id, key), 201


@blueprint.post(f"{ROOT}<uuid:client_id>/revoke")
@requires(MANAGE_INTERFACES)
def revoke(client_id: UUID) -> ResponseReturnValue:
    """Let a program in no more."""
    name = actions.revoke(here().community.id, client_id)
    flash(f"已停用“{name}”，它的密钥马上失效，推送也停止了。", "done")
    return redirect(client_page(client_id))


def _shown_once(client_id: UUID, key: str) -> str:
    return render_template(
        "interfaces/secret.html",
        heading="密钥",
        secret=key,
        hint="放在请求头 X-Api-Key 里。请现在就交给对接方，并提醒他们妥善保管。",
        next_url=client_page(client_id),
        api_url=_api_url(),
    )


def _api_url() -> str:
    return _base() + API_ROOT.format(community=here().community.code)


def _base() -> str:
    config: Config = current_app.extensions["gongzhi.config"]
    return config.base_url
