"""Opening the measured assembly by the product's own action, which freezes the roll."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.communities.rules import Settings
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.voting.actions.opening import open_voting
from app.voting.models import Assembly, RollMember
from app.voting.rules import Actor
from measure.world import World


def open_assembly(world: World, assembly_id: UUID) -> None:
    """Freeze the roll and open the vote; of the world's assembly, remember each one's voter."""
    with transaction(Scope(community_id=world.community_id)):
        assembly = db.session.get_one(Assembly, (world.community_id, assembly_id))
        open_voting(assembly, Actor.COMMUNITY, Settings(), now())
    if assembly_id != world.assembly:
        return
    with transaction(Scope(community_id=world.community_id)):
        rows = db.session.execute(select(RollMember.owner_id, RollMember.voter_id)).all()
    world.voters = {row.owner_id: row.voter_id for row in rows}
