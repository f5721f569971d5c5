"""A Chromium and a Chinese font for the browser tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from machine.locations import PROJECT
from machine.progress import Problem, say
from machine.running import run_step

# The shell is Chromium without what windows need; the browser tests take a fifth less time in it.
ON_PATH = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
ON_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FONT = "fonts-noto-cjk"
BROWSERS = ("chromium-headless-shell", "chromium")
INSTALLED_BY_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as p: print(p.chromium.executable_path)"
)


def ensure() -> str:
    """Path of a Chromium, installed if need be."""
    usable = _apt_usable()
    if _lacks_chinese_font():
        if usable:
            _apt(FONT, needed=False)
        else:
            say(f"提示：没有中文字体，截图里的汉字会显示为方框（可安装 {FONT}）。")
    found = _on_path()
    for package in BROWSERS if usable else ():
        if found is None:
            _apt(package, needed=package == BROWSERS[-1])
            found = _on_path()
    return found or _from_playwright()


def _on_path() -> str | None:
    given = os.environ.get("CHROMIUM_PATH")
    if given:
        if not os.access(given, os.X_OK):
            raise Problem(f"CHROMIUM_PATH 指向的 {given} 不能运行。")
        return given
    found = next(filter(None, map(shutil.which, ON_PATH)), None)
    return found or (str(ON_MAC) if ON_MAC.exists() else None)


def _lacks_chinese_font() -> bool:
    if sys.platform == "darwin":
        return False
    lister = shutil.which("fc-list")
    if lister is None:
        return True
    listed = subprocess.run([lister, ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return not listed.stdout.strip()


def _apt_usable() -> bool:
    if shutil.which("apt-get") is None:
        return False
    return os.geteuid() == 0 or _sudo() is not None


def _sudo() -> str | None:
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    allowed = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return sudo if allowed.returncode == 0 else None


def _apt(package: str, *, needed: bool) -> None:
    prefix = [] if os.geteuid() == 0 else [str(_sudo()), "-n"]
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    log = PROJECT / "var" / "setup.log"
    install = ("apt-get", "install", "-y", "--no-install-recommends", package)
    try:
        for arguments in (("apt-get", "update"), install):
            run_step(
                [*prefix, *arguments],
                doing=f"安装 {package}（{arguments[1]}）",
                failed="apt 安装失败",
                log=log,
                environment=os.environ | quiet,
            )
    except Problem as problem:
        if needed:
            say(f"{problem}")


def _from_playwright() -> str:
    refusal = (
        "没有浏览器，浏览器测试无法运行；请安装 Chromium（Debian/Ubuntu：apt install chromium）。"
    )
    try:
        run_step(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            doing="下载 Chromium（playwright）",
            failed=refusal,
            log=PROJECT / "var" / "setup.log",
        )
    except Problem as problem:
        raise Problem(refusal) from problem
    asked = subprocess.run(
        [sys.executable, "-c", INSTALLED_BY_PLAYWRIGHT],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise Problem(refusal)
    return asked.stdout.strip()
