"""What the register leaves to the worker."""

from __future__ import annotations

from uuid import UUID

from app.core.outbox.messages import handles
from app.core.tenancy import current_community
from app.registry.actions import merging


@handles("registry.check_import")
def check_import(import_id: str) -> None:
    """Dry run of an uploaded register."""
    merging.check_import(current_community(), UUID(import_id))


@handles("registry.apply_import")
def apply_import(import_id: str) -> None:
    """Merge a checked register."""
    merging.apply_import(current_community(), UUID(import_id))
