"""The demo world, loaded once in a run and cloned for each worker."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from factories.databases import PREFIX, clone_database, config_for, copy_database
from filelock import FileLock

from app import create_app
from app.core.config import Config
from app.core.db import db
from app.demo import acts


def clone_demo(worker_id: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The configuration of a worker's own copy of the demo world, rows and files."""
    loaded = _shared(tmp_path_factory) / "demo"
    with FileLock(loaded.with_suffix(".lock")):
        if not loaded.exists():
            loading = loaded.with_suffix(".loading")
            shutil.rmtree(loading, ignore_errors=True)
            name = clone_database("demo", redis_url, tmp_path_factory)
            _load(config_for(name, redis_url, loading))
            loading.rename(loaded)
        name = f"{PREFIX}_demo_{worker_id}"
        copy_database(f"{PREFIX}_demo", name)
    files = tmp_path_factory.mktemp("demo-files")
    shutil.copytree(loaded, files, dirs_exist_ok=True)
    return config_for(name, redis_url, files)


def _load(config: Config) -> None:
    config.files_dir.mkdir()
    application = create_app(config)
    with application.app_context():
        stage = acts.set_stage()
        for _, load in acts.PARTS:
            load(stage)
        db.engine.dispose()
    # Nobody may be connected to what is about to be cloned.
    application.extensions["gongzhi.sweep"].dispose()


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its workers know."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
