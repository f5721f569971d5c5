"""Each line stands in its room: read from the source, not from habit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
SOURCES = sorted(path for path in APP.rglob("*.py"))
COMMITTING = {"app/core/transaction.py"}
SELECTING = {"queries"}
FORBIDDEN_NAMES = {"utils", "helpers", "services", "util", "misc", "common"}
LONGEST_FILE = 400
DEMO = "app/demo"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            target = node.func
            name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            yield name, node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_the_transaction_commits(path):
    if name_of(path) in COMMITTING:
        return
    assert [line for name, line in calls(path) if name == "commit"] == []


def in_queries(path: Path) -> bool:
    relative = path.relative_to(APP)
    return relative.stem in SELECTING or "queries" in relative.parts


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_select_stands_in_queries_only(path):
    if in_queries(path) or name_of(path).startswith(DEMO):
        return
    assert [line for name, line in calls(path) if name == "select"] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_import_hides_inside_a_function(path):
    hidden = [
        inner.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_is_named_after_what_it_holds(path):
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_can_be_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


def test_composition_stays_small():
    assert len((APP / "__init__.py").read_text("utf-8").splitlines()) < 120
