"""Runs one command of the machine room: `python scripts serve …`."""

import importlib
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent)

from machine.progress import guarded  # noqa: E402 - the path comes first

COMMANDS = ("serve", "test", "lint", "bench", "supervise", "launch")


def main() -> int:
    """Hand the remaining arguments to the command's module."""
    name, arguments = sys.argv[1], sys.argv[2:]
    if name not in COMMANDS:
        return 2
    return guarded(importlib.import_module(f"machine.{name}").main, arguments)


sys.exit(main())
