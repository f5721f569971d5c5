"""Pages of the coverage report: the community's and the reviewers'."""

from app.coverage.views import community, drafting, regions, reviewing
from app.coverage.views.room import blueprint

__all__ = ["blueprint", "community", "drafting", "regions", "reviewing"]
