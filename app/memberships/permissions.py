"""Who sees and changes who works in a community, or in a region's departments.

The finer table is in rules.py.
"""

from __future__ import annotations

from app.core.access.permissions import in_community, in_region
from app.core.access.roles import OFFICE_ROLES, REVIEWER_ROLES, Role

MANAGE_PEOPLE = in_community("memberships.manage", OFFICE_ROLES, Role.PROPERTY_MANAGER)
KEEP_DEPARTMENTS = in_region("memberships.keep_departments", REVIEWER_ROLES)
