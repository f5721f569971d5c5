"""`./scripts/bench`: ours against the limit, alternating, on servers of its own."""

import argparse
import contextlib
import json
import os
import pickle
import platform
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from machine import frontend, locks, packages
from machine.locations import PLACE_BYTES, PROJECT, SCRIPTS, place_for, require_space
from machine.progress import Problem, say, watch_signals

if TYPE_CHECKING:
    from measure import report, scale
    from measure.requests import Prepared
    from measure.stage import Stage

    from machine.instance import Instance

ALREADY = "这个目录的性能测量已经在运行；请等它结束后再试。"
PATIENCE = 120
WORKERS = 2
THREADS = 4


@dataclass(frozen=True)
class Size:
    """How much is measured: requests a round and row, rounds, people and voters of the bulk rows.

    `cases`: few and many complaints; `pages`: requests a round over them.
    """

    requests: int
    rounds: int
    people: int
    voters: int
    cases: tuple[int, int]
    pages: int

    @property
    def total(self) -> int:
        """Requests of one row over all rounds, with a warm-up round."""
        return self.requests * (self.rounds + 1)


FULL = Size(
    requests=2000,
    rounds=5,
    people=100_000,
    voters=1_000_000,
    cases=(10_000, 1_000_000),
    pages=400,
)
QUICK = Size(requests=400, rounds=3, people=10_000, voters=10_000, cases=(1_000, 20_000), pages=70)
CONNECTIONS = 16


def main(arguments: list[str]) -> int:
    """Set up, measure, print the table, write JSON."""
    watch_signals()
    options = _options(arguments)
    place = place_for("bench")
    locks.hold(place.lock, ALREADY)
    require_space(place.home.parent, PLACE_BYTES)
    packages.enter(".venv", packages.RUNTIME)
    frontend.build()
    sys.path.insert(0, str(PROJECT))
    from machine.instance import Instance, recover, running  # noqa: PLC0415 - need the packages

    recover(place)
    place.remove()
    place.make()
    size = QUICK if options.quick else FULL
    instance = Instance(place, mode="test", extra={"RATE_LIMITS": "0", "DEMO": "0"})
    with running(instance):
        say("启动测量用的数据库和队列（fsync 开启）…")
        instance.start_stores()
        instance.prepare_database()
        return _measure(instance, size, options)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/bench")
    parser.add_argument("--quick", action="store_true", help="smaller world, fewer requests")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="measure only rows whose name begins so; may be given several times",
    )
    options = parser.parse_args(arguments)
    options.only = tuple(options.only or ("",))
    return options


def _measure(instance: "Instance", size: Size, options: argparse.Namespace) -> int:
    from measure import report, scale  # noqa: PLC0415 - needs the packages
    from measure.bulk import bulk_table  # noqa: PLC0415
    from measure.stage import Stage  # noqa: PLC0415

    stage = Stage(instance, size.total)
    say(f"建立测量用的世界：{stage.described}…")
    stage.build()
    say("记录每种请求发出的 SQL…")
    stage.record(options.only)
    rows = _requests(stage, size) if stage.names else []
    say(f"测量整个小区的工作（{size.people} 户）：冻结名册、参与情况、计票、重新计票…")
    works = list(stage.bulk(size.people, size.voters).rows(options.only))
    scaled = list(_scaled(stage, size, options.only))
    _print(f"{report.table(rows)}\n\n{bulk_table(works)}\n\n{scale.table(scaled)}")
    if options.json:
        written = {"rows": [row.as_json() for row in (*rows, *works, *scaled)]}
        options.json.write_text(json.dumps(written, indent=2) + "\n")
    return 0


