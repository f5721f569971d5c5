"""All pages of the leads' figures, under one blueprint."""

from app.complaints.views import exporting, figures, weeks
from app.complaints.views.figure_parts import blueprint

__all__ = ["blueprint", "exporting", "figures", "weeks"]
