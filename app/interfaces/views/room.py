"""The blueprint and what its pages share."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for

from app.core.access.door import here
from app.core.web.shell import navigation_item
from app.interfaces.models import ApiClient
from app.interfaces.queries import clients
from app.kit.refusal import NotFound

blueprint = Blueprint("interfaces", __name__)
navigation_item("开放接口", "plug-zap", "interfaces.index", order=85)
ROOT = "/c/<community>/interfaces/"


def known_client(client_id: UUID) -> ApiClient:
    """A client of this community."""
    row = clients.client(here().community.id, client_id)
    if row is None:
        raise NotFound
    return row


def client_page(client_id: UUID) -> str:
    """The address of a client's page."""
    return url_for("interfaces.client", community=here().community.code, client_id=client_id)


def webhook_page(webhook_id: UUID) -> str:
    """The address of a webhook's page."""
    return url_for("interfaces.webhook", community=here().community.code, webhook_id=webhook_id)
