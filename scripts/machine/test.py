"""`./scripts/test`: the whole suite against its own servers and a real browser."""

import os
import subprocess
import sys

from machine import frontend, locks, packages
from machine.locations import PLACE_BYTES, PROJECT, Place, place_for, require_space
from machine.progress import Stopped, say, watch_signals

Compiling = subprocess.Popen[bytes]
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
ALREADY = "这个目录的测试已经在运行；请等它结束后再试。"

# Tests of one group share costly fixtures and so one process; groups begin in the order of
# tests/conftest.py. One process more than the processors of a small machine: many tests wait for a
# browser, a server or a clock.
PARALLEL = ("-n", "3", "--dist", "loadgroup", "--no-loadscope-reorder")


def main(arguments: list[str]) -> int:
    """Set up, run pytest with the given arguments, stop the servers, return pytest's status."""
    watch_signals()
    place = place_for("test")
    locks.hold(place.lock, ALREADY)
    require_space(place.home.parent, PLACE_BYTES)
    packages.enter(".venv-test", packages.DEVELOPMENT)
    compiling = _compile(arguments)
    try:
        return _run(place, arguments)
    finally:
        if compiling:
            compiling.kill()


def _run(place: Place, arguments: list[str]) -> int:
    frontend.build()
    from machine import browser, processes  # noqa: PLC0415 - need the packages installed above
    from machine.instance import Instance, recover, running  # noqa: PLC0415
    from machine.postgres import FAST_AND_CARELESS  # noqa: PLC0415

    chromium = browser.ensure()
    recover(place)
    place.remove()
    place.make()
    instance = Instance(
        place,
        mode="test",
        extra={"CHROMIUM_PATH": chromium, "DEMO": "1"},
        server_settings=FAST_AND_CARELESS,
    )
    with running(instance):
        say("启动测试用的数据库和队列…")
        instance.start_stores()
        instance.prepare_database()
        marks = {processes.INSTANCE: str(place.home), processes.PROGRAM: "pytest"}
        nested = {packages.PRESET: sys.prefix}
        say("运行测试…")
        return _pytest(arguments, instance.environment | marks | nested)


def _compile(arguments: list[str]) -> Compiling | None:
    """In a new checkout, begin to compile what the tests import while the rest is set up.

    Otherwise each of the processes does all of it for itself.
    """
    if arguments or next((PROJECT / "tests").glob("__pycache__/*.pyc"), None):
        return None
    allowed = {name: value for name, value in os.environ.items() if name != NO_BYTECODE}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--numprocesses", "0"],
        cwd=PROJECT,
        env=allowed,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    from machine.processes import end_tree  # noqa: PLC0415 - needs psutil

    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *PARALLEL, *arguments], cwd=PROJECT, env=environment
    )
    try:
        return process.wait()
    except Stopped:
        end_tree(process.pid, grace=10)
        raise
