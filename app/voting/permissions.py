"""Who may do what with owners' assemblies."""

from __future__ import annotations

from app.core.access.permissions import in_community
from app.core.access.roles import COMMUNITY_ROLES, NEIGHBOUR_ROLES, OFFICE_ROLES, Role

READ = in_community("voting.read", COMMUNITY_ROLES)
"""Notices and results: everybody in the community."""
CAST = in_community("voting.cast", NEIGHBOUR_ROLES)
"""The ballot: residents; whether they own anything on the roll is asked of the roll itself."""
PREPARE = in_community("voting.prepare", OFFICE_ROLES, Role.COMMITTEE_MEMBER)
"""Draft, submit and watch participation: the committee of the compound, and the community."""
REVIEW = in_community("voting.review", OFFICE_ROLES)
"""Return, publish the notice, open: the community alone."""
SCRUTINIZE = in_community("voting.scrutinize", OFFICE_ROLES)
"""监票: take the sealed package with every ballot of a closed vote; each download is on record."""
