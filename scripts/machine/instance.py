"""A running set of servers and programs in one place, from recovery to a clean stop."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from machine import database, keys, postgres, valkey
from machine.locations import Place
from machine.processes import end_leftovers
from machine.programs import Program
from machine.progress import Problem, ignore_signals, say, say_if_heard
from machine.supervision import Supervisor

HEARTBEAT = 5
TAIL = 12
PATIENCE = 180
FAILED = {"BACKOFF", "EXITED", "FATAL"}
# Settings of the caller that would change what our own programs connect to or import, or have each
# of their many starts compile the whole source again.
MISLEADING = (
    *("PG", "GONGZHI_", "DATABASE_", "REDIS_", "FLASK_"),
    *("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"),
)


class Instance:
    """The servers of a place and the programs that run on them."""

    def __init__(
        self,
        place: Place,
        *,
        mode: str,
        extra: Mapping[str, str] | None = None,
        use_given: bool = False,
        server_settings: Mapping[str, str] | None = None,
    ) -> None:
        self.place = place
        self._keys = keys.load(place.home)
        given = database.given(self._keys) if use_given else None
        self._embedded_database = given is None
        self.addresses = given or database.embedded(place, self._keys)
        self._given_queue = os.environ.get("REDIS_URL", "") if use_given else ""
        self._mode = mode
        self._extra = dict(extra or {})
        self._server_settings = dict(server_settings or {})
        self._supervisor: Supervisor | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What every command of the product gets to know."""
        return self._outside() | self.settings

    @property
    def settings(self) -> dict[str, str]:
        """The settings of this instance alone."""
        folder = Path(sys.executable).parent
        admin = {"DATABASE_ADMIN_URL": self.addresses.admin} if self.addresses.admin else {}
        return (
            {
                "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
                "VIRTUAL_ENV": sys.prefix,
                "PYTHONUNBUFFERED": "1",
                "GONGZHI_ENV": self._mode,
                "DATABASE_URL": self.addresses.app,
                "DATABASE_OWNER_URL": self.addresses.owner,
                "DATABASE_SWEEP_URL": self.addresses.sweep,
                "REDIS_URL": self._given_queue or valkey.url(self.place),
                "RQ_REDIS_URL": self._given_queue or valkey.url(self.place),
                "SECRET_KEY": self._keys["SECRET_KEY"],
                "FIELD_KEYS": self._keys["FIELD_KEYS"],
                "AUDIT_KEY": self._keys["AUDIT_KEY"],
                "SIGNING_KEY": self._keys["SIGNING_KEY"],
                "FILES_DIR": str(self.place.home / "files"),
            }
            | admin
            | self._extra
        )

    def start_stores(self, programs: tuple[Program, ...] = (), early: tuple[str, ...] = ()) -> None:
        """Start the process manager with the servers; `early` programs need not wait for them."""
        every = (*self._stores(), *programs)
        self._write_run(every)
        self._supervisor = Supervisor(self.place, every)
        self._supervisor.start(self._outside())
        self.launch(*early)
        self._wait_for_stores()

    def prepare_database(self) -> None:
        """Create database, roles and rights."""
        if self._embedded_database:
            database.prepare_embedded(self.addresses, self._keys)
        else:
            database.prepare_given(self.addresses, self._keys)

    def launch(self, *names: str) -> None:
        """Start programs without waiting for them."""
        self._running().launch(names)

    def wait(self, ready: Callable[[], bool], *, what: str, watched: tuple[str, ...]) -> None:
        """Wait for a condition; give up when a watched program does, and show its last lines."""
        supervisor = self._running()
        deadline = time.monotonic() + PATIENCE
        told = time.monotonic()
        while not ready():
            states = supervisor.states()
            for name in watched:
                if states.get(name, ("", 0))[0] in FAILED:
                    raise Problem(f"{name} 没有启动起来。{self.last_lines(name)}")
            if not supervisor.alive():
                raise Problem(f"进程管理器意外退出。{self.last_lines('supervisor')}")
            if time.monotonic() > deadline:
                raise Problem(f"{what}超时。{''.join(map(self.last_lines, watched))}")
            if time.monotonic() - told > HEARTBEAT:
                say(f"{what}…")
                told = time.monotonic()
            time.sleep(0.05)

    def wait_until_settled(self, names: tuple[str, ...]) -> None:
        """Wait until the programs have been running for a while."""

        def settled() -> bool:
            states = self.states()
            return all(states.get(name, ("", 0))[0] == "RUNNING" for name in names)

        self.wait(settled, what="等待后台任务就绪", watched=names)

    def states(self) -> dict[str, tuple[str, int]]:
        """State and pid of every program."""
        return self._running().states()

    def alive(self) -> bool:
        """Whether the process manager still runs."""
        return self._supervisor is not None and self._supervisor.alive()

    def last_lines(self, name: str) -> str:
        """The end of a program's log, to be shown after a sentence."""
        log = self.place.logs / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines()[-TAIL:] if log.exists() else []
        return f"\n{name} 的日志（{log}）最后几行：\n" + "\n".join(lines) + "\n"

    def stop(self) -> None:
        """Stop programs, then servers, and leave nothing behind."""
        if self._supervisor is None:
            return
        self._supervisor.stop()
        self._supervisor = None
        end_leftovers(self.place.home)

    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise Problem("服务尚未启动。")
        return self._supervisor

    def _outside(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if not k.startswith(MISLEADING)}

    def _stores(self) -> Iterator[Program]:
        if self._embedded_database:
            postgres.create(self.place, self._keys["password:postgres"])
            yield Program(
                "postgres",
                tuple(postgres.command(self.place, self._server_settings)),
                stop_signal="INT",
                stop_seconds=60,
                store=True,
                bare=True,
            )
        if not self._given_queue:
            yield Program("valkey", tuple(valkey.command(self.place)), store=True, bare=True)

    def _write_run(self, programs: tuple[Program, ...]) -> None:
        described = {program.name: program.described() for program in programs}
        account = self.place.server_account
        if account and "postgres" in described:
            described["postgres"]["account"] = asdict(account)
        run = {
            "sockets": str(self.place.sockets),
            "programs": described,
            "environment": self.settings,
        }
        keys.write_private(self.place.home / "run.json", json.dumps(run))

    def _wait_for_stores(self) -> None:
        if self._embedded_database:
            admin = self.addresses.admin or ""
            self.wait(
                lambda: postgres.wait_until_ready(admin, 0.5),
                what="等待 PostgreSQL 启动",
                watched=("postgres",),
            )
        if self._given_queue:
            if not valkey.wait_until_ready(self._given_queue, 5):
                raise Problem("连不上 REDIS_URL 指定的 Redis，请检查地址后重试。")
        else:
            self.wait(
                lambda: valkey.wait_until_ready(valkey.url(self.place), 0.5),
                what="等待 Valkey 启动",
                watched=("valkey",),
            )


@contextlib.contextmanager
def running(instance: Instance) -> Iterator[Instance]:
    """Stop the instance at the end, whatever happens; a second Ctrl-C does not cut it short."""
    try:
        yield instance
    finally:
        ignore_signals()
        say_if_heard("正在停止全部服务…")
        instance.stop()
        say_if_heard("已全部停止。")


def recover(place: Place) -> None:
    """End what an earlier run left behind."""
    if end_leftovers(place.home):
        say("上次没有正常结束，已清理遗留的进程。")
