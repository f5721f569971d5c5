"""Proxies and paper ballots as tests need them, made by the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from factories.voting import Made
from factories.world import Person, World
from sqlalchemy import select, update

from app.core.db import db
from app.core.files.actions import Upload
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.voting.actions.entering import Entered, Reading, enter_paper
from app.voting.actions.paper import issue_papers, take_back
from app.voting.actions.proxies import Naming, revoke_authority, sign_authority
from app.voting.models import Assembly, PaperBallot, RollMember, RollVoter
from app.voting.queries import assemblies
from app.voting.rules import Mode, ProxyMedium, Signing, SpoiledBy

SCAN = Upload("scan.pdf", b"%PDF-1.4 a scan")


@dataclass(frozen=True)
class Paper:
    """A printed ballot and its voter's first owner."""

    code: str
    voter_id: UUID
    owner_id: UUID


def admit(world: World, community: CommunityRef, made: Made, mode: Mode = Mode.BOTH) -> None:
    """Say which channels an assembly admits."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            update(Assembly)
            .where(Assembly.community_id == community.id, Assembly.id == made.id)
            .values(mode=mode)
        )


def name_proxy(
    world: World,
    community: CommunityRef,
    made: Made,
    principal: Person,
    proxy: Person,
    *,
    voter_id: UUID,
    medium: ProxyMedium = ProxyMedium.ONLINE,
    limit: int = 3,
) -> UUID:
    """Sign an authority."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return sign_authority(
            Naming(
                community_id=community.id,
                assembly_id=made.id,
                voter_id=voter_id,
                account_id=principal.id,
                name=proxy.name,
                phone=proxy.phone,
                medium=medium,
                signing=Signing.PASSWORD,
            ),
            limit,
        )


def revoke(
    world: World, community: CommunityRef, made: Made, principal: Person, authority_id: UUID
) -> None:
    """Take an authority back."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        revoke_authority(community.id, principal.id, made.id, authority_id)


def printed(world: World, community: CommunityRef, made: Made, voter_id: UUID, by: Person) -> Paper:
    """Print the ballots of a voter's building and give this voter's."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        voter = db.session.get_one(RollVoter, (community.id, voter_id))
        assembly = assemblies.assembly(community.id, made.id)
        issue_papers(assembly, voter.building_id, None, issued_by=by.id)
        code = db.session.scalar(
            select(PaperBallot.code)
            .where(PaperBallot.community_id == community.id, PaperBallot.voter_id == voter_id)
            .order_by(PaperBallot.turn.desc())
            .limit(1)
        )
        owner_id = db.session.scalar(
            select(RollMember.owner_id)
            .where(RollMember.community_id == community.id, RollMember.voter_id == voter_id)
            .limit(1)
        )
    return Paper(code, voter_id, owner_id)


def bring_back(world: World, community: CommunityRef, made: Made, paper: Paper, by: Person) -> None:
    """The ballot comes back."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        take_back(assemblies.assembly(community.id, made.id), paper.code, by=by.id)


def enter(
    world: World,
    community: CommunityRef,
    made: Made,
    paper: Paper,
    by: Person,
    answers: Mapping[UUID, str] | str = "for",
    *,
    spoiled: SpoiledBy | None = None,
    authority_turn: int | None = None,
) -> Entered:
    """One person's entry; a word stands for the same answer to everything."""
    if isinstance(answers, str):
        answers = dict.fromkeys(made.matters, answers)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return enter_paper(
            assemblies.assembly(community.id, made.id),
            paper.code,
            Reading(
                answers={} if spoiled else answers,
                signed_as=None if spoiled else paper.owner_id,
                authority_turn=authority_turn,
                spoiled=spoiled,
                scan=SCAN,
            ),
            by=by.id,
        )
