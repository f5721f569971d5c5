"""事件推送: which events there are, how a message is signed, when a failed one is tried again.

Signatures follow the Standard Webhooks specification 1.0 (HMAC-SHA256 over id, time and body), so
receivers can check them with its public libraries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from app.complaints.rules.deadlines import Level
from app.complaints.rules.states import Happening, State
from app.kit.addresses import is_public
from app.kit.refusal import Invalid

SECRET_PREFIX = "whsec_"  # noqa: S105 - marks a secret, is none
SECRET_BYTES = 32
LONGEST_URL = 500
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""Waiting times after each failed attempt; after the last the delivery has failed."""
LONGEST_HOLD = timedelta(minutes=15)
_GONE = 410
_OK = range(200, 300)
_HOST = re.compile(r"\A((?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
"""A full name; its last part begins with a letter, so that no spelling of a number is one."""


class Event(StrEnum):
    """What a receiver can ask to be told."""

    CREATED = "complaint.created"
    UPDATED = "complaint.updated"
    REOPENED = "complaint.reopened"
    OVERDUE = "complaint.overdue"
    ESCALATED = "complaint.escalated"
    CLOSED = "complaint.closed"

    @property
    def label(self) -> str:
        """The event in plain words."""
        return _EVENTS[self]


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """The state in plain words."""
        return _STATES[self][0]

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return _STATES[self][1]


_REOPENING = {Happening.REOPENED, Happening.DISPUTED, Happening.FOUND_UNSOLVED}
_EVENTS = {
    Event.CREATED: "收到新诉求",
    Event.UPDATED: "有新进展",
    Event.REOPENED: "退回重办",
    Event.OVERDUE: "超过期限",
    Event.ESCALATED: "超期后提醒到社区或街道",
    Event.CLOSED: "办结或不予受理",
}
_STATES = {
    DeliveryState.WAITING: ("等待送达", "due"),
    DeliveryState.DELIVERED: ("已送达", "done"),
    DeliveryState.FAILED: ("没有送达", "late"),
    DeliveryState.DROPPED: ("已取消", "quiet"),
}


def event_for(happening: Happening, state: State, level: int | None = None) -> Event:
    """The event a line of the time line is told as. A merged case goes on with the other one.

    `level`: whom a late step was escalated to; the first one is told at the moment it is late.
    """
    if happening is Happening.FILED:
        return Event.CREATED
    if happening is Happening.ESCALATED:
        return Event.OVERDUE if level == Level.MANAGER else Event.ESCALATED
    if happening in _REOPENING:
        return Event.REOPENED
    if state is State.MERGED:
        return Event.UPDATED
    return Event.CLOSED if state.ended else Event.UPDATED


def new_secret() -> str:
    """A fresh signing secret in the form the specification gives it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def signed_headers(secret: str, message_id: str, moment: datetime, body: str) -> Mapping[str, str]:
    """The three headers by which a receiver knows the sender, the time and the message."""
    timestamp = str(int(moment.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    content = f"{message_id}.{timestamp}.{body}".encode()
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode("ascii")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def delivered(status: int | None) -> bool:
    """Whether an answer means that the message arrived. Redirects are not followed."""
    return status in _OK


def ends_webhook(status: int | None) -> bool:
    """410 Gone: the receiver asks not to be called any more."""
    return status == _GONE


def next_attempt(attempts: int, moment: datetime) -> datetime | None:
    """When to try again after this many failed attempts; None: given up."""
    return moment + DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def hold_until(attempts: int, moment: datetime) -> datetime:
    """How long the other messages to an address that does not answer are held back."""
    return moment + min(DELAYS[min(attempts, len(DELAYS)) - 1], LONGEST_HOLD)


def check_url(url: str, *, private_allowed: bool) -> str:
    """The address as it is kept. Raises Invalid with what is wrong.

    The address is looked at once more, with what its name stands for, before each delivery.
    """
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError:
        raise _bad_url("这不是一个网址，请核对后再填。") from None
    if parts.scheme != "https" and not (private_allowed and parts.scheme == "http"):
        raise _bad_url("推送地址必须以 https:// 开头。")
    if parts.username or parts.password:
        raise _bad_url("网址里不能带用户名和密码。")
    if len(url) > LONGEST_URL or not host or not url.isascii() or re.search(r"[\s\\]", url.strip()):
        raise _bad_url("这不是一个网址，请核对后再填。")
    if not private_allowed and not _reachable_host(host):
        raise _bad_url("推送地址必须在公网上，不能是内网地址。")
    if not private_allowed and port not in {None, 443, 8443}:
        raise _bad_url("推送地址只能用 443 或 8443 端口。")
    return parts._replace(fragment="").geturl()


def _reachable_host(host: str) -> bool:
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return bool(_HOST.match(host.lower()))


def _bad_url(sentence: str) -> Invalid:
    return Invalid(sentence, errors={"url": sentence})
