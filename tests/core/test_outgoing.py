"""Calls to other people's servers, against real sockets."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from factories.interfaces import receiver

from app.core import outgoing
from app.core.outgoing import Call, NotSent, post


def call(url, *, private_allowed=True):
    return post(Call(url, {"Content-Type": "application/json"}, b"{}", private_allowed))


@contextmanager
def listening(speak):
    """A bare server that does `speak(connection)` with whoever comes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            speak(connection)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.close()


def test_the_status_of_the_answer_is_returned():
    with receiver(status=204) as here:
        assert call(here.url) == 204
    assert here.got[0][1] == b"{}"


def test_a_redirect_is_not_followed():
    with receiver() as inside, receiver(status=302, location=inside.url) as here:
        assert call(here.url) == 302
    assert inside.got == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", "not_https"),
        ("https://127.0.0.1/", "not_public"),
        ("https://localhost/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://169.254.169.254/latest", "not_public"),
        ("https://nowhere.invalid/", "unknown_host"),
        ("file:///etc/passwd", "not_https"),
    ],
)
def test_nothing_is_sent_into_ones_own_network(url, reason):
    with pytest.raises(NotSent) as failure:
        call(url, private_allowed=False)
    assert failure.value.reason == reason


def test_a_name_with_one_address_inside_is_refused_whatever_the_others(monkeypatch):
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in ("8.8.8.8", "10.0.0.1")
    ]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(NotSent, match="not_public"):
        call("https://hooks.example.com/", private_allowed=False)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    """A name that is looked up twice could answer differently the second time."""
    asked = []

    def once(host, *_, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    with receiver() as here:
        port = here.url.split(":")[2].split("/")[0]
        monkeypatch.setattr(outgoing.socket, "getaddrinfo", once)
        with pytest.raises(NotSent):
            call("https://rebinding.example/", private_allowed=False)
        assert asked == ["rebinding.example"]
        monkeypatch.undo()
        monkeypatch.setattr(outgoing, "_resolved", lambda *_, **__: "127.0.0.1")
        assert call(f"http://hooks.example.com:{port}/") == 200
    assert here.got[0][0]["Host"] == f"hooks.example.com:{port}"


def test_nobody_listening_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="refused"):
        call(f"http://127.0.0.1:{port}/")


def test_a_certificate_nobody_vouches_for_is_not_trusted():
    with receiver() as here, pytest.raises(NotSent, match="tls"):
        call(here.url.replace("http://", "https://"))


def test_a_server_that_drips_is_cut_off_in_time(monkeypatch):
    monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.6)

    def drip(connection):
        connection.recv(65536)
        for letter in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
            connection.sendall(bytes([letter]))
            time.sleep(0.05)

    started = time.monotonic()
    with listening(drip) as url, pytest.raises(NotSent, match="timeout"):
        call(url)
    assert time.monotonic() - started < 3


def test_a_server_that_says_nothing_is_a_timeout(monkeypatch):
    monkeypatch.setattr(outgoing, "CONNECT_SECONDS", 0.3)
    with listening(lambda _: time.sleep(2)) as url, pytest.raises(NotSent, match="timeout"):
        call(url)


def test_an_answer_that_is_no_http_is_refused():
    def babble(connection):
        connection.recv(65536)
        connection.sendall(b"\x00\x01nonsense\r\n\r\n")

    with listening(babble) as url, pytest.raises(NotSent, match="refused"):
        call(url)
