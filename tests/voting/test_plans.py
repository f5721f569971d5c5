"""Plans of what a big compound's pages read, as the runtime role gets them."""

from __future__ import annotations

import os

import pytest
from factories.databases import clone_database, config_for, with_database
from factories.plans import READ_IN_FULL, fed, indexes, nodes, plans_of, walked
from measure.opening import open_assembly
from measure.world import World, md5_uuid

from app import create_app
from app.core.db import db
from app.core.tenancy import Scope, scoped
from app.voting.models import Assembly
from app.voting.queries import consents, elections, hand_signed, participation, visits

UNITS = 7_000
HERE, COMPOUND = 1, md5_uuid("compound")
# What grows with the voters; buildings are forty times fewer.
GROWING = {"property_unit", "owner", "ownership", "roll_unit", "roll_voter", "roll_member"}
MOST_LOOKED_AT = 500

pytestmark = pytest.mark.xdist_group("plans")


@pytest.fixture(scope="module")
def big(worker_id, redis_url, tmp_path_factory):
    """The product on a database with one compound of many voters, whose vote is open."""
    name = clone_database(f"roll_plans_{worker_id}", redis_url, tmp_path_factory)
    world = World(with_database(os.environ["DATABASE_ADMIN_URL"], name), UNITS)
    world.build()
    app = create_app(config_for(name, redis_url, tmp_path_factory.mktemp("roll_plans")))
    with app.app_context():
        open_assembly(world, world.assembly)
        world.settle()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def plans(big):
    """Run something in the big compound; the plans of what it read of voters, printed."""
    return lambda work: plans_of(big, HERE, work, GROWING)


@pytest.fixture
def assembly(big):
    with scoped(Scope(community_id=HERE)):
        found = db.session.get_one(Assembly, (HERE, md5_uuid("assembly")))
        db.session.expunge(found)
        db.session.rollback()
    return found


def test_whoever_may_stand_is_looked_up_by_the_whole_name(plans):
    for plan in plans(lambda: elections.owners_like(HERE, COMPOUND, f"居民{UNITS - 13}")):
        assert_few_are_looked_at(plan)


@pytest.mark.parametrize("typed", ["居民", "280栋1单元101", "1单元", "没有的人"])
def test_a_part_of_a_name_or_room_is_sought_in_the_order_of_the_page(plans, typed):
    for plan in plans(lambda: elections.owners_like(HERE, COMPOUND, typed)):
        assert_nothing_is_read_in_full(plan)
        for node in nodes(plan):
            if node["Node Type"] == "Sort":
                assert fed(node) <= 2 * elections.FOUND, "all of them were sorted"


@pytest.mark.parametrize("typed", ["280栋1单元101", "1单元", "栋"])
def test_a_room_is_found_without_reading_the_roll(plans, assembly, typed):
    for plan in plans(lambda: hand_signed.units_like(assembly, typed)):
        assert_few_are_looked_at(plan)


@pytest.mark.parametrize("typed", ["280栋1单元101", "没有这一处"])
def test_the_unit_of_an_owner_from_outside_is_looked_up(plans, typed):
    (plan,) = plans(lambda: consents.unit_by_label(HERE, COMPOUND, typed))
    assert "ix_property_unit_label" in indexes(plan)
    assert_few_are_looked_at(plan)


def test_the_rooms_of_one_building_are_read_and_no_others(plans, assembly):
    building = md5_uuid("building40")
    for look in (
        lambda: participation.rooms_of_building(HERE, assembly.id, building),
        lambda: visits.households(HERE, assembly.id, building, None),
        lambda: visits.household(HERE, assembly.id, md5_uuid("unit960")),
    ):
        for plan in plans(look):
            assert_few_are_looked_at(plan)


def assert_few_are_looked_at(plan):
    assert_nothing_is_read_in_full(plan)
    assert walked(plan, GROWING) <= MOST_LOOKED_AT


def assert_nothing_is_read_in_full(plan):
    for node in nodes(plan):
        if node.get("Relation Name") in GROWING:
            assert node["Node Type"] not in READ_IN_FULL
