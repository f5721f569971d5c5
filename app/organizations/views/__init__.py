"""Pages about organizations, their members and contracts."""

from app.organizations.views import contracts, members, organizations
from app.organizations.views.room import blueprint

__all__ = ["blueprint", "contracts", "members", "organizations"]
