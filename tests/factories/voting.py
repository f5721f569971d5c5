"""Assemblies as tests need them, made by the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from factories import recounts
from factories.world import Person, World
from sqlalchemy import select, update

from app.communities.rules import Settings
from app.core.db import db
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.voting.actions.casting import Receipt, cast_ballot
from app.voting.actions.opening import open_voting
from app.voting.actions.preparing import (
    Draft,
    MatterDraft,
    add_matter,
    draft_assembly,
    publish_notice,
    submit,
)
from app.voting.jobs import take_due_step
from app.voting.models import Assembly, RollMember, RollVoter
from app.voting.queries import assemblies, ballots
from app.voting.rules import Actor, Choice

NOTICED_AGO = timedelta(days=40)
OPENED_AGO = timedelta(days=10)


@dataclass(frozen=True)
class Made:
    """An assembly and its matters in their order."""

    id: UUID
    matters: tuple[UUID, ...]


def drafted(world: World, community: CommunityRef, compound_id: UUID, **changes) -> Made:
    """A draft; `statutes=(4,)` gives the matters' items in 民法典 278."""
    statutes = changes.pop("statutes", (4,))
    opens_at = changes.pop("opens_at", now() - OPENED_AGO)
    closes_at = changes.pop("closes_at", now() + timedelta(days=3))
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        draft = Draft(
            compound_id=compound_id,
            title="2026 年第一次业主大会会议",
            convener="业主委员会",
            statement="请各位业主参与。",
            opens_at=opens_at,
            closes_at=closes_at,
        )
        matters = [
            MatterDraft(statute=statute, title=f"第 {place} 件事", body="方案全文")
            for place, statute in enumerate(statutes, 1)
        ]
        assembly_id = draft_assembly(community.id, draft, matters[0], drafted_by=None)
        assembly = assemblies.assembly(community.id, assembly_id)
        for matter in matters[1:]:
            add_matter(assembly, matter)
        ids = tuple(matter.id for matter in assemblies.matters_of(community.id, assembly_id))
    return Made(assembly_id, ids)


def noticed(world: World, community: CommunityRef, compound_id: UUID, **changes) -> Made:
    """An assembly whose notice was published some time ago."""
    made = drafted(world, community, compound_id, **changes)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assembly = assemblies.assembly(community.id, made.id)
        submit(assembly, Actor.COMMUNITY)
        publish_notice(assembly, Actor.COMMUNITY, now() - NOTICED_AGO)
    return made


def opened(world: World, community: CommunityRef, compound_id: UUID, **changes) -> Made:
    """An assembly whose roll is frozen and whose vote is open."""
    settings = changes.pop("settings", Settings())
    made = noticed(world, community, compound_id, **changes)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assembly = assemblies.assembly_locked(community.id, made.id)
        open_voting(assembly, Actor.COMMUNITY, settings, now())
    return made


def voter_of(world: World, community: CommunityRef, made: Made, person: Person) -> UUID:
    """The (first) voter this person may cast for."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return ballots.my_voters(community.id, person.id, [made.id])[0].voter_id


def vote(
    world: World,
    community: CommunityRef,
    made: Made,
    person: Person,
    choice: Choice = Choice.FOR,
    voter_id: UUID | None = None,
) -> Receipt:
    """Cast a person's ballot, the same choice on every matter."""
    voter_id = voter_id or voter_of(world, community, made, person)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return cast_ballot(
            community.id, made.id, voter_id, person.id, dict.fromkeys(made.matters, choice)
        )


def run_out(world: World, community: CommunityRef, made: Made) -> None:
    """Let the deadline pass."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        moment = assemblies.database_now()
        db.session.execute(
            update(Assembly)
            .where(Assembly.community_id == community.id, Assembly.id == made.id)
            .values(closes_at=moment, due_at=moment)
        )


def clock_strikes(world: World, community: CommunityRef, made: Made) -> None:
    """What the worker does for a due assembly."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        take_due_step(str(made.id))


def closed(world: World, community: CommunityRef, made: Made) -> None:
    """Past the deadline, counted and published; the recount of its packages agrees."""
    run_out(world, community, made)
    clock_strikes(world, community, made)
    recounts.agree(world, community, made)


def roll_of(world: World, community: CommunityRef, made: Made) -> list[RollVoter]:
    """The frozen voters by number."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        rows = db.session.scalars(
            select(RollVoter)
            .where(RollVoter.community_id == community.id, RollVoter.assembly_id == made.id)
            .order_by(RollVoter.number)
        ).all()
        db.session.expunge_all()
        return list(rows)


def members_of(world: World, community: CommunityRef, voter: RollVoter) -> set[UUID]:
    """The owners who may cast for a voter."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return set(
            db.session.scalars(
                select(RollMember.owner_id).where(
                    RollMember.community_id == community.id, RollMember.voter_id == voter.id
                )
            )
        )
