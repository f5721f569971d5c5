"""Finds and ends what an earlier run left behind, and nothing else.

A process belongs to a place when its environment carries the place's mark, or when it is one of
the embedded servers working inside the place's folder (both overwrite their environment).
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

INSTANCE = "GONGZHI_INSTANCE"
PROGRAM = "GONGZHI_PROGRAM"
SUPERVISOR = "supervisor"
SERVERS = {"postgres": "postgres", "valkey-server": "valkey"}


def members(home: Path) -> dict[str, list[psutil.Process]]:
    """Running processes of a place by program; this process and its ancestors excepted."""
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        if process.pid not in spared and (program := _program_of(process, home)):
            found.setdefault(program, []).append(process)
    return found


def end_leftovers(home: Path) -> bool:
    """Stop everything an earlier run of this place left running; False when there was nothing."""
    found = members(home)
    if not found:
        return False
    supervisors = found.get(SUPERVISOR, [])
    _signal(supervisors, signal.SIGTERM)
    _wait(supervisors, 30)
    rest = members(home)
    servers = [p for name in SERVERS.values() for p in rest.get(name, [])]
    _end([p for name, group in rest.items() for p in group if p not in servers], grace=3)
    _end(servers, grace=20)
    return True


def end_earlier_run(home: Path, program: str) -> None:
    """Before a program starts again: end the children its killed predecessor left behind."""
    _end(members(home).get(program, []), grace=3)


def forget_dead_postgres(home: Path, sockets: Path) -> None:
    """Drop lock files whose process is gone: its number may belong to a stranger by now."""
    if "postgres" not in members(home):
        for lock in (home / "postgres" / "data" / "postmaster.pid", *(sockets / "pg").iterdir()):
            lock.unlink(missing_ok=True)


def end_tree(pid: int, grace: float) -> None:
    """End a process and all its descendants."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        _end([*process.children(recursive=True), process], grace)


def _program_of(process: psutil.Process, home: Path) -> str | None:
    with contextlib.suppress(psutil.Error, OSError):
        environment = process.environ()
        if environment.get(INSTANCE) == str(home):
            return environment.get(PROGRAM, SUPERVISOR)
    with contextlib.suppress(psutil.Error, OSError):
        name = SERVERS.get(Path(process.exe()).name)
        if name and home in Path(process.cwd()).parents:
            return name
    return None


def _end(processes: list[psutil.Process], grace: float) -> None:
    # SIGINT asks PostgreSQL for a fast shutdown; its children leave with it.
    names = {process: _name(process) for process in processes}
    _signal((p for p, name in names.items() if name == "postgres"), signal.SIGINT)
    _signal((p for p, name in names.items() if name != "postgres"), signal.SIGTERM)
    _wait(processes, grace)
    _signal(processes, signal.SIGKILL)
    _wait(processes, 5)


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return process.name()
    return ""


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)


def _wait(processes: list[psutil.Process], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(_alive(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)


def _alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
