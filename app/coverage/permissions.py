"""Who may do what with coverage reports. Reviewers act in their region, never in a community."""

from __future__ import annotations

from app.core.access.permissions import in_community, in_region
from app.core.access.roles import OFFICE_ROLES, REVIEWER_ROLES, Role

SEE_COVERAGE = in_community("coverage.see", OFFICE_ROLES, Role.GRID_MEMBER)
PREPARE_REPORT = in_community("coverage.prepare", OFFICE_ROLES)
SUBMIT_REPORT = in_community("coverage.submit", OFFICE_ROLES)
SEE_REGION = in_region("coverage.see_region", REVIEWER_ROLES)
REVIEW_REPORT = in_region("coverage.review", REVIEWER_ROLES)
