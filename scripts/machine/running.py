"""Runs a long step: its output goes to a log, the person sees progress instead."""

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from machine.locations import PROJECT
from machine.progress import Problem, say

HEARTBEAT = 5.0
TAIL = 15


def run_step(
    command: Sequence[str],
    *,
    doing: str,
    failed: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
    describe: Callable[[str], str | None] = lambda _line: None,
) -> str:
    """Run to the end and return the output; a failure becomes a Problem with its last lines."""
    say(f"{doing}…")
    lines: list[str] = []
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        with log.open("a", encoding="utf-8") as file:
            for line in _with_heartbeats(process, doing, describe):
                file.write(line)
                lines.append(line.rstrip("\n"))
        status = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    output = "\n".join(lines)
    if status:
        raise Problem(_explanation(failed, output, log))
    return output


def _with_heartbeats(
    process: subprocess.Popen[str], doing: str, describe: Callable[[str], str | None]
) -> Iterator[str]:
    arriving: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process, arriving), daemon=True).start()
    said = time.monotonic()
    stage = doing
    while True:
        try:
            line = arriving.get(timeout=1)
        except queue.Empty:
            line = ""
        if line is None:
            return
        stage = (describe(line) if line else None) or stage
        if time.monotonic() - said >= HEARTBEAT:
            say(f"{stage}…")
            said = time.monotonic()
        if line:
            yield line


def _read(process: subprocess.Popen[str], arriving: "queue.SimpleQueue[str | None]") -> None:
    for line in process.stdout or ():
        arriving.put(line)
    arriving.put(None)


def _explanation(failed: str, output: str, log: Path) -> str:
    if "No space left on device" in output or "ENOSPC" in output:
        return "磁盘已满，请腾出空间后重试。"
    last = "\n".join(output.splitlines()[-TAIL:])
    return f"{failed}（完整记录：{log}）。最后几行：\n{last}"
