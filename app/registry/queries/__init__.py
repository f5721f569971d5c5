"""Reading the register."""

from __future__ import annotations

from app.registry.queries.homes import compounds, homes_of

__all__ = ["compounds", "homes_of"]
