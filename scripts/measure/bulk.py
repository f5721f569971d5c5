"""Work over a whole compound: freezing the roll, counting, recounting from a package.

Each is run by the product's own query or program and compared, alternating, with the barest SQL
that has the same outcome, on a database and a world of its own.
"""

from __future__ import annotations

import csv
import io
import json
import os
import statistics
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.core.db import db
from app.core.tenancy import Scope, scoped
from app.voting.queries import assemblies, results, roll
from measure import counted, few
from measure.opening import open_assembly
from measure.world import UNITS_PER_STAIRWELL, World, md5_uuid

ROUNDS = 3
MATTERS = 5
RECOUNTED = 100_000
RECOUNT = Path(__file__).resolve().parents[1] / "recount"

# The rows of the opened roll once more, for a second assembly: grouped already.
_GROUPED = """
CREATE SCHEMA bare;
INSERT INTO assembly (community_id, id, compound_id, title, convener, mode, state, opens_at,
    closes_at, notice_at)
SELECT community_id, md5('second')::uuid, compound_id, title, convener, mode, 'noticed', opens_at,
    closes_at, notice_at
FROM assembly;
CREATE TABLE bare.roll_voter AS SELECT * FROM roll_voter;
CREATE TABLE bare.roll_unit AS SELECT * FROM roll_unit;
CREATE TABLE bare.roll_member AS SELECT * FROM roll_member;
CREATE TABLE bare.assembly_participation AS SELECT * FROM assembly_participation;
UPDATE bare.roll_voter SET assembly_id = md5('second')::uuid, id = md5(id::text)::uuid;
UPDATE bare.roll_unit SET assembly_id = md5('second')::uuid, voter_id = md5(voter_id::text)::uuid,
    id = gen_random_uuid();
UPDATE bare.roll_member SET assembly_id = md5('second')::uuid, voter_id = md5(voter_id::text)::uuid,
    id = gen_random_uuid();
UPDATE bare.assembly_participation SET assembly_id = md5('second')::uuid, id = gen_random_uuid();
GRANT USAGE ON SCHEMA bare TO gongzhi_app;
GRANT SELECT ON ALL TABLES IN SCHEMA bare TO gongzhi_app
"""
_ROLL_TABLES = ("roll_voter", "roll_unit", "roll_member", "assembly_participation")

Work = Callable[[], Any]
"""Does it once and gives what can be compared with the outcome of the other way."""


