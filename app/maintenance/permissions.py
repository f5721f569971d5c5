"""Who may do what with facilities. Property companies see the compounds they serve."""

from __future__ import annotations

from app.core.access.permissions import in_community
from app.core.access.roles import OFFICE_ROLES, PROPERTY_ROLES, Role

SEE_FACILITIES = in_community("maintenance.see", OFFICE_ROLES, PROPERTY_ROLES, Role.GRID_MEMBER)
KEEP_FACILITIES = in_community("maintenance.keep", OFFICE_ROLES)
RECORD_UPKEEP = in_community("maintenance.record", OFFICE_ROLES, PROPERTY_ROLES)
