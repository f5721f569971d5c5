"""Real PostgreSQL and Valkey for every test; each worker has its own database and queue.

Tests are kept apart by the tenant: each makes communities and accounts of its own.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LONGEST_FIRST = ("machine", "browser", "architecture", "complaints", "voting", "interfaces")
"""Rooms in the order in which they begin, so that no long file is left for one process alone."""
SHORTEST_LAST = ("kit",)
AT_A_DESK = {
    "test_catalogue",
    "test_complaint_desk",
    "test_coverage",
    "test_figures",
    "test_pages",
    "test_whistle",
}
"""Browser tests that share the second of two running houses: half of their time, measured."""


def pytest_configure(config: pytest.Config) -> None:
    """Load the product where tests run, not in the process that only hands them out."""
    hands_out = config.getoption("numprocesses") and not hasattr(config, "workerinput")
    if not hands_out:
        config.pluginmanager.import_plugin("factories.fixtures")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file in one process, which then makes what its tests share once; order the files."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item.path.relative_to(TESTS))))
    items.sort(key=_turn)


def _group(path: Path) -> str:
    if path.parts[0] == "browser":
        return "desk" if path.stem in AT_A_DESK else "phone"
    return path.with_suffix("").as_posix()


def _turn(item: pytest.Item) -> int:
    room = item.path.relative_to(TESTS).parts[0]
    if room in SHORTEST_LAST or "rules" in item.path.stem:
        return len(LONGEST_FIRST) + 1
    return LONGEST_FIRST.index(room) if room in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
