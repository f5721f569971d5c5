"""What every page of the desk asks first: which assemblies are this person's business."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from app.core.access.door import here
from app.core.access.roles import OFFICE_ROLES
from app.kit.refusal import NotFound
from app.registry.queries import compounds
from app.voting.permissions import PREPARE
from app.voting.queries import assemblies
from app.voting.rules import Actor


def acting_as() -> Actor:
    """The community's office, or those who called the assembly."""
    place = here()
    if place.signed_in.roles_in(place.community) & OFFICE_ROLES:
        return Actor.COMMUNITY
    return Actor.INITIATOR


def own_compounds() -> Collection[UUID] | None:
    """The compounds of a committee's member; none named means all (the community's office)."""
    place = here()
    if acting_as() is Actor.COMMUNITY:
        return None
    grants = [
        grant for grant in place.signed_in.grants_in(place.community) if grant.role in PREPARE.roles
    ]
    named = {grant.compound_id for grant in grants if grant.compound_id}
    committees = {grant.organization_id for grant in grants if grant.organization_id}
    if committees:
        named |= set(assemblies.compounds_of_organizations(place.community.id, committees))
    return named


def compound_choices() -> list[tuple[str, str]]:
    """The compounds for which this person may draft."""
    own = own_compounds()
    return [
        (str(compound.id), compound.name)
        for compound in compounds(here().community.id)
        if own is None or compound.id in own
    ]


def found(assembly_id: UUID) -> Any:
    """An assembly of one's compounds, as `(Assembly, compound_name)`."""
    row = assemblies.staff_assembly(here().community.id, assembly_id, own_compounds())
    if row is None:
        raise NotFound
    return row


def is_own(assembly_id: UUID) -> bool:
    """Whether an assembly is this person's business."""
    return assemblies.staff_assembly(here().community.id, assembly_id, own_compounds()) is not None


def locked(assembly_id: UUID) -> Any:
    """The same assembly for a step: nobody else takes one at the same time."""
    found(assembly_id)
    assembly = assemblies.assembly_locked(here().community.id, assembly_id)
    if assembly is None:
        raise NotFound
    return assembly
