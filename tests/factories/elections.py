"""Elections as tests need them: a matter with seats, its candidates, and ballots that choose."""

from __future__ import annotations

from uuid import UUID

from factories import voting
from factories.voting import Made
from factories.world import Person, World

from app.core.db import db
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.ids import new_id
from app.voting.actions.casting import Receipt, cast_ballot
from app.voting.actions.electing import CheckDraft, check_candidate
from app.voting.actions.opening import open_voting
from app.voting.actions.preparing import publish_notice, submit
from app.voting.models import Assembly, Candidate
from app.voting.queries import assemblies
from app.voting.rules import Actor, Finding, MatterKind, NegativeItem, settled_choice


def with_election(
    world: World, community: CommunityRef, compound_id: UUID, *, seats: int, names: tuple[str, ...]
) -> tuple[Made, list[UUID]]:
    """An open assembly with a resolution and an election after it; the candidates in order."""
    made = voting.drafted(world, community, compound_id)
    matter_id = new_id()
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assemblies.add_matter(
            {
                "community_id": community.id,
                "id": matter_id,
                "assembly_id": made.id,
                "statute": 3,
                "kind": MatterKind.ELECTION,
                "title": "选举业主委员会",
                "body": "按名单选举。",
                "seats": seats,
            }
        )
        candidates = [
            Candidate(
                community_id=community.id,
                id=new_id(),
                assembly_id=made.id,
                matter_id=matter_id,
                position=position,
                name=name,
            )
            for position, name in enumerate(names, 1)
        ]
        db.session.add_all(candidates)
        db.session.flush()
        ids = [candidate.id for candidate in candidates]
        assembly = assemblies.assembly(community.id, made.id)
        for candidate in ids:
            clear(assembly, candidate)
        submit(assembly, Actor.COMMUNITY)
        publish_notice(assembly, Actor.COMMUNITY, now() - voting.NOTICED_AGO)
        db.session.flush()
        locked = assemblies.assembly_locked(community.id, made.id)
        open_voting(locked, Actor.COMMUNITY, voting.Settings(), now())
    return Made(made.id, (*made.matters, matter_id)), ids


def clear(assembly: Assembly, candidate_id: UUID) -> None:
    """Nothing was found against a candidate, on any item of the negative list."""
    for item in NegativeItem:
        check = CheckDraft(item=item, finding=Finding.CLEAR, note="查询没有记录")
        check_candidate(assembly, candidate_id, check, checked_by=new_id())


def choose(
    world: World,
    community: CommunityRef,
    made: Made,
    person: Person,
    chosen: list[UUID],
    answer: str = "for",
) -> Receipt:
    """Cast a person's ballot: an answer to the resolution, and these candidates."""
    voter_id = voting.voter_of(world, community, made, person)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        candidates = assemblies.candidates_of(community.id, made.id)[made.matters[-1]]
        ids = [candidate.id for candidate in candidates]
        choice = settled_choice([str(one) for one in chosen], ids, len(ids))
        choices = dict.fromkeys(made.matters[:-1], answer) | {made.matters[-1]: choice}
        return cast_ballot(community.id, made.id, voter_id, person.id, choices)
