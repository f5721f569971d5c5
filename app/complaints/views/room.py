"""What the resident's pages share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for

from app.core.access.door import here
from app.core.web.shell import navigation_item

blueprint = Blueprint("complaints", __name__)
navigation_item("反映", "message-square-plus", "complaints.index", order=20, resident=True)


def address(complaint_id: UUID, **values: Any) -> str:
    """The page of my complaint."""
    code = here().community.code
    return url_for("complaints.show", community=code, complaint_id=complaint_id, **values)
