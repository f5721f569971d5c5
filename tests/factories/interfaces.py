"""Programs as tests need them: a client with its key, a receiver that listens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

from sqlalchemy import select

from app.communities.models import CommunitySettings
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.interfaces.actions.clients import add_client
from app.interfaces.actions.webhooks import add_webhook
from app.interfaces.models import WebhookAttempt, WebhookDelivery
from app.interfaces.rules.clients import Reading
from app.interfaces.rules.webhooks import Event


@dataclass(frozen=True)
class Program:
    """A client of a community, as the program itself knows it."""

    id: UUID
    key: str


@dataclass
class Receiver:
    """Somebody else's server: what it got, and what it answers."""

    url: str = ""
    status: int = 200
    location: str | None = None
    got: list[tuple[dict, bytes]] = field(default_factory=list)

    @property
    def messages(self):
        return [json.loads(body) for _, body in self.got]


def program(world, street, reading=Reading.OWN, name="12345 热线平台") -> Program:
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return Program(*add_client(street.community.id, name, reading, made_by=street.office.id))


def webhook(world, street, client, url, events=tuple(Event)):
    """An address of a client; returns its id and the signing secret."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return add_webhook(street.community.id, client.id, url, events, made_by=street.office.id)


def open_reading(world, street):
    """Let programs without a key read the progress."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        db.session.add(
            CommunitySettings(community_id=street.community.id, choices={"open311_public": True})
        )


def rows(world, street, model):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        found = db.session.scalars(
            select(model).where(model.community_id == street.community.id).order_by(model.id)
        ).all()
        db.session.expunge_all()
        return found


def deliveries(world, street):
    return rows(world, street, WebhookDelivery)


def attempts(world, street):
    return rows(world, street, WebhookAttempt)


@contextmanager
def receiver(**values):
    """A receiver on this machine, on a port of its own."""
    here = Receiver(**values)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.got.append((dict(self.headers), body))
            self.send_response(here.status)
            if here.location:
                self.send_header("Location", here.location)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    here.url = f"http://127.0.0.1:{server.server_port}/hook?from=gongzhi"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def expected_signature(secret: str, headers: dict, body: bytes) -> str:
    """The signature a receiver computes, after the Standard Webhooks text."""
    lower = {name.lower(): value for name, value in headers.items()}
    signed = f"{lower['webhook-id']}.{lower['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
