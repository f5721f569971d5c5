"""Pages of the open interface for community staff."""

from app.interfaces.views import clients, webhooks
from app.interfaces.views.room import blueprint

__all__ = ["blueprint", "clients", "webhooks"]
