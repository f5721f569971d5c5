"""The covenants' doors."""

from app.covenants.views import drafting, leading, reading, taking_part
from app.covenants.views.room import blueprint

__all__ = ["blueprint", "drafting", "leading", "reading", "taking_part"]
