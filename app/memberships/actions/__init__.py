"""Granting and ending roles: in a community, and in the departments of a region."""

from app.memberships.actions.granting import end, grant

__all__ = ["end", "grant"]
