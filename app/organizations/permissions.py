"""Who may do what with organizations."""

from __future__ import annotations

from app.core.access.permissions import in_community
from app.core.access.roles import OFFICE_ROLES, Role

SEE_ORGANIZATIONS = in_community("organizations.see", OFFICE_ROLES, Role.GRID_MEMBER)
KEEP_ORGANIZATIONS = in_community("organizations.keep", OFFICE_ROLES)
