"""Tables of complaints."""

from app.complaints.models.cases import Complaint, ComplaintEvent
from app.complaints.models.catalogue import CatalogueImport, CatalogueItem, CatalogueVersion
from app.complaints.models.desk import DispatchRule, ReplyTemplate, SavedFilter
from app.complaints.models.spots import CommonPlace, ComplaintFollower, ComplaintSpot

__all__ = [
    "CatalogueImport",
    "CatalogueItem",
    "CatalogueVersion",
    "CommonPlace",
    "Complaint",
    "ComplaintEvent",
    "ComplaintFollower",
    "ComplaintSpot",
    "DispatchRule",
    "ReplyTemplate",
    "SavedFilter",
]
