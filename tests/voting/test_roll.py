"""The frozen roll: 建筑物区分所有权司法解释 art. 8, 9."""

from __future__ import annotations

import random

import pytest
from factories import voting
from factories.world import Home
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from app.communities.rules import Settings
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.registry.models import Owner, Ownership, PropertyUnit
from app.voting.models import AssemblyParticipation, RollUnit, RollVoter
from app.voting.queries import roll
from app.voting.rules import Holding, RollFlag, merge_voters


def change_unit(world, community, home: Home, **values):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            update(PropertyUnit)
            .where(PropertyUnit.community_id == community.id, PropertyUnit.id == home.unit_id)
            .values(**values)
        )


def change_owner(world, community, home: Home, **values):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            update(Owner)
            .where(Owner.community_id == community.id, Owner.id == home.owner_id)
            .values(**values)
        )


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


def test_units_of_exactly_the_same_owners_are_one_head_with_all_their_area(
    world, community, compound
):
    wang = world.person("王秀英")
    world.home(community, compound, owner=wang, area_centi=8950)
    world.home(community, compound, owner=wang, area_centi=1050)
    made = voting.opened(world, community, compound)
    (voter,) = voting.roll_of(world, community, made)
    assert (voter.area_centi, voter.unit_count, voter.flag) == (10000, 2, None)


def test_partly_overlapping_owners_stay_apart_and_are_flagged(world, community, compound):
    wang, li = world.person("王秀英"), world.person("李建国")
    shared = world.home(community, compound, owner=wang)
    world.co_owner(community, shared, li)
    world.home(community, compound, owner=wang)
    made = voting.opened(world, community, compound)
    voters = voting.roll_of(world, community, made)
    assert [voter.flag for voter in voters] == [RollFlag.OVERLAP, RollFlag.OVERLAP]
    assert [voter.member_count for voter in voters] == [2, 1]


def test_unsold_and_undelivered_units_are_the_developers_one_head(world, community, compound):
    buyer = world.person("购房人")
    unsold = world.home(community, compound, area_centi=7000)
    undelivered = world.home(community, compound, owner=buyer, area_centi=3000)
    change_unit(world, community, unsold, sale_state="unsold")
    change_unit(world, community, undelivered, sale_state="undelivered")
    change_owner(world, community, unsold, kind="developer")
    made = voting.opened(world, community, compound)
    (voter,) = voting.roll_of(world, community, made)
    assert voter.developer
    assert voter.area_centi == 10000
    assert voting.members_of(world, community, voter) == {unsold.owner_id}


@pytest.mark.parametrize(("parking_votes", "heads"), [(False, 1), (True, 2)])
def test_parking_spaces_count_only_where_the_community_decided_so(
    world, community, compound, parking_votes, heads
):
    world.home(community, compound, owner=world.person())
    space = world.home(community, compound, owner=world.person())
    change_unit(world, community, space, kind="parking")
    made = voting.opened(
        world, community, compound, settings=Settings(parking_spaces_vote=parking_votes)
    )
    assert len(voting.roll_of(world, community, made)) == heads


def test_other_compounds_are_not_on_the_roll(world, community, compound):
    world.home(community, compound, owner=world.person())
    world.home(community, world.compound(community), owner=world.person())
    made = voting.opened(world, community, compound)
    assert len(voting.roll_of(world, community, made)) == 1


def test_later_changes_of_the_register_do_not_move_a_weight(world, community, compound):
    home = world.home(community, compound, owner=world.person(), area_centi=8950)
    made = voting.opened(world, community, compound)
    change_unit(world, community, home, area_centi=99999)
    world.co_owner(community, home, world.person("后来的人"))
    (voter,) = voting.roll_of(world, community, made)
    assert (voter.area_centi, voter.member_count) == (8950, 1)


@pytest.mark.parametrize("table", ["roll_voter", "roll_unit", "roll_member"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET assembly_id = assembly_id"])
def test_the_runtime_role_cannot_change_a_roll(world, community, context, table, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(db.text(statement.format(table)))


@pytest.mark.parametrize("seed", range(3))
def test_one_statement_makes_the_same_roll_as_the_rule(world, community, compound, seed):
    chance = random.Random(seed)
    people = [world.person(f"业主{number}") for number in range(6)]
    homes = []
    for _ in range(14):
        owner = chance.choice(people)
        home = world.home(community, compound, owner=owner, area_centi=chance.randint(1, 20000))
        for other in chance.sample(people, chance.choice([0, 0, 1, 2])):
            if other is not owner:
                world.co_owner(community, home, other)
        if chance.random() < 0.2:
            change_unit(world, community, home, sale_state="unsold")
        homes.append(home)
    made = voting.opened(world, community, compound)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        holdings = []
        for home in homes:
            unit = db.session.get(PropertyUnit, (community.id, home.unit_id))
            owners = frozenset(
                db.session.scalars(
                    select(Ownership.owner_id).where(
                        Ownership.community_id == community.id, Ownership.unit_id == unit.id
                    )
                )
            )
            held = unit.sale_state != "delivered"
            holdings.append(
                Holding(unit.id, unit.area_centi, frozenset() if held else owners, held)
            )
        frozen = {}
        for row in db.session.execute(
            select(RollUnit.voter_id, RollUnit.unit_id).where(
                RollUnit.community_id == community.id, RollUnit.assembly_id == made.id
            )
        ):
            frozen.setdefault(row.voter_id, set()).add(row.unit_id)
        slices = db.session.execute(
            select(
                db.func.sum(AssemblyParticipation.roll_heads),
                db.func.sum(AssemblyParticipation.roll_area_centi),
            ).where(
                AssemblyParticipation.community_id == community.id,
                AssemblyParticipation.assembly_id == made.id,
            )
        ).one()
    roll = merge_voters(holdings)
    voters = voting.roll_of(world, community, made)
    overlapping = {place for overlap in roll.overlaps for place in overlap.voters}
    expected = {
        frozenset(voter.units): (voter.area_centi, place in overlapping)
        for place, voter in enumerate(roll.voters)
    }
    assert {
        frozenset(frozen[voter.id]): (voter.area_centi, voter.flag == RollFlag.OVERLAP)
        for voter in voters
    } == expected
    assert [voter.number for voter in voters] == list(range(1, len(voters) + 1))
    assert (slices[0], slices[1]) == (roll.weight.heads, roll.weight.area_centi)


def frozen_ids(world, community, compound, made):
    """The ids a freeze gives, taken back afterwards."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        roll.freeze_roll(community.id, made.id, compound, parking_votes=False)
        ids = set(
            db.session.scalars(
                select(RollVoter.id).where(
                    RollVoter.community_id == community.id, RollVoter.assembly_id == made.id
                )
            )
        )
        units = set(
            db.session.scalars(
                select(RollUnit.voter_id).where(
                    RollUnit.community_id == community.id, RollUnit.assembly_id == made.id
                )
            )
        )
        db.session.rollback()
    return ids, units


def test_nobody_can_work_out_a_voters_id_from_the_register(world, community, compound):
    """Or a sealed package and the register would say who chose what."""
    wang = world.person("王秀英")
    world.home(community, compound, owner=wang)
    world.home(community, compound, owner=wang)
    world.home(community, compound, owner=world.person("李建国"))
    made = voting.noticed(world, community, compound)
    (first, of_units), (second, _) = (
        frozen_ids(world, community, compound, made) for _ in range(2)
    )
    assert len(first) == 2
    assert of_units == first
    assert first.isdisjoint(second)
