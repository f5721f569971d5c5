"""The pages of the register."""

from __future__ import annotations

from app.registry.views import claiming, claims, imports, owners, places, shares, units
from app.registry.views.room import blueprint

__all__ = ["blueprint", "claiming", "claims", "imports", "owners", "places", "shares", "units"]
