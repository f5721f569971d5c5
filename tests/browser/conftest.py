"""A running house (web, relay, worker) on a database of its own, and a real browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from factories.windows import DESK, PHONE
from factories.world import Person, World
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app import create_app
from app.core.config import Config

ROOT = Path(__file__).parents[2]
# A machine busy with other tests answers late; what never comes still fails.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
HEIGHTS = {PHONE: 844, DESK: 900}
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class House:
    """Where the running product answers, and the configuration of its processes."""

    url: str
    config: Config


@pytest.fixture(scope="session")
def live_config(demo_config: Config) -> Config:
    """The running house shows the demo world and whatever the tests add."""
    return demo_config


@pytest.fixture(scope="session")
def house(live_config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Web, relay and worker as separate processes, as in production."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, **as_environment(live_config), "BASE_URL": url}
    logs = tmp_path_factory.mktemp("logs")
    commands = {
        "web": [
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            "1",
            "--no-ws",
            "--blocking-threads",
            "4",
            "wsgi:app",
        ],
        "relay": ["flask", "--app", "wsgi", "outbox", "relay"],
        "worker": ["app.worker", "1"],
    }
    processes = []
    for name, command in commands.items():
        with (logs / f"{name}.log").open("wb") as log:
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command],
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )
    try:
        _wait_until_ready(url, logs)
        yield House(url, live_config)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="session")
def live_server(house: House) -> str:
    """The base address of the running house."""
    return house.url


@pytest.fixture(scope="session")
def live_app(live_config: Config) -> Flask:
    return create_app(live_config)


@pytest.fixture
def live_world(live_app: Flask, live_config: Config) -> World:
    """Makes what the running house shows."""
    return World(live_app, live_config)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM_PATH") or None, args=list(ARGUMENTS)
        )
        yield running
        running.close()


class Window:
    """A browser window with cookies and storage of its own, wiped and used again.

    A new one starts a process and looks for its Chinese fonts first, which takes longer than
    most pages.
    """

    def __init__(self, browser: Browser, url: str, *, javascript: bool) -> None:
        self.javascript = javascript
        self._url = url
        self._context = browser.new_context(
            base_url=url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self.page = self._context.new_page()
        self._storage = self._context.new_cdp_session(self.page)
        self.page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        self.page.on(
            "console",
            lambda message: (
                pytest.fail(f"console: {message.text}")
                if "Content Security Policy" in message.text
                else None
            ),
        )

    def sign_in(self, cookie: str) -> None:
        """Carry the session of somebody."""
        self._context.add_cookies(
            [{"name": "gongzhi", "value": cookie, "url": self._url, "httpOnly": True}]
        )

    def wipe(self) -> None:
        """Forget who used it and what for."""
        self._context.set_offline(offline=False)
        self._context.clear_cookies()
        if self.javascript and self.page.url.startswith(self._url):
            self.page.evaluate("sessionStorage.clear()")
        self._storage.send(
            "Storage.clearDataForOrigin", {"origin": self._url, "storageTypes": "all"}
        )
        self.page.goto("about:blank")

    def close(self) -> None:
        self._context.close()


@pytest.fixture(scope="session")
def free_windows() -> list[Window]:
    """Wiped windows nobody looks into."""
    return []


@pytest.fixture
def browser_page(
    request: pytest.FixtureRequest,
    browser: Browser,
    house: House,
    live_world: World,
    free_windows: list[Window],
) -> Iterator[Callable[..., Page]]:
    """`browser_page(person=None, width=390, javascript=True)` opens a window, signed in."""
    used = []

    def open_page(
        person: Person | None = None, width: int = PHONE, *, javascript: bool = True
    ) -> Page:
        free = [window for window in free_windows if window.javascript is javascript]
        if free:
            free_windows.remove(free[0])
        window = free[0] if free else Window(browser, house.url, javascript=javascript)
        used.append(window)
        window.page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
        if person is not None:
            cookie = live_world.client(person).get_cookie("gongzhi")
            assert cookie is not None
            window.sign_in(cookie.value)
        return window.page

    failed = request.session.testsfailed
    yield open_page
    for window in used:
        if request.session.testsfailed > failed:
            window.close()
        else:
            window.wipe()
            free_windows.append(window)


def as_environment(config: Config) -> dict[str, str]:
    """The environment from which a process reads this configuration."""
    return {
        "GONGZHI_ENV": config.environment,
        "DATABASE_URL": config.database_url,
        "DATABASE_OWNER_URL": config.database_owner_url or "",
        "DATABASE_SWEEP_URL": config.database_sweep_url or "",
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key,
        "AUDIT_KEY": config.audit_key,
        "SIGNING_KEY": config.signing_key,
        "FIELD_KEYS": ",".join(config.field_keys),
        "FILES_DIR": str(config.files_dir),
        "DEMO": "1",
        "RATE_LIMITS": "0",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, logs: Path) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError((logs / "web.log").read_text()[-3000:])
