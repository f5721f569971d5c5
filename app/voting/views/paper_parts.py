"""What the pages of paper ballots share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from app.core.access.door import here
from app.kit.refusal import NotFound
from app.voting.forms import ANSWER_PREFIX
from app.voting.queries import assemblies, paper
from app.voting.rules import (
    SETTLED,
    Choice,
    MatterKind,
    PaperEvent,
)


def matters_shown(assembly_id: UUID) -> list[dict[str, Any]]:
    """The matters with their candidates, as a ballot shows them."""
    community_id = here().community.id
    candidates = assemblies.candidates_of(community_id, assembly_id)
    return [
        {
            "id": matter.id,
            "field": f"{ANSWER_PREFIX}{matter.id}",
            "title": matter.title,
            "body": matter.body,
            "election": matter.kind == MatterKind.ELECTION,
            "seats": matter.seats,
            "candidates": [
                {"value": str(candidate.id), "label": candidate.name}
                for candidate in candidates.get(matter.id, [])
            ],
            "choices": [choice.label for choice in Choice],
        }
        for matter in assemblies.matters_of(community_id, assembly_id)
    ]


def known(assembly_id: UUID, code: str) -> Any:
    """The ballot of this code."""
    place = here()
    found = paper.paper(place.community.id, place.signed_in.account_id, assembly_id, code)
    if found is None:
        raise NotFound
    return found


def place_choices(compound_id: UUID) -> list[dict[str, Any]]:
    """Each building with its stairwells, as choices of one list."""
    choices: list[dict[str, Any]] = []
    last = None
    for row in paper.places_on_roll(here().community.id, compound_id):
        if row.building_id != last:
            last = row.building_id
            choices.append(
                {"value": str(row.building_id), "label": row.building_name, "checked": False}
            )
        if row.stairwell_id is not None:
            choices.append(
                {
                    "value": f"{row.building_id}/{row.stairwell_id}",
                    "label": f"{row.building_name} {row.stairwell_name}",
                    "checked": False,
                }
            )
    return choices


def state_tag(events: list[str]) -> dict[str, str]:
    """Where a ballot stands, as a tag draws it."""
    done = next((PaperEvent(kind) for kind in events if kind in SETTLED), None)
    if done is not None:
        return {"kind": "done" if done is PaperEvent.COUNTED else "quiet", "text": done.label}
    if PaperEvent.RETURNED in events:
        return {"kind": "due", "text": PaperEvent.RETURNED.label}
    if PaperEvent.HANDED_OUT in events:
        return {"kind": "info", "text": PaperEvent.HANDED_OUT.label}
    return {"kind": "quiet", "text": "已编号，没发出"}


def address(name: str, assembly_id: UUID, **values: Any) -> str:
    """The address of a page of this assembly."""
    return url_for(f".{name}", community=here().community.code, assembly_id=assembly_id, **values)
