"""What staff choose from: matters and places, as lists for forms."""

from __future__ import annotations

from app.complaints.queries import catalogue
from app.complaints.queries.dispatching import buildings_of
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.core.access.door import here
from app.registry.queries import compounds

Choices = list[tuple[str, str]]
GROUP = "group:"


def categories() -> Choices:
    """Every category that can be chosen now, with its group."""
    return [
        (category.code, f"{name}：{category.title}")
        for name, listed in catalogue.current(here().community.id).groups()
        for category in listed
    ]


def matters() -> Choices:
    """Everything, a whole group, or one category."""
    groups = catalogue.current(here().community.id).groups()
    whole = [(f"{GROUP}{name}", f"{name}（全部）") for name, _ in groups]
    return [("", "全部事项"), *whole, *categories()]


def places() -> Choices:
    """Compounds and their buildings, as a form carries places."""
    community_id = here().community.id
    buildings = buildings_of(community_id)
    listed: Choices = []
    for compound in compounds(community_id):
        whole = PlaceChoice(PlaceKind.COMPOUND, compound.id)
        listed.append((str(whole), compound.name))
        listed += [
            (str(PlaceChoice(PlaceKind.BUILDING, row.id)), f"{compound.name} {row.name}")
            for row in buildings
            if row.compound_id == compound.id
        ]
    return listed
