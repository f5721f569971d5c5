"""What the resident's pages share."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from app.core.access.door import here
from app.core.web.row_urls import row_urls
from app.core.web.shell import navigation_item

blueprint = Blueprint("complaints", __name__)
navigation_item("反映", "message-square-plus", "complaints.index", order=20, resident=True)


def address(complaint_id: UUID) -> str:
    """The page of my complaint."""
    code = here().community.code
    return row_urls("complaints.show", "complaint_id", community=code)(complaint_id)
