"""The blueprint of this room."""

from __future__ import annotations

from flask import Blueprint

from app.core.web.shell import navigation_item

blueprint = Blueprint("coverage", __name__)
navigation_item("五个全覆盖", "chart-column", "coverage.index", order=60)
navigation_item("覆盖汇总", "chart-column", "coverage.region_home", order=10)