def _requests(stage: "Stage", size: Size) -> "list[report.Row]":
    from measure import report  # noqa: PLC0415 - needs the packages

    rows = []
    with _server("ours", stage.ours()) as ours, _server("limit", stage.limit()) as limit:
        for name in stage.names:
            parts = [stage.part(name, size.requests, number) for number in range(size.rounds + 1)]
            say(f"测量 {name}：每轮 {len(parts[0])} 个请求，{size.rounds} 轮，与上限交替…")
            runs = [_round(stage, name, part, ours, limit) for part in parts][1:]
            limits, own = zip(*runs, strict=True)
            rows.append(report.row_of(name, limits, own, report.largest_worker_mib(ours.pid)))
    return rows


def _scaled(stage: "Stage", size: Size, only: tuple[str, ...]) -> "Iterator[scale.ScaleRow]":
    from measure import scale  # noqa: PLC0415 - needs the packages

    pages = scale.names(only)
    if pages:
        say(f"建立 {size.cases[0]} 件和 {size.cases[1]} 件诉求，请稍等…")
        apps = [
            stage.cases(name, cases)
            for name, cases in zip(("few", "many"), size.cases, strict=True)
        ]
        with _server("few", stage.ours("few")) as few, _server("many", stage.ours("many")) as many:
            ports = {"few": few.port, "many": many.port}

            def fire(which: str, prepared: "list[Prepared]") -> dict[str, Any]:
                raw = [one.raw() for one in prepared]
                run = _fire(stage, ports[which], raw, scale.CONNECTIONS)
                if set(run["statuses"]) != {"200"}:
                    raise Problem(f"{which} 答复了 {run['statuses']}，而不是 200。")
                return run

            for name in pages:
                say(f"测量 {name}…")
                prepared = scale.requests(apps[0], name, size.pages)
                yield scale.compare(name, size.cases, prepared, fire)
        stage.drop("few", "many")
    if scale.SWEEP.startswith(only):
        say(f"建立 {size.cases[1]} 件没有办结的诉求，测量逾期巡检…")
        app = stage.cases("open", size.cases[1], all_open=True)
        yield scale.sweep_row(app, size.cases[1], lambda: stage.empty_outbox("open"))
        stage.drop("open")


def _print(table: str) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    print(f"\n{table}\n\n{machine}, fsync on, {WORKERS} web workers, {CONNECTIONS} connections")


@dataclass(frozen=True)
class Server:
    """A running granian."""

    port: int
    pid: int


@contextlib.contextmanager
def _server(name: str, settings: tuple[str, dict[str, str], str]) -> Iterator[Server]:
    target, environment, probe = settings
    port = _free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", target),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS), "--no-ws"),
        *("--blocking-threads", str(THREADS), "--log-level", "warning"),
    ]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
    try:
        _wait(name, port, probe, process)
        yield Server(port, process.pid)
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    import psutil  # noqa: PLC0415 - needs the packages

    workers = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        for left in (*workers, process):
            left.kill()
        process.wait()


def _wait(name: str, port: int, probe: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}{probe}", timeout=2)
            return
        time.sleep(0.1)
    raise Problem(f"测量用的服务 {name} 没有启动起来。")


def _round(
    stage: "Stage", name: str, part: range, ours: Server, limit: Server
) -> tuple[dict[str, Any], dict[str, Any]]:
    of_limit = _fire(stage, limit.port, stage.limit_requests(name, part), CONNECTIONS)
    of_ours = _fire(stage, ours.port, stage.our_requests(name, part), CONNECTIONS)
    for who, run, status in (("limit", of_limit, 200), (name, of_ours, stage.status(name))):
        if set(run["statuses"]) != {str(status)}:
            raise Problem(f"{who} 答复了 {run['statuses']}，而不是 {status}。")
    return of_limit, of_ours


def _fire(stage: "Stage", port: int, requests: list[bytes], connections: int) -> dict[str, Any]:
    file = stage.folder / "requests.pickle"
    file.write_bytes(pickle.dumps(requests))
    fired = subprocess.run(
        [sys.executable, "-m", "measure.load", str(port), str(file), str(connections)],
        cwd=SCRIPTS,
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(fired.stdout))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
