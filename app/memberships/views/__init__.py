"""Pages of who works where: in a community, and in the departments of a region."""

from app.memberships.views.departments import blueprint as departments_blueprint
from app.memberships.views.members import blueprint

__all__ = ["blueprint", "departments_blueprint"]
