"""Addresses that are told, and the log of what was sent there."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.interfaces.actions import webhooks as actions
from app.interfaces.forms import WebhookForm
from app.interfaces.permissions import MANAGE_INTERFACES
from app.interfaces.queries import webhooks
from app.interfaces.rules.webhooks import DeliveryState, Event
from app.interfaces.views.room import ROOT, blueprint, client_page, known_client, webhook_page
from app.kit.clock import now
from app.kit.refusal import NotFound, Refusal

SAID = {
    "not_public": "地址不在公网上",
    "not_https": "地址不是 https",
    "unknown_host": "找不到这个域名",
    "timeout": "对方没有及时回答",
    "tls": "对方的证书不可信",
    "refused": "连不上对方",
    "sealed": "签名密钥打不开，请换一个",
}


@blueprint.route(f"{ROOT}<uuid:client_id>/webhooks/new", methods=["GET", "POST"])
@requires(MANAGE_INTERFACES)
def add_webhook(client_id: UUID) -> ResponseReturnValue:
    """Tell a client at one more address; its signing secret is shown once."""
    row = known_client(client_id)
    form: Any = WebhookForm()
    if not form.is_submitted():
        form.events.data = [event.value for event in Event]
    status = 200
    if form.validate_on_submit():
        try:
            webhook_id, secret = actions.add_webhook(
                here().community.id,
                client_id,
                form.url.data,
                [Event(value) for value in form.events.data],
                made_by=here().signed_in.account_id,
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
            row = known_client(client_id)
        else:
            return _shown_once(webhook_id, secret), 201
    elif form.is_submitted():
        status = 422
    return (
        render_template(
            "interfaces/new_webhook.html", form=form, client=row, back=client_page(client_id)
        ),
        status,
    )


@blueprint.get(f"{ROOT}webhooks/<uuid:webhook_id>")
@requires(MANAGE_INTERFACES)
def webhook(webhook_id: UUID) -> str:
    """One address with its log of deliveries, newest first."""
    found = _known(webhook_id)
    before = request.args.get("before", type=UUID)
    rows = webhooks.deliveries_of(here().community.id, webhook_id, before)
    page, more = rows[: webhooks.PAGE], rows[webhooks.PAGE :]
    attempts = defaultdict(list)
    for attempt in webhooks.attempts_of(here().community.id, [row.id for row in page]):
        attempts[attempt.delivery_id].append(attempt)
    moment = now()
    held = found.Webhook.held_until
    return render_template(
        "interfaces/webhook.html",
        webhook=found.Webhook,
        client=found.ApiClient,
        events=[Event(value).label for value in found.Webhook.events],
        deliveries=[(row, attempts.get(row.id, [])) for row in page],
        older=page[-1].id if more else None,
        first_page=before is None,
        held=held if held is not None and held > moment else None,
        live=found.Webhook.paused_at is None and found.ApiClient.revoked_at is None,
        back=client_page(found.ApiClient.id),
        Event=Event,
        DeliveryState=DeliveryState,
        said=SAID,
    )


@blueprint.post(f"{ROOT}webhooks/<uuid:webhook_id>/<action>")
@requires(MANAGE_INTERFACES)
def change_webhook(webhook_id: UUID, action: str) -> ResponseReturnValue:
    """Pause, resume, or a new signing secret."""
    _known(webhook_id)
    community_id = here().community.id
    if action == "secret":
        return _shown_once(webhook_id, actions.renew_secret(community_id, webhook_id)), 201
    if action not in {"pause", "resume"}:
        raise NotFound
    actions.set_paused(community_id, webhook_id, paused=action == "pause")
    flash("已暂停推送。" if action == "pause" else "已恢复推送，新的进展会马上推送。", "done")
    return redirect(webhook_page(webhook_id))


@blueprint.post(f"{ROOT}deliveries/<uuid:delivery_id>/replay")
@requires(MANAGE_INTERFACES)
def replay(delivery_id: UUID) -> ResponseReturnValue:
    """Send a message once more."""
    webhook_id = actions.replay(here().community.id, delivery_id)
    flash("已重新排队，几秒后刷新就能看到结果。", "done")
    return redirect(webhook_page(webhook_id))


def _known(webhook_id: UUID) -> Any:
    found = webhooks.webhook(here().community.id, webhook_id)
    if found is None:
        raise NotFound
    return found


def _shown_once(webhook_id: UUID, secret: str) -> str:
    return render_template(
        "interfaces/secret.html",
        heading="签名密钥",
        secret=secret,
        hint="对接方用它核对推送是不是本系统发出的（Standard Webhooks）。请现在就交给他们。",
        next_url=webhook_page(webhook_id),
        api_url=None,
    )
