"""Reading assemblies and their matters, for residents and for those who run them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, text, update

from app.core.db import db
from app.organizations.models import Organization
from app.registry.models import Compound, Owner, Ownership, PropertyUnit
from app.voting.models import Assembly, AssemblyMatter, Candidate
from app.voting.rules import State

PUBLIC_STATES = (State.NOTICED, State.OPEN, State.CLOSED, State.PUBLISHED, State.FINAL)
"""What owners may see: nothing before the notice."""
PAGE = 20


def assembly(community_id: int, assembly_id: UUID) -> Assembly | None:
    """One assembly."""
    return db.session.get(Assembly, (community_id, assembly_id))


def assembly_locked(community_id: int, assembly_id: UUID) -> Assembly | None:
    """One assembly, locked: casts under way are waited for, casts to come see its new state."""
    return db.session.scalar(
        select(Assembly)
        .where(Assembly.community_id == community_id, Assembly.id == assembly_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def public_assembly(community_id: int, assembly_id: UUID) -> Any | None:
    """An assembly owners may see, with its compound's name as `(Assembly, compound_name)`."""
    return db.session.execute(
        _with_compound().where(
            Assembly.community_id == community_id,
            Assembly.id == assembly_id,
            Assembly.state.in_(PUBLIC_STATES),
        )
    ).one_or_none()


def public_assemblies(community_id: int, before: UUID | None) -> Sequence[Any]:
    """A page of assemblies owners may see, newest first, one more than a page when there is one."""
    wanted = _with_compound().where(
        Assembly.community_id == community_id, Assembly.state.in_(PUBLIC_STATES)
    )
    return _page(wanted, before)


def staff_assembly(
    community_id: int, assembly_id: UUID, compounds: Collection[UUID] | None
) -> Any | None:
    """An assembly of these compounds (all when none are named), with its compound's name."""
    return db.session.execute(
        _with_compound().where(
            Assembly.community_id == community_id,
            Assembly.id == assembly_id,
            *_of_compounds(compounds),
        )
    ).one_or_none()


def staff_assemblies(
    community_id: int, compounds: Collection[UUID] | None, before: UUID | None
) -> Sequence[Any]:
    """A page of assemblies of these compounds in any state, newest first."""
    wanted = _with_compound().where(
        Assembly.community_id == community_id, *_of_compounds(compounds)
    )
    return _page(wanted, before)


def matters_of(community_id: int, assembly_id: UUID) -> Sequence[AssemblyMatter]:
    """The matters of an assembly in their order."""
    return db.session.scalars(
        select(AssemblyMatter)
        .where(
            AssemblyMatter.community_id == community_id,
            AssemblyMatter.assembly_id == assembly_id,
        )
        .order_by(AssemblyMatter.position)
    ).all()


def candidates_of(community_id: int, assembly_id: UUID) -> dict[UUID, list[Candidate]]:
    """The candidates of each election of an assembly, in the order of the ballot."""
    found: dict[UUID, list[Candidate]] = {}
    for candidate in db.session.scalars(
        select(Candidate)
        .where(Candidate.community_id == community_id, Candidate.assembly_id == assembly_id)
        .order_by(Candidate.matter_id, Candidate.position)
    ):
        found.setdefault(candidate.matter_id, []).append(candidate)
    return found


def matter_titles(community_id: int, assembly_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The titles of the matters of several assemblies."""
    titles: dict[UUID, list[str]] = {}
    rows = db.session.execute(
        select(AssemblyMatter.assembly_id, AssemblyMatter.title)
        .where(
            AssemblyMatter.community_id == community_id,
            AssemblyMatter.assembly_id.in_(assembly_ids),
        )
        .order_by(AssemblyMatter.position)
    )
    for assembly_id, title in rows:
        titles.setdefault(assembly_id, []).append(title)
    return titles


def add_matter(values: dict[str, Any]) -> None:
    """Write one more matter at the end of the agenda."""
    last = (
        select(func.coalesce(func.max(AssemblyMatter.position), 0) + 1)
        .where(
            AssemblyMatter.community_id == values["community_id"],
            AssemblyMatter.assembly_id == values["assembly_id"],
        )
        .scalar_subquery()
    )
    db.session.execute(insert(AssemblyMatter).values(position=last, **values))


def remove_matter(community_id: int, assembly_id: UUID, matter_id: UUID) -> bool:
    """Take a matter from the agenda of a draft."""
    removed = db.session.execute(
        delete(AssemblyMatter).where(
            AssemblyMatter.community_id == community_id,
            AssemblyMatter.assembly_id == assembly_id,
            AssemblyMatter.id == matter_id,
        )
    )
    return bool(removed.rowcount)  # type: ignore[attr-defined]


def database_now() -> datetime:
    """The clock that decides deadlines: when this transaction began."""
    return db.session.execute(select(func.now())).scalar_one()


def work_in_bulk() -> None:
    """Make this transaction ready for a whole roll or all its ballots.

    It may take minutes for the largest compounds; and rows written a moment ago, of which the
    planner has no statistics yet, must not be joined one by one.
    """
    db.session.execute(
        text("SET LOCAL statement_timeout = '5min'; SET LOCAL enable_nestloop = off")
    )


def due_assemblies(connection: Any) -> Sequence[Any]:
    """Assemblies whose next step the clock must take (sweep role)."""
    rows: Sequence[Any] = connection.execute(
        select(Assembly.community_id, Assembly.id).where(Assembly.due_at <= func.now())
    ).all()
    return rows


def accounts_of_owners(community_id: int, compound_id: UUID) -> Sequence[UUID]:
    """Accounts of those who own something in a compound now."""
    return db.session.scalars(
        select(Owner.account_id.distinct())
        .join(
            Ownership,
            (Ownership.community_id == Owner.community_id) & (Ownership.owner_id == Owner.id),
        )
        .join(
            PropertyUnit,
            (PropertyUnit.community_id == Ownership.community_id)
            & (PropertyUnit.id == Ownership.unit_id),
        )
        .where(
            Owner.community_id == community_id,
            Owner.account_id.is_not(None),
            Ownership.ended_at.is_(None),
            PropertyUnit.compound_id == compound_id,
        )
    ).all()  # type: ignore[return-value]


def compounds_of_organizations(
    community_id: int, organization_ids: Collection[UUID]
) -> Sequence[UUID]:
    """The compounds these committees belong to."""
    return db.session.scalars(
        select(Organization.compound_id).where(
            Organization.community_id == community_id,
            Organization.id.in_(organization_ids),
            Organization.compound_id.is_not(None),
        )
    ).all()  # type: ignore[return-value]


def set_due(community_id: int, assembly_id: UUID, due_at: datetime | None) -> None:
    """Say when the clock takes the next step."""
    db.session.execute(
        update(Assembly)
        .where(Assembly.community_id == community_id, Assembly.id == assembly_id)
        .values(due_at=due_at)
    )


def _with_compound() -> Any:
    return select(Assembly, Compound.name.label("compound_name")).join(
        Compound,
        (Compound.community_id == Assembly.community_id) & (Compound.id == Assembly.compound_id),
    )


def _of_compounds(compounds: Collection[UUID] | None) -> list[ColumnElement[bool]]:
    return [] if compounds is None else [Assembly.compound_id.in_(compounds)]


def _page(wanted: Any, before: UUID | None) -> Sequence[Any]:
    if before is not None:
        wanted = wanted.where(Assembly.id < before)
    rows: Sequence[Any] = db.session.execute(
        wanted.order_by(Assembly.id.desc()).limit(PAGE + 1)
    ).all()
    return rows
