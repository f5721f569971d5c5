"""What the demo world's parts share: the communities, the people and the places by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from app.core.tenancy import CommunityRef


@dataclass(slots=True)
class Stage:
    """Filled part by part: people first, then the register, then the features."""

    community: CommunityRef
    neighbour: CommunityRef
    accounts: dict[str, UUID] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
