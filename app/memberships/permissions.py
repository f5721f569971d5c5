"""Who sees and changes who works in a community. The finer table is in rules.py."""

from __future__ import annotations

from app.core.access.permissions import in_community
from app.core.access.roles import OFFICE_ROLES, Role

MANAGE_PEOPLE = in_community("memberships.manage", OFFICE_ROLES, Role.PROPERTY_MANAGER)
