"""Becomes one program: clears what its killed predecessor left, sets its surroundings, execs."""

import json
import os
import sys
from pathlib import Path
from typing import NoReturn

from machine.locations import PROJECT
from machine.processes import INSTANCE, PROGRAM, end_earlier_run, forget_dead_postgres
from machine.progress import STARTED


def main(arguments: list[str]) -> NoReturn:
    """`launch HOME NAME`, called by the supervisor."""
    home, name = Path(arguments[0]), arguments[1]
    run = json.loads((home / "run.json").read_text())
    program = run["programs"][name]
    end_earlier_run(home, name)
    if name == "postgres":
        forget_dead_postgres(home, Path(run["sockets"]))
    environment = {} if program["bare"] else os.environ | run["environment"]
    for hidden in program["withheld"]:
        environment.pop(hidden, None)
    environment |= program["environment"] | {INSTANCE: str(home), PROGRAM: name}
    command = [sys.executable if part == "{python}" else part for part in program["command"]]
    environment.pop(STARTED, None)
    os.chdir(home if program["store"] else PROJECT)
    _become(program.get("account"))
    os.execvpe(command[0], command, environment)


def _become(account: dict[str, int] | None) -> None:
    if account:
        os.setgroups([])
        os.setgid(account["gid"])
        os.setuid(account["uid"])
