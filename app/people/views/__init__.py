"""Pages of signing in and of one's own account."""

from __future__ import annotations

from app.people.views import account, home, joining, second_factor, sign_in
from app.people.views.room import blueprint

__all__ = ["account", "blueprint", "home", "joining", "second_factor", "sign_in"]
