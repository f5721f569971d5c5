"""The process manager (supervisor): its configuration, its start, its answers, its end.

It signals only the parent of each program and gives it time; programs of the product stop first,
then the servers they use.
"""

import contextlib
import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Mapping
from pathlib import Path

from supervisor.xmlrpc import SupervisorTransport

from machine.keys import write_private
from machine.locations import SCRIPTS, Place
from machine.processes import INSTANCE, PROGRAM, SUPERVISOR
from machine.programs import Program
from machine.progress import Problem

SECTION = """
[program:{name}]
command={command}
autostart={autostart}
autorestart=true
startsecs={settled}
startretries=8
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_seconds}
stopasgroup=false
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=3
"""
HEAD = """[supervisord]
nodaemon=true
silent=true
logfile={home}/logs/supervisor.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile={home}/supervisor.pid
childlogdir={home}/logs
{user}

[unix_http_server]
file={sockets}/supervisor.sock
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[group:stores]
programs={stores}
priority=1
"""
GROUP = "\n[group:programs]\nprograms={names}\npriority=2\n"

WITHOUT_WAITING = False
# A program of the product that lives this long has read its settings and reached its servers.
SETTLED = 4


class Supervisor:
    """One running process manager of one place."""

    def __init__(self, place: Place, programs: Iterable[Program]) -> None:
        self._place = place
        self._programs = {program.name: program for program in programs}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it with the stores; the product's programs wait for `launch`."""
        configuration = self._place.home / "supervisor.conf"
        write_private(configuration, self._configuration())
        (self._place.sockets / "supervisor.sock").unlink(missing_ok=True)
        marked = dict(environment) | {INSTANCE: str(self._place.home), PROGRAM: SUPERVISOR}
        with (self._place.logs / "supervisor.out").open("wb") as out:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, str(SCRIPTS), "supervise"),
                    *(str(configuration), str(os.getpid())),
                ],
                cwd=self._place.home,
                env=marked,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_for_answer()

    def launch(self, names: Iterable[str]) -> None:
        """Start programs without waiting for them."""
        for name in names:
            self._call("startProcess", self._full_name(name), WITHOUT_WAITING)

    def alive(self) -> bool:
        """Whether the process manager itself still runs."""
        return self._process is not None and self._process.poll() is None

    def states(self) -> dict[str, tuple[str, int]]:
        """State and pid of every program."""
        infos = self._call("getAllProcessInfo")
        if not isinstance(infos, list):
            return {}
        return {info["name"]: (info["statename"], info["pid"]) for info in infos}

    def stop(self) -> None:
        """Stop everything in order and wait for the end."""
        if self._process is None:
            return
        if self.alive():
            self._process.terminate()
        seconds = 10 + sum(program.stop_seconds for program in self._programs.values())
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        if self.alive():
            self._process.kill()
            self._process.wait()
        self._process = None

    def log_of(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._place.logs / f"{name}.log"

    def _full_name(self, name: str) -> str:
        return f"{'stores' if self._programs[name].store else 'programs'}:{name}"

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + 20
        while self.alive() and time.monotonic() < deadline:
            if self._call("getState") is not None:
                return
            time.sleep(0.03)
        last = (self._place.logs / "supervisor.out").read_text(errors="replace").strip()
        raise Problem(f"进程管理器没有启动：{last or '没有回应'}")

    def _call(self, method: str, *arguments: object) -> object:
        transport = SupervisorTransport(None, None, f"unix://{self._place.sockets}/supervisor.sock")
        server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport)
        try:
            return getattr(server.supervisor, method)(*arguments)
        except (OSError, xmlrpc.client.Error):
            return None
        finally:
            transport.close()

    def _configuration(self) -> str:
        stores = [name for name, program in self._programs.items() if program.store]
        others = [name for name in self._programs if name not in stores]
        head = HEAD if stores else HEAD[: HEAD.index("[group:stores]")]
        text = head.format(
            home=_escaped(self._place.home),
            sockets=_escaped(self._place.sockets),
            user="user=root" if os.geteuid() == 0 else "",
            stores=",".join(stores),
        )
        if others:
            text += GROUP.format(names=",".join(others))
        return text + "".join(map(self._section, self._programs.values()))

    def _section(self, program: Program) -> str:
        parts = (sys.executable, SCRIPTS, "launch", self._place.home, program.name)
        return SECTION.format(
            name=program.name,
            program=program,
            settled=1 if program.store else SETTLED,
            command=" ".join(f'"{_escaped(part)}"' for part in parts),
            autostart="true" if program.store else "false",
            log=_escaped(self.log_of(program.name)),
        )


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")
