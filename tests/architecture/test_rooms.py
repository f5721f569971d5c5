"""Each line stands in its room: read from the source, not from habit."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
SOURCES = sorted(path for path in APP.rglob("*.py"))
COMMITTING = {"app/core/transaction.py", "app/core/session.py"}
"""The place that decides to commit, and the session it tells to."""
SELECTING = {"queries"}
FORBIDDEN_NAMES = {"utils", "helpers", "services", "util", "misc", "common"}
LONGEST_FILE = 400
DEMO = "app/demo"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def calls(path: Path, wanted: str) -> list[str]:
    """Where a file calls something of this name."""
    return [
        f"{name_of(path)}:{node.lineno}"
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and wanted in {getattr(node.func, "attr", ""), getattr(node.func, "id", "")}
    ]


def in_queries(path: Path) -> bool:
    relative = path.relative_to(APP)
    return relative.stem in SELECTING or "queries" in relative.parts


def test_there_are_sources_to_look_at():
    assert len(SOURCES) > 300


def test_only_the_transaction_commits():
    found = {path: calls(path, "commit") for path in SOURCES}
    assert [
        line for path in SOURCES if name_of(path) not in COMMITTING for line in found[path]
    ] == []
    assert any(found.values()), "not even the transaction was seen to commit"


def test_select_stands_in_queries_only():
    found = {path: calls(path, "select") for path in SOURCES}
    elsewhere = [
        line
        for path in SOURCES
        if not in_queries(path) and not name_of(path).startswith(DEMO)
        for line in found[path]
    ]
    assert elsewhere == []
    assert any(found.values()), "not even a query was seen to select"


def test_no_import_hides_inside_a_function():
    hidden = {
        f"{name_of(path)}:{inner.lineno}"
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert hidden == set()


def test_a_module_is_named_after_what_it_holds():
    assert [name_of(path) for path in SOURCES if path.stem in FORBIDDEN_NAMES] == []


def test_a_file_can_be_read_in_one_sitting():
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_composition_stays_small():
    assert len((APP / "__init__.py").read_text("utf-8").splitlines()) < 120
