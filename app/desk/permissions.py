"""Who has which start page."""

from __future__ import annotations

from app.core.access.permissions import in_community, on_platform
from app.core.access.roles import COMMUNITY_ROLES, NEIGHBOUR_ROLES

RESIDENT_DESK = in_community("desk.resident", NEIGHBOUR_ROLES)
STAFF_DESK = in_community("desk.staff", COMMUNITY_ROLES - NEIGHBOUR_ROLES)
PLATFORM_DESK = on_platform("desk.platform")
