"""Each action has a page in docs/actions/voting, and the page says what the tables say."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from app.core.access.permissions import Permission
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import handlers_of
from app.voting import permissions
from app.voting.rules import TRANSITIONS, Action, Actor, State

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "actions" / "voting"
ROOM = ROOT / "app" / "voting"
FACTS = ("function", "step", "from", "to", "by", "permission", "roles", "audit", "message")
SECTIONS = ("## When", "## Effect", "## Refusals")
NONE = "—"


@cache
def parsed(path):
    return ast.parse(path.read_text("utf-8"))


def called(node):
    """The names a piece of code calls."""
    return {
        getattr(call.func, "attr", getattr(call.func, "id", ""))
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }


@cache
def functions():
    """Every function of the actions by `module.name`, with its node."""
    return {
        f"{path.stem}.{node.name}": node
        for path in sorted((ROOM / "actions").glob("*.py"))
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef)
    }


def reaching(target):
    """Names of functions that call `target`, directly or through one another."""
    calls = {name.partition(".")[2]: called(node) for name, node in functions().items()}
    reached = {target}
    while True:
        more = {name for name, names in calls.items() if names & reached} - reached
        if not more:
            return reached - {target}
        reached |= more


def actions():
    """What a view or a job calls and what leaves a trace: the verbs of this room."""
    doors = [*sorted((ROOM / "views").glob("*.py")), ROOM / "jobs.py"]
    used = set().union(*(called(parsed(path)) for path in doors))
    traced = reaching("record")
    return sorted(
        name
        for name in functions()
        if (verb := name.partition(".")[2]) in used & traced and not verb.startswith("_")
    )


def facts_of(path):
    """The table at the head of a page."""
    rows = re.findall(r"^\| ([a-z]+) \| (.+?) \|$", path.read_text("utf-8"), re.MULTILINE)
    return {name: [item.strip(" `") for item in value.split(",")] for name, value in rows}


PAGE_PATHS = sorted(path for path in PAGES.glob("*.md") if path.stem != "README")
FACTS_BY_PAGE = {path.stem: facts_of(path) for path in PAGE_PATHS}


@pytest.mark.parametrize("action", actions())
def test_every_action_has_one_page(action):
    pages = [page for page, facts in FACTS_BY_PAGE.items() if action in facts["function"]]
    assert len(pages) == 1, f"{action}: {pages}"


@pytest.mark.parametrize("step", Action)
def test_every_step_of_an_assembly_has_a_page_that_agrees_with_its_table(step):
    (facts,) = [facts for facts in FACTS_BY_PAGE.values() if step.value in facts["step"]]
    row = TRANSITIONS[step]
    assert {State(name) for name in facts["from"]} == row.sources
    assert [State(name) for name in facts["to"]] == [row.target]
    assert {Actor(name) for name in facts["by"]} == row.actors


@pytest.mark.parametrize("page", FACTS_BY_PAGE)
def test_a_page_has_every_fact_and_every_part(page):
    assert tuple(FACTS_BY_PAGE[page]) == FACTS
    words = (PAGES / f"{page}.md").read_text("utf-8")
    for section in SECTIONS:
        assert words.count(section) == 1, section


@pytest.mark.parametrize("page", FACTS_BY_PAGE)
def test_what_a_page_names_exists(page):
    facts = FACTS_BY_PAGE[page]
    known = functions()
    assert set(facts["function"]) <= set(known)
    events = {event.value for event in AuditEvent}
    assert set(facts["audit"]) - {NONE} <= events
    assert all(handlers_of(kind) for kind in facts["message"] if kind != NONE)


@pytest.mark.parametrize("page", FACTS_BY_PAGE)
def test_the_roles_of_a_page_are_those_of_the_permission_table(page):
    facts = FACTS_BY_PAGE[page]
    table = {
        permission.name: permission
        for permission in vars(permissions).values()
        if isinstance(permission, Permission)
    }
    if facts["permission"] == [NONE]:
        assert facts["roles"] == ["clock"]
        return
    roles = set().union(*(table[name].roles for name in facts["permission"]))
    assert set(facts["roles"]) - {"clock"} == {role.value for role in roles}


@pytest.mark.parametrize("page", FACTS_BY_PAGE)
def test_a_page_records_and_sends_what_the_code_does(page):
    """The words of the page stand in the module of the function, or in one it calls."""
    facts = FACTS_BY_PAGE[page]
    modules = {name.partition(".")[0] for name in facts["function"]}
    sources = "\n".join(path.read_text("utf-8") for path in (ROOM / "actions").glob("*.py"))
    own = "\n".join((ROOM / "actions" / f"{module}.py").read_text("utf-8") for module in modules)
    for event in set(facts["audit"]) - {NONE}:
        assert f"AuditEvent.{AuditEvent(event).name}" in sources
    for kind in set(facts["message"]) - {NONE}:
        assert f'"{kind}"' in own


def test_every_refusal_a_page_names_is_raised_somewhere():
    source = "\n".join(
        path.read_text("utf-8") for path in [*ROOM.rglob("*.py"), *(ROOT / "app/kit").glob("*.py")]
    )
    unknown = {
        (path.stem, code)
        for path in PAGE_PATHS
        for code in re.findall(r"^\* `([a-z_]+)`", path.read_text("utf-8"), re.MULTILINE)
        if f'"{code}"' not in source
    }
    assert unknown == set()


def test_the_index_lists_every_page_once():
    listed = re.findall(r"\]\(([a-z_]+)\.md\)", (PAGES / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(FACTS_BY_PAGE)


def test_every_sentence_of_the_law_names_code_and_tests_that_exist():
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
        (ROOT / "docs" / "law.md").read_text("utf-8"),
        re.MULTILINE,
    )[1:]
    missing = []
    for sentence, _, code, tests in rows:
        missing += [
            (sentence, name)
            for name in re.findall(r"`([^`]+)`", code)
            if not any((base / name).is_file() for base in (ROOM, ROOT / "app"))
        ]
        for name in re.findall(r"`([^`]+)`", tests):
            path, _, test = name.partition("::")
            folder = ROOT / "tests" / ("" if "/" in path else "voting")
            if f"def {test}(" not in (folder / path).read_text("utf-8"):
                missing.append((sentence, name))
    assert missing == []
    assert len(rows) > 30
