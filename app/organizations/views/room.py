"""The blueprint of this room."""

from __future__ import annotations

from flask import Blueprint

from app.core.web.shell import navigation_item

blueprint = Blueprint("organizations", __name__)
navigation_item("组织与合同", "users", "organizations.index", order=70)
