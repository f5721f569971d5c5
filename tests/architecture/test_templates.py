"""Templates use only names they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, meta, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
GIVEN = {
    "asset", "config", "csp_nonce", "csrf_token", "current_user", "cycler", "dict", "g",
    "get_flashed_messages", "joiner", "lipsum", "may_enter", "namespace", "range", "request",
    "session", "shell", "url_for",
}  # fmt: skip
FILTERS = {
    keyword.arg
    for path in (ROOT / "app").rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("jinja_env.filters.update")
    for keyword in node.keywords
}
FORBIDDEN = (' style="', "<style", " onclick=", " onchange=", " onsubmit=", "hx-on", "|safe")
environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
environment.filters.update(dict.fromkeys(FILTERS, str))


def renderings() -> Iterator[tuple[str, set[str], bool, str]]:
    """Every `render_template("name", a=…)` in the source: name, given names, open-ended, place."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "render_template"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                given = {keyword.arg for keyword in node.keywords if keyword.arg}
                open_ended = any(keyword.arg is None for keyword in node.keywords)
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield str(node.args[0].value), given, open_ended, place


def needed(name: str) -> set[str]:
    """Names a template, what it extends and what it includes ask from the context."""
    asked, made = asked_and_made(name)
    return asked - made - GIVEN


def asked_and_made(name: str) -> tuple[set[str], set[str]]:
    """Undeclared names, and names set or imported at the top of the template or its frames."""
    tree = environment.parse((TEMPLATES / name).read_text("utf-8"))
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


@pytest.mark.parametrize(
    ("name", "given", "open_ended", "place"),
    list(renderings()),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_page_is_given_every_name_its_template_uses(name, given, open_ended, place):
    missing = needed(name) - given
    assert open_ended or not missing, f"{place} does not give {sorted(missing)} to {name}"


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_has_no_inline_style_or_script(path):
    source = path.read_text("utf-8")
    for forbidden in (
        ' style="',
        "<style",
        " onclick=",
        " onchange=",
        " onsubmit=",
        "hx-on",
        "|safe",
    ):
        assert forbidden not in source, forbidden
