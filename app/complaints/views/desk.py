"""All pages of the desk, under one blueprint."""

from app.complaints.views import batch, dispatching, entering, keeping, staff
from app.complaints.views.tickets import blueprint

__all__ = ["batch", "blueprint", "dispatching", "entering", "keeping", "staff"]
