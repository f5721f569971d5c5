"""What must not slow down with the number of cases: the queue, the board, search, the sweep.

The same pages are asked for, alternating, of two databases: one with few cases, one with many. The
communities are those a random case belongs to, and once more only the largest one.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from app.complaints.jobs import sweep_overdue
from measure.report import percentile
from measure.requests import Prepared, sign_in
from measure.words import searched
from measure.world import OTHER_COMMUNITIES, code_of, md5_uuid

CONNECTIONS = 1
"""How long a page takes is measured, not how many fit.

Two would now and then meet in the same worker and wait for each other: twice the time, by chance.
"""
ROUNDS = 5
LARGEST = ".largest"
_SEED = 20261126
_TABS = ("to_sign", "unassigned", "working", "soon", "overdue", "verifying", "ended")
Fired = Callable[[str, list[Prepared]], dict[str, Any]]


@dataclass(frozen=True)
class ScaleRow:
    """Percentiles in ms over many cases, and of the same pages over few."""

    name: str
    size: str
    goal: str
    p50_ms: float
    p95_ms: float
    few_p95_ms: float | None = None
    ratio: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The row of the JSON file."""
        return asdict(self)


def queue_page(app: Flask, community: int, number: int) -> Prepared:
    """A tab of the desk's queue, of the office and of a company."""
    tab = _TABS[number % len(_TABS)]
    return _page(app, community, ("office", "staff")[number % 2], "tickets/", tab=tab)


def board_page(app: Flask, community: int, number: int) -> Prepared:
    """The public board of a compound."""
    compound = md5_uuid(f"compound{community}-{1 + number % 4}")
    return _page(app, community, "resident", "board/", compound=str(compound))


def search(app: Flask, community: int, number: int) -> Prepared:
    """Words looked for in a tab of the queue."""
    words = searched()
    tab = ("ended", "overdue", "ended", "working")[number % 4]
    return _page(app, community, "office", "tickets/", tab=tab, q=words[number * 7 % len(words)])


PAGES: dict[str, tuple[Callable[[Flask, int, int], Prepared], str]] = {
    "queue.page": (queue_page, "p95 ≤ 1.3 ×"),
    "board.page": (board_page, "p95 ≤ 1.3 ×"),
    "complaint.search": (search, "p95 ≤ 100 ms"),
}
SWEEP = "overdue.sweep"


def names(only: tuple[str, ...]) -> list[str]:
    """The rows whose name begins so, pages first."""
    pages = [f"{name}{where}" for name in PAGES for where in ("", LARGEST)]
    return [name for name in pages if name.startswith(only)]


def requests(app: Flask, name: str, count: int) -> list[Prepared]:
    """The requests of a row, the same for few cases and for many."""
    make, _ = PAGES[name.removesuffix(LARGEST)]
    chance = random.Random(_SEED)  # noqa: S311 - for measuring, not for secrets
    weights = [1 / (number + 6) for number in range(1, OTHER_COMMUNITIES + 2)]
    drawn = chance.choices(range(1, OTHER_COMMUNITIES + 2), weights, k=count)
    if name.endswith(LARGEST):
        drawn = [1] * count
    return [make(app, community, number) for number, community in enumerate(drawn)]


def compare(name: str, sizes: tuple[int, int], prepared: list[Prepared], fire: Fired) -> ScaleRow:
    """Rounds of the same requests to both, the first round unheeded."""
    taken: dict[str, list[float]] = {"few": [], "many": []}
    for number in range(ROUNDS + 1):
        for which, latencies in taken.items():
            run = fire(which, prepared)
            if number:
                latencies.extend(second * 1000 for second in run["latencies"])
    few, many = (sorted(taken[which]) for which in ("few", "many"))
    _, goal = PAGES[name.removesuffix(LARGEST)]
    return ScaleRow(
        name,
        f"{sizes[1]:,} cases against {sizes[0]:,}",
        goal,
        round(percentile(many, 50), 1),
        round(percentile(many, 95), 1),
        round(percentile(few, 95), 1),
        round(percentile(many, 95) / percentile(few, 95), 2),
    )


def sweep_row(app: Flask, cases: int, empty_outbox: Callable[[], None]) -> ScaleRow:
    """One sweep over open cases of which half are late: it leaves as many messages as it may."""
    seconds = []
    with app.app_context():
        for _ in range(ROUNDS):
            began = time.perf_counter()
            left = sweep_overdue()
            seconds.append(time.perf_counter() - began)
            if not left:
                raise RuntimeError("the sweep found nothing late")
            empty_outbox()
    return ScaleRow(
        SWEEP,
        f"{cases:,} open cases, {left:,} told at once",
        "≤ 2 s",
        round(statistics.median(seconds) * 1000, 1),
        round(max(seconds) * 1000, 1),
    )


def table(rows: list[ScaleRow]) -> str:
    """The rows for people."""
    lines = [
        "| row | size | p50 ms | p95 ms | p95 of few | ratio | goal |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.name, row.size, row.p50_ms, row.p95_ms, row.few_p95_ms, row.ratio, row.goal)
        lines.append("| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _page(app: Flask, community: int, who: str, path: str, **query: str) -> Prepared:
    account = str(md5_uuid(f"{who}{community}"))
    address = f"/c/{code_of(community)}/{path}?{urlencode(query)}"
    return sign_in(app, f"{who}-{community}", account).get(address)
