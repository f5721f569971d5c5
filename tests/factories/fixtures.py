"""What every test may ask for: its own database and queue, the application, a world."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from factories.databases import clone_database, config_for
from factories.demo import clone_demo
from factories.world import World
from flask import Flask
from redis import Redis

from app import create_app
from app.core.config import Config
from app.core.db import db


@pytest.fixture(scope="session")
def redis_url(worker_id: str) -> str:
    """This worker's own numbered database of the queue server."""
    base, _, query = os.environ["REDIS_URL"].partition("?db=")
    number = int(query or 0) + 1 + int(worker_id.removeprefix("gw") if worker_id != "master" else 0)
    return f"{base}?db={number}"


@pytest.fixture(scope="session")
def database(worker_id: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """This worker's database."""
    return clone_database(worker_id, redis_url, tmp_path_factory)


@pytest.fixture(scope="session")
def config(database: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    Redis.from_url(redis_url).flushdb()
    return config_for(database, redis_url, tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def app(config: Config) -> Iterator[Flask]:
    application = create_app(config)
    application.config.update(WTF_CSRF_ENABLED=False)
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context for tests below the views."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def world(app: Flask, config: Config) -> World:
    """Makes communities, people and what they need."""
    return World(app, config)


@pytest.fixture(scope="session")
def demo_config(worker_id: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A database with the demo world in it, beside the one of the other tests."""
    base, _, number = redis_url.rpartition("=")
    return clone_demo(worker_id, f"{base}={int(number) + 4}", tmp_path_factory)


@pytest.fixture
def sheets_as_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF holds what its page holds and the moment it was written: give the page instead."""
    from app.core.web import pdf  # noqa: PLC0415 - brings the whole of WeasyPrint

    monkeypatch.setattr(pdf, "write_pdf", str.encode)


@pytest.fixture(scope="session")
def demo_app(demo_config: Config) -> Flask:
    application = create_app(demo_config)
    application.config.update(WTF_CSRF_ENABLED=False)
    return application


@pytest.fixture
def demo_world(demo_app: Flask, demo_config: Config) -> World:
    """Makes further people in the demo world's database."""
    return World(demo_app, demo_config)
