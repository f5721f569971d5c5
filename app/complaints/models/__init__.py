"""Tables of complaints."""

from app.complaints.models.cases import Complaint, ComplaintEvent
from app.complaints.models.desk import DispatchRule, ReplyTemplate, SavedFilter

__all__ = ["Complaint", "ComplaintEvent", "DispatchRule", "ReplyTemplate", "SavedFilter"]
