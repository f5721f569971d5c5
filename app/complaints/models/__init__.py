"""Tables of complaints."""

from app.complaints.models.cases import Complaint, ComplaintEvent

__all__ = ["Complaint", "ComplaintEvent"]
