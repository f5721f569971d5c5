"""A whole 共治 started by `./scripts/serve`, with data of its own."""

import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
import xmlrpc.client

import pytest
from factories.patience import until
from machine.locations import PROJECT, place_for
from machine.processes import end_leftovers, members
from supervisor.xmlrpc import SupervisorTransport

FOREIGN = ("DATABASE_", "REDIS_", "RQ_", "GONGZHI_", "CHROMIUM", "PYTEST_")
PATIENCE = 300


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    """One data directory and the commands run on it."""

    def __init__(self, folder):
        self.folder = folder
        self.output = folder / "serve.out"
        self.port = free_port()
        self.process = None
        self.starts = 0
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)} | {
            "GONGZHI_DATA_DIR": str(folder),
            "GONGZHI_VENV": sys.prefix,
        }

    @functools.cached_property
    def place(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GONGZHI_DATA_DIR", str(self.folder))
            return place_for("serve")

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self):
        return json.loads((self.place.home / "run.json").read_text())["environment"]

    def serve(self, *arguments):
        """Run the command to its end: only for what ends by itself."""
        return subprocess.run(
            [str(PROJECT / "scripts" / "serve"), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self):
        self.starts += 1
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                [str(PROJECT / "scripts" / "serve"), "--port", str(self.port)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        until(lambda: self.said_ready() or self.process.poll() is not None, "ready")
        assert self.said_ready(), self.output.read_text()

    def is_open(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def said_ready(self):
        return f"\nready {self.address}\n" in self.output.read_text()

    def ready(self):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.address}/readyz", timeout=5).status == 200
        return False

    def pids(self):
        transport = SupervisorTransport(None, None, f"unix://{self.place.sockets}/supervisor.sock")
        server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport)
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            return {info["name"]: info["pid"] for info in server.supervisor.getAllProcessInfo()}
        return {}

    def supervisor_pid(self):
        return int((self.place.home / "supervisor.pid").read_text())

    def processes(self):
        return [process.pid for group in members(self.place.home).values() for process in group]

    def remove(self):
        if self.is_open():
            self.stop()
        end_leftovers(self.place.home)
        self.place.remove()
        self.place.lock.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.place.home.parent.rmdir()


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    built = House(tmp_path_factory.mktemp("house"))
    yield built
    built.remove()


@pytest.fixture
def running_house(house):
    """The house, open; a test before may have left it closed."""
    if not house.is_open():
        house.start()
    until(house.ready, "the page")
    until(lambda: all(house.pids().values()), "every program")
    return house
