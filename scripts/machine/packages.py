"""The virtual environment: made once, filled from the locked requirements with hashes."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from machine.locations import PACKAGES_BYTES, PROJECT, require_space
from machine.locks import hand_over, setting_up
from machine.progress import Problem, say
from machine.running import run_step

PRESET = "GONGZHI_VENV"
RUNTIME = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")
# Settings of the caller's pip that would send packages somewhere else.
MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONPATH", "PYTHONHOME")


def enter(folder: str, locks: tuple[str, ...]) -> None:
    """Continue inside the environment, bringing it up to date first."""
    preset = os.environ.get(PRESET)
    venv = Path(preset) if preset else PROJECT / folder
    if not preset and not _current(venv, locks):
        with setting_up():
            _bring_up_to_date(venv, locks)
    if Path(sys.prefix) != venv:
        hand_over()
        python = str(venv / "bin" / "python")
        os.execv(python, [python, *sys.argv])


def _current(venv: Path, locks: tuple[str, ...]) -> bool:
    try:
        return bool(json.loads(_stamp(venv).read_text()) == _wanted(venv, locks))
    except (OSError, ValueError):
        return False


def _stamp(venv: Path) -> Path:
    return venv / "gongzhi.json"


def _wanted(venv: Path, locks: tuple[str, ...]) -> dict[str, str]:
    wanted = {name: hashlib.sha256((PROJECT / name).read_bytes()).hexdigest() for name in locks}
    wanted["path"] = str(venv)
    wanted["python"] = ".".join(map(str, sys.version_info[:2]))
    return wanted


def _bring_up_to_date(venv: Path, locks: tuple[str, ...]) -> None:
    if _current(venv, locks):
        return
    require_space(PROJECT, PACKAGES_BYTES)
    log = PROJECT / "var" / "setup.log"
    if not _usable(venv):
        _make(venv)
    _install(venv, locks, log)
    _stamp(venv).write_text(json.dumps(_wanted(venv, locks)))


def _usable(venv: Path) -> bool:
    python = venv / "bin" / "python"
    if not python.exists():
        return False
    probe = "import pip, sys; print(sys.prefix, *sys.version_info[:2])"
    found = subprocess.run([str(python), "-c", probe], capture_output=True, text=True, check=False)
    wanted = f"{venv} {sys.version_info[0]} {sys.version_info[1]}"
    return found.returncode == 0 and found.stdout.strip() == wanted


def _make(venv: Path) -> None:
    say(f"建立虚拟环境 {venv.name}…")
    base = getattr(sys, "_base_executable", sys.executable)
    if Path(sys.prefix) != venv and venv.exists():
        shutil.rmtree(venv)
    made = subprocess.run(
        [base, "-m", "venv", "--clear", str(venv)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        last = (made.stdout + made.stderr).strip().splitlines()[-1:]
        raise Problem(f"无法建立虚拟环境 {venv}：{''.join(last)}")


def _install(venv: Path, locks: tuple[str, ...], log: Path) -> None:
    text = "".join((PROJECT / name).read_text() for name in locks)
    counter = _Counter(len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE | re.IGNORECASE)))
    files = [part for name in locks for part in ("-r", str(PROJECT / name))]
    run_step(
        [
            str(venv / "bin" / "python"),
            *("-m", "pip", "install", "--require-hashes", "--no-input"),
            *("--disable-pip-version-check", "--progress-bar", "off"),
            *files,
        ],
        doing="安装依赖（首次约一分钟）",
        failed="依赖安装失败，请检查网络后重试",
        log=log,
        environment={k: v for k, v in os.environ.items() if k not in MISLEADING},
        describe=counter.describe,
    )


class _Counter:
    def __init__(self, total: int) -> None:
        self._total = total
        self._seen = 0

    def describe(self, line: str) -> str | None:
        if line.startswith("Collecting "):
            self._seen += 1
            name = re.split(r"[=<>~!\[ ]", line.split()[1])[0]
            return f"下载依赖 {min(self._seen, self._total)}/{self._total}：{name}"
        if line.startswith("Installing collected"):
            return "安装依赖"
        return None