@dataclass(frozen=True)
class BulkRow:
    """One measured work. Seconds are medians of the rounds on the clock."""

    name: str
    size: str
    goal: str
    ours_s: float
    bare_s: float | None = None
    ratio: float | None = None
    peak_mib: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The row of the JSON file."""
        return asdict(self)


class Bulk:
    """The works on one compound of `people` units in a migrated, empty database.

    Its tally is of another assembly, of so many `voters`.
    """

    def __init__(self, app: Flask, admin: str, people: int, voters: int, folder: Path) -> None:
        self._app = app
        self._admin = create_engine(admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._people = people
        self._voters = voters
        self._folder = folder
        self._world = World(admin, people)
        self._scope = Scope(community_id=self._world.community_id)

    def rows(self, only: tuple[str, ...]) -> Iterator[BulkRow]:
        """Measure those whose name begins so, in an order in which each finds what it needs."""
        works: dict[str, Callable[[], BulkRow]] = {
            "recount": self._recount,
            "roll.freeze": self._freeze,
            "participation.page": self._participation,
            "tally": self._tally,
        }
        wanted = [name for name in works if name.startswith(only)]
        if set(wanted) - {"recount"}:
            self._world.build()
            with self._app.app_context():
                open_assembly(self._world, self._world.assembly)
            self._world.settle()
        for name in wanted:
            yield works[name]()
        with self._app.app_context():
            db.engine.dispose()

    def _freeze(self) -> BulkRow:
        self._run_as_admin(_GROUPED)
        self._world.settle()

        def ours() -> Any:
            frozen = roll.freeze_roll(
                self._world.community_id,
                md5_uuid("second"),
                md5_uuid("compound"),
                parking_votes=False,
            )
            return frozen.heads

        def bare() -> Any:
            written = [
                db.session.execute(text(f"INSERT INTO {table} SELECT * FROM bare.{table}"))  # noqa: S608 - our own names
                for table in _ROLL_TABLES
            ]
            return written[0].rowcount  # type: ignore[attr-defined]

        return self._compared("roll.freeze", f"{self._people:,} units", "≤ 3 ×", ours, bare)

    def _tally(self) -> BulkRow:
        self._run_as_admin(
            counted.BALLOTS.format(matters=MATTERS, voters=self._voters, assembly=counted.ASSEMBLY)
        )
        self._world.settle()
        size = f"{self._voters:,} voters × {MATTERS} matters"
        assembly = md5_uuid(counted.ASSEMBLY)

        def ours() -> Any:
            return _counted(results.tally_rows(self._world.community_id, assembly))

        def bare() -> Any:
            with self._admin.connect() as connection:
                found = connection.execute(counted.BARE, {"assembly_id": assembly})
                return _counted(found)

        return self._compared("tally", size, "≤ 2 ×", ours, bare)

    def _participation(self) -> BulkRow:
        """The page while voting is open, in the big compound beside one of a hundred homes.

        As many buildings and rooms are shown of both.
        """
        places = few.PLACES.format(
            few=few.HOMES, buildings=few.SMALL_BUILDINGS, per=UNITS_PER_STAIRWELL
        )
        self._run_as_admin(places)
        with self._app.app_context():
            open_assembly(self._world, md5_uuid(few.ASSEMBLY))
        self._world.settle()
        seconds = few.seconds_of_pages(
            self._app, self._world.community, (self._world.assembly, md5_uuid(few.ASSEMBLY))
        )
        big, small = (statistics.median(taken) for taken in seconds)
        return BulkRow(
            "participation.page",
            f"{self._people:,} voters, beside {few.HOMES}",
            "≈ 1 ×",
            round(big, 4),
            round(small, 4),
            round(big / small, 2),
        )

    def _recount(self) -> BulkRow:
        package = self._folder / "recounted.zip"
        write_package(package, RECOUNTED)
        seconds, peaks = [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            child = os.posix_spawn(
                sys.executable,
                [sys.executable, str(RECOUNT), str(package)],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
            )
            _, status, used = os.wait4(child, 0)
            if status:
                raise RuntimeError(f"recount ended with {os.waitstatus_to_exitcode(status)}")
            seconds.append(time.perf_counter() - began)
            peaks.append(used.ru_maxrss / 1024)
        return BulkRow(
            "recount",
            f"{RECOUNTED:,} ballots",
            "≤ 5 s, ≤ 300 MiB",
            round(statistics.median(seconds), 2),
            peak_mib=round(max(peaks), 1),
        )

    def _compared(self, name: str, size: str, goal: str, ours: Work, bare: Work) -> BulkRow:
        taken: dict[Work, list[float]] = {ours: [], bare: []}
        outcomes = []
        with self._app.app_context():
            for _ in range(ROUNDS):
                for work, seconds in taken.items():
                    with self._undone():
                        began = time.perf_counter()
                        outcomes.append(work())
                        seconds.append(time.perf_counter() - began)
        if not outcomes[0] or any(outcome != outcomes[0] for outcome in outcomes):
            raise RuntimeError(f"{name}: the two ways do not have the same outcome")
        of_ours, of_bare = (statistics.median(seconds) for seconds in taken.values())
        return BulkRow(
            name, size, goal, round(of_ours, 2), round(of_bare, 2), round(of_ours / of_bare, 2)
        )

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """A transaction in the scope of the community of which nothing stays."""
        with scoped(self._scope):
            assemblies.work_in_bulk()
            try:
                yield
            finally:
                db.session.rollback()

    def _run_as_admin(self, script: str) -> None:
        with self._admin.connect() as connection:
            for statement in script.split(";"):
                connection.execute(text(statement))


def _counted(rows: Iterable[Any]) -> list[tuple[str, str, int, int]]:
    return sorted((str(row.matter_id), row.choice, row.heads, int(row.area_centi)) for row in rows)


def write_package(path: Path, ballots: int) -> None:
    """A sealed package with this many ballots: a fifth as many voters, five resolutions."""
    voters = ballots // MATTERS
    matters = [
        {"id": f"m{n}", "statute": 5, "kind": "resolution", "title": f"第{n}件"}
        for n in range(1, MATTERS + 1)
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        described = {"id": "a", "title": "更换水泵", "closes_at": "2026-11-01T00:00:00+08:00"}
        package.writestr("assembly.json", json.dumps({"assembly": described, "matters": matters}))
        roll_rows = ((f"v{n}", 8000 + n % 5000, 1) for n in range(voters))
        package.writestr("roll.csv", _table(("voter_id", "area_centi", "units"), roll_rows))
        cast = (
            (
                f"b{n}-{m}",
                f"v{n}",
                f"m{m}",
                ("for", "for", "against", "abstain")[(n + m) % 4],
                "online",
                "counted",
            )
            for n in range(voters)
            for m in range(1, MATTERS + 1)
        )
        named = ("ballot_id", "voter_id", "matter_id", "choice", "channel", "status")
        package.writestr("ballots.csv", _table(named, cast))


def _table(head: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(head)
    table.writerows(rows)
    return written.getvalue()


def bulk_table(rows: list[BulkRow]) -> str:
    """The rows for people."""
    lines = [
        "| row | size | ours s | bare s | ratio | goal | MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.name, row.size, row.ours_s, row.bare_s, row.ratio, row.goal, row.peak_mib)
        lines.append("| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(lines)
