"""Calls to other people's servers: only public addresses, no redirects, limited time.

A name is looked up once; the connection goes to exactly the address that was checked, so that a
name cannot point elsewhere a moment later.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.kit.addresses import is_public

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 10.0
_PORTS = {"https": 443, "http": 80}


class NotSent(Exception):  # noqa: N818 - says what became of the call
    """Nothing was answered; the reason is a stable word for a log people read."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Call:
    """A POST with a JSON body. `private_allowed`: also http and addresses of one's own network."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    private_allowed: bool = False


def post(call: Call) -> int:
    """Send and return the status of the answer, whose body is not read.

    Raises NotSent with `not_public`, `not_https`, `unknown_host`, `timeout`, `tls` or `refused`.
    """
    parts = urlsplit(call.url)
    if parts.scheme not in _PORTS or (parts.scheme == "http" and not call.private_allowed):
        raise NotSent("not_https")
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    address = _resolved(host, port, private_allowed=call.private_allowed)
    connection = _Pinned(host, port, address, tls=parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    late = threading.Event()
    timer = threading.Timer(WHOLE_SECONDS, _cut, (connection, late))
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", path, body=call.body, headers=dict(call.headers))
        status = connection.getresponse().status
    except TimeoutError:
        raise NotSent("timeout") from None
    except ssl.SSLError:
        raise NotSent("timeout" if late.is_set() else "tls") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotSent("timeout" if late.is_set() else "refused") from None
    finally:
        timer.cancel()
        connection.close()
    if late.is_set():
        raise NotSent("timeout")
    return status


def _resolved(host: str, port: int, *, private_allowed: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent("unknown_host") from None
    addresses = [str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found]
    if not private_allowed and not all(is_public(ipaddress.ip_address(one)) for one in addresses):
        raise NotSent("not_public")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, speaking as to the host of that name."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.default_port = _PORTS["https" if tls else "http"]
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """Connect to the checked address; TLS is checked against the name."""
        plain = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        self.sock = plain
        if self._tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            connection.close()
