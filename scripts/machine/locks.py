"""Locks between commands of one checkout; the kernel drops them when a process dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine.locations import PROJECT
from machine.progress import Problem, say

HANDED_OVER = "GONGZHI_LOCK"
YES, NO = True, False


def hold(path: Path, refusal: str) -> None:
    """Take a lock until this process ends, also across exec; refuse when it is taken."""
    handed = os.environ.pop(HANDED_OVER, "")
    if handed:
        os.set_inheritable(int(handed), NO)
        _HELD.append(int(handed))
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Problem(refusal) from None
    _HELD.append(descriptor)


def hand_over() -> None:
    """Keep the lock for the program that replaces this one."""
    for descriptor in _HELD:
        os.set_inheritable(descriptor, YES)
        os.environ[HANDED_OVER] = str(descriptor)


@contextmanager
def setting_up() -> Iterator[None]:
    """Let only one command at a time install packages or build the front end."""
    folder = PROJECT / "var"
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder / "setup.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个命令正在准备环境，等它完成…")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


_HELD: list[int] = []
