"""All pages of the desk, under one blueprint."""

from app.complaints.views import (
    batch,
    catalogue,
    catalogue_imports,
    dispatching,
    entering,
    keeping,
    sheet,
    staff,
)
from app.complaints.views.tickets import blueprint

__all__ = [
    "batch",
    "blueprint",
    "catalogue",
    "catalogue_imports",
    "dispatching",
    "entering",
    "keeping",
    "sheet",
    "staff",
]
