"""What a process that serves pages carries from its start."""

from __future__ import annotations

import json
import subprocess
import sys

from app import MIGRATIONS

SELDOM_USED = {"alembic", "openpyxl", "pypinyin", "weasyprint", "xlsxwriter", "app.demo.acts"}
"""Libraries and rooms that few requests need."""


def test_the_application_is_imported_without_what_few_requests_need():
    loaded = subprocess.run(
        [sys.executable, "-c", "import app, json, sys; print(json.dumps(list(sys.modules)))"],
        cwd=MIGRATIONS.parent,
        capture_output=True,
        check=True,
    )
    assert not SELDOM_USED & set(json.loads(loaded.stdout))
