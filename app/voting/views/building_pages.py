"""Where a page of buildings begins, as links say it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request


def after() -> tuple[str, UUID] | None:
    """The last building of the page before; none on the first page, and for what is no link."""
    key, _, last = request.args.get("after", "").rpartition("~")
    try:
        return (key, UUID(last))
    except ValueError:
        return None


def cursor(building: Any) -> str:
    """What the link to the page behind this building says."""
    return f"{building.sort_key}~{building.building_id}"
