"""Templates use only names they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, meta, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
GIVEN = {
    "asset", "config", "csp_nonce", "csrf_token", "current_user", "cycler", "dict", "g",
    "get_flashed_messages", "joiner", "lipsum", "may_enter", "namespace", "range", "request",
    "session", "shell", "url_for",
}  # fmt: skip
FORBIDDEN = (' style="', "<style", " onclick=", " onchange=", " onsubmit=", "hx-on", "|safe")


@cache
def calls() -> tuple[tuple[Path, ast.Call], ...]:
    """Every call in the source with its file."""
    return tuple(
        (path, node)
        for path in sorted((ROOT / "app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    )


@cache
def environment() -> Environment:
    """Reads the templates with the names of the product's own filters."""
    filters = {
        keyword.arg
        for _, call in calls()
        if getattr(call.func, "attr", "") == "update"
        and ast.unparse(call.func).endswith("jinja_env.filters.update")
        for keyword in call.keywords
    }
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    made.filters.update(dict.fromkeys(filters, str))
    return made


def renderings() -> Iterator[tuple[str, set[str], bool, str]]:
    """Every `render_template("name", a=…)` in the source: name, given names, open-ended, place."""
    for path, call in calls():
        if (
            getattr(call.func, "id", "") == "render_template"
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ):
            given = {keyword.arg for keyword in call.keywords if keyword.arg}
            open_ended = any(keyword.arg is None for keyword in call.keywords)
            place = f"{path.relative_to(ROOT)}:{call.lineno}"
            yield str(call.args[0].value), given, open_ended, place


def needed(name: str) -> set[str]:
    """Names a template, what it extends and what it includes ask from the context."""
    asked, made = asked_and_made(name)
    return asked - made - GIVEN


@cache
def asked_and_made(name: str) -> tuple[set[str], set[str]]:
    """Undeclared names, and names set or imported at the top of the template or its frames."""
    tree = environment().parse((TEMPLATES / name).read_text("utf-8"))
    asked = set(meta.find_undeclared_variables(tree))
    made = {
        target.name
        for assignment in tree.find_all(nodes.Assign)
        for target in assignment.find_all(nodes.Name)
        if target.ctx == "store"
    }
    made |= {macro.name for macro in tree.find_all(nodes.Macro)}
    for imported in tree.find_all(nodes.FromImport):
        made |= {item if isinstance(item, str) else item[1] for item in imported.names}
    for kind in (nodes.Extends, nodes.Include):
        for reference in tree.find_all(kind):
            if isinstance(reference.template, nodes.Const):
                more_asked, more_made = asked_and_made(reference.template.value)
                asked |= more_asked
                made |= more_made
    return asked, made


def test_a_page_is_given_every_name_its_template_uses():
    pages = list(renderings())
    assert len(pages) > 100
    missing = [
        f"{place} does not give {sorted(needed(name) - given)} to {name}"
        for name, given, open_ended, place in pages
        if not open_ended and needed(name) - given
    ]
    assert missing == []


def test_a_template_has_no_inline_style_or_script():
    paths = sorted(TEMPLATES.rglob("*.html"))
    assert len(paths) > 100
    found = [
        f"{path.relative_to(TEMPLATES)}: {forbidden}"
        for path in paths
        for forbidden in FORBIDDEN
        if forbidden in path.read_text("utf-8")
    ]
    assert found == []
