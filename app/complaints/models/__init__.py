"""Tables of complaints."""

from app.complaints.models.cases import Complaint, ComplaintEvent
from app.complaints.models.catalogue import CatalogueImport, CatalogueItem, CatalogueVersion
from app.complaints.models.desk import DispatchRule, ReplyTemplate, SavedFilter
from app.complaints.models.figures import (
    ComplaintDigest,
    ComplaintExport,
    ComplaintMonth,
    ComplaintToday,
)
from app.complaints.models.spots import CommonPlace, ComplaintFollower, ComplaintSpot
from app.complaints.models.whistles import Whistle, WhistleCall, WhistleEvent, WhistleScore
from app.complaints.models.words import ComplaintWords

__all__ = [
    "CatalogueImport",
    "CatalogueItem",
    "CatalogueVersion",
    "CommonPlace",
    "Complaint",
    "ComplaintDigest",
    "ComplaintEvent",
    "ComplaintExport",
    "ComplaintFollower",
    "ComplaintMonth",
    "ComplaintSpot",
    "ComplaintToday",
    "ComplaintWords",
    "DispatchRule",
    "ReplyTemplate",
    "SavedFilter",
    "Whistle",
    "WhistleCall",
    "WhistleEvent",
    "WhistleScore",
]
