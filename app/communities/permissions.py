"""Who may do what with a community's own settings."""

from __future__ import annotations

from app.core.access.permissions import in_community
from app.core.access.roles import OFFICE_ROLES

CHANGE_SETTINGS = in_community("communities.change_settings", OFFICE_ROLES)
