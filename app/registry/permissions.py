"""Who may do what with the register."""

from __future__ import annotations

from app.core.access.permissions import SIGNED_IN, in_community
from app.core.access.roles import OFFICE_ROLES, Role

READ_REGISTER = in_community("registry.read", OFFICE_ROLES, Role.GRID_MEMBER)
"""Places, units and owners with masked numbers."""
EDIT_REGISTER = in_community("registry.edit", OFFICE_ROLES)
"""Change and import the register."""
VIEW_IDENTITY = in_community("registry.view_identity", OFFICE_ROLES)
"""See an identity number in full; every look is recorded."""
DECIDE_CLAIMS = in_community("registry.decide_claims", OFFICE_ROLES)
"""Approve or refuse a resident's claim to a unit."""
CLAIM_UNIT = SIGNED_IN
"""Anybody with an account may say which unit is theirs: it is how residents come in."""
