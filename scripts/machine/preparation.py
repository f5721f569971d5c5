"""Roles, migrations and the demo world: done when something changed, skipped otherwise."""

import functools
import hashlib
import json
import sys
from pathlib import Path

from machine import database
from machine.instance import Instance
from machine.keys import write_private
from machine.locations import PROJECT
from machine.progress import say
from machine.running import run_step

WATCHED = ("app", "migrations", "wsgi.py")
STAMP = "prepared.json"


def unchanged(instance: Instance) -> bool:
    """Whether the database was prepared for exactly these sources, as far as files can tell."""
    known = _read(instance.place.home / STAMP)
    return known.get("sources") == _digest(instance.addresses.owner)


def prepare(instance: Instance) -> tuple[str, bool]:
    """Bring the database up to date; the table of demo log-ins, and whether anything was new."""
    stamp = instance.place.home / STAMP
    sources = _digest(instance.addresses.owner)
    known = _read(stamp)
    base = instance.settings["BASE_URL"]
    at = database.state(instance.addresses.owner)
    if at and known.get("sources") == sources and known.get("at") == at:
        return known["log_ins"].replace(known["base"], base), False
    say("建立数据库和角色…")
    instance.prepare_database()
    log = instance.place.logs / "prepare.log"
    _flask(instance, log, "db", "upgrade", app="app.migrations", doing="更新数据库结构")
    _flask(instance, log, "demo", "load", "--quiet", doing="载入演示数据")
    log_ins = _flask(instance, log, "demo", "logins", doing="列出演示账号")
    at = database.state(instance.addresses.owner)
    done = {"sources": sources, "at": at, "log_ins": log_ins, "base": base}
    write_private(stamp, json.dumps(done))
    return log_ins, True


def _flask(instance: Instance, log: Path, *arguments: str, doing: str, app: str = "wsgi") -> str:
    return run_step(
        [sys.executable, "-m", "flask", "--app", app, *arguments],
        doing=doing,
        failed=f"{doing}失败",
        log=log,
        environment=instance.environment,
    )


def _read(stamp: Path) -> dict[str, str]:
    try:
        return dict(json.loads(stamp.read_text()))
    except (OSError, ValueError):
        return {}


@functools.cache
def _digest(address: str) -> str:
    digest = hashlib.sha256(address.encode())
    for name in WATCHED:
        source = PROJECT / name
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(str(file.relative_to(PROJECT)).encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
