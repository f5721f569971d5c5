"""The load generator: keep-alive connections that send prepared requests as fast as answered.

Runs as a process of its own, prints JSON:
`python -m measure.load PORT REQUESTS.pickle CONNECTIONS`.
"""

from __future__ import annotations

import json
import pickle
import selectors
import socket
import sys
import time
from collections import Counter
from pathlib import Path

END_OF_HEAD = b"\r\n\r\n"


class Conversation:
    """One keep-alive connection and the request it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._sent_at = 0.0

    def send(self, request: bytes) -> None:
        """Send the next request."""
        self._buffer = b""
        self._sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, float] | None:
        """Status and seconds once the whole answer is here."""
        arrived = self.socket.recv(262_144)
        if not arrived:
            raise ConnectionError("the server closed a connection")
        self._buffer += arrived
        head, found, body = self._buffer.partition(END_OF_HEAD)
        if not found or len(body) < _length(head):
            return None
        return int(head[9:12]), time.perf_counter() - self._sent_at


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise ValueError("an answer without content-length")


def fire(port: int, requests: list[bytes], connections: int) -> dict[str, object]:
    """Send every request once; returns seconds in all, latencies and statuses."""
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    open_conversations = 0
    started = time.perf_counter()
    for _ in range(min(connections, len(requests))):
        conversation = Conversation(port)
        selector.register(conversation.socket, selectors.EVENT_READ, conversation)
        conversation.send(next(waiting))
        open_conversations += 1
    while open_conversations:
        for key, _ in selector.select(30):
            answer = key.data.receive()
            if answer is None:
                continue
            statuses[answer[0]] += 1
            latencies.append(answer[1])
            request = next(waiting, None)
            if request is None:
                selector.unregister(key.fileobj)
                open_conversations -= 1
            else:
                key.data.send(request)
    return {
        "seconds": time.perf_counter() - started,
        "latencies": latencies,
        "statuses": dict(statuses),
    }


if __name__ == "__main__":
    prepared = pickle.loads(Path(sys.argv[2]).read_bytes())  # noqa: S301 - our own file
    json.dump(fire(int(sys.argv[1]), prepared, int(sys.argv[3])), sys.stdout)
