"""`./scripts/lint`: ruff, formatting, mypy and the contracts between the floors."""

import subprocess
import sys

from machine import packages
from machine.locations import PROJECT
from machine.progress import say, watch_signals

CHECKS = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("mypy", ("-m", "mypy")),
    ("import-linter", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
)


def main(_arguments: list[str]) -> int:
    """Run every check, also after one has failed; non-zero when any did."""
    watch_signals()
    packages.enter(".venv-test", packages.DEVELOPMENT)
    failed = []
    for name, arguments in CHECKS:
        say(f"{name}…")
        checked = subprocess.run([sys.executable, *arguments], cwd=PROJECT, check=False)
        if checked.returncode:
            failed.append(name)
    say(f"未通过：{'、'.join(failed)}" if failed else "全部通过。")
    return 1 if failed else 0
