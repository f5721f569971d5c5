"""Pages of complaints."""

from app.complaints.views import drafts, reporting, resident
from app.complaints.views.room import blueprint

__all__ = ["blueprint", "drafts", "reporting", "resident"]
