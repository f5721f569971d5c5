from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from cryptography.fernet import Fernet
from factories.databases import clone_database, config_for
from factories.registry import Register, as_csv, identity
from factories.world import World
from sqlalchemy import select

from app import create_app
from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Conflict, Invalid, NotFound
from app.people.models import Membership
from app.registry.actions import claims, owners, places, units
from app.registry.actions.claims import ClaimValues, Links
from app.registry.actions.owners import OwnerValues
from app.registry.actions.places import CompoundValues
from app.registry.actions.saving import ChangedMeanwhile
from app.registry.models import Compound, Owner, Ownership, PropertyUnit, UnitClaim
from app.registry.queries.paging import page
from app.registry.queries.units import UnitFilter, unit_page
from app.registry.rules import Relation

LINKS = Links("/mine", "/office")


def register_of_one(world):
    """A community, a compound and a unit whose owner has a phone but no account."""
    community = world.community()
    register = Register(world, community)
    register.merge(as_csv(("1", "1", "101", "90", "张三", "13812340001", identity(9), "")))
    with world.app.app_context(), transaction(register.scope):
        register.unit_id = db.session.scalars(select(PropertyUnit.id)).one()
        register.owner_id = db.session.scalars(select(Owner.id)).one()
    return register


@pytest.fixture
def home(world):
    """One unit and its owner, among those of other tests."""
    return register_of_one(world)


def claim(world, home, person, relation=Relation.OWNER):
    with world.app.app_context(), transaction(home.scope):
        values = ClaimValues(unit_id=home.unit_id, relation=relation)
        claims.file_claim(home.community.id, person.id, values, LINKS)
    with world.app.app_context(), transaction(home.scope):
        found = db.session.scalars(select(UnitClaim).where(UnitClaim.account_id == person.id)).one()
        db.session.expunge(found)
        return found


def decide(world, home, work, **values):
    with world.app.app_context(), transaction(home.scope):
        work(home.community.id, decided_by=home.staff.id, links=LINKS, **values)


def owner_phone(world, home, phone):
    with world.app.app_context(), transaction(home.scope):
        db.session.get_one(Owner, (home.community.id, home.owner_id)).phone = phone


def roles(world, person):
    with world.app.app_context(), transaction(Scope(account_id=person.id)):
        return db.session.scalars(
            select(Membership.role).where(Membership.account_id == person.id)
        ).all()


def test_an_owner_with_the_registered_phone_becomes_a_resident_at_once(world, home):
    person = world.person("张三")
    owner_phone(world, home, person.phone)
    filed = claim(world, home, person)
    assert (filed.state, filed.matched, filed.owner_id) == ("approved", True, home.owner_id)
    assert roles(world, person) == [Role.RESIDENT]
    with world.app.app_context(), transaction(home.scope):
        assert db.session.get_one(Owner, (home.community.id, home.owner_id)).account_id == person.id


def test_everybody_else_waits_and_the_office_is_told(world, home):
    person = world.person("李四")
    assert claim(world, home, person).state == "pending"
    assert roles(world, person) == []
    with world.app.app_context(), transaction(home.scope):
        told = db.session.scalars(select(Notification.account_id)).all()
    assert told == [home.staff.id]


def test_the_same_unit_is_not_claimed_twice(world, home):
    person = world.person()
    claim(world, home, person)
    with pytest.raises(Conflict):
        claim(world, home, person)


def test_approval_names_the_owner_and_makes_a_resident(world, home):
    person = world.person()
    waiting = claim(world, home, person)
    decide(world, home, claims.approve, claim_id=waiting.id, owner_id=home.owner_id)
    assert roles(world, person) == [Role.RESIDENT]
    with world.app.app_context(), transaction(home.scope):
        done = db.session.get_one(UnitClaim, (home.community.id, waiting.id))
        assert (done.state, done.owner_id) == ("approved", home.owner_id)
        titles = db.session.scalars(
            select(Notification.title).where(Notification.account_id == person.id)
        ).all()
    assert titles == ["房屋认领已通过"]


def test_an_owners_claim_is_not_approved_without_saying_which_owner(world, home):
    waiting = claim(world, home, world.person())
    with pytest.raises(Invalid):
        decide(world, home, claims.approve, claim_id=waiting.id, owner_id=None)


def test_a_tenant_is_approved_without_an_owner(world, home):
    waiting = claim(world, home, world.person(), Relation.TENANT)
    decide(world, home, claims.approve, claim_id=waiting.id, owner_id=home.owner_id)
    with world.app.app_context(), transaction(home.scope):
        assert db.session.get_one(UnitClaim, (home.community.id, waiting.id)).owner_id is None


def test_a_refused_claim_says_why_and_may_be_filed_again(world, home):
    person = world.person()
    waiting = claim(world, home, person, Relation.FAMILY)
    decide(world, home, claims.refuse, claim_id=waiting.id, reason="照片看不清")
    with world.app.app_context(), transaction(home.scope):
        body = db.session.scalars(
            select(Notification.body).where(Notification.account_id == person.id)
        ).one()
        values = ClaimValues(unit_id=home.unit_id, relation=Relation.FAMILY)
        claims.file_claim(home.community.id, person.id, values, LINKS)
    assert "照片看不清" in body


def test_a_decided_claim_stays_decided(world, home):
    waiting = claim(world, home, world.person(), Relation.TENANT)
    decide(world, home, claims.approve, claim_id=waiting.id, owner_id=None)
    with pytest.raises(Conflict):
        decide(world, home, claims.refuse, claim_id=waiting.id, reason="晚了")


def test_a_claim_ends_when_the_register_names_another_owner(world, home):
    person = world.person("张三")
    owner_phone(world, home, person.phone)
    filed = claim(world, home, person)
    home.merge(as_csv(("1", "1", "101", "90", "新业主", "13812340009", "", "")))
    with world.app.app_context(), transaction(home.scope):
        assert db.session.get_one(UnitClaim, (home.community.id, filed.id)).state == "ended"


def test_shares_never_exceed_the_whole(world, home):
    with pytest.raises(Invalid), world.app.app_context(), transaction(home.scope):
        units.add_share(home.community.id, home.unit_id, OwnerValues(name="李四"), Fraction(1, 2))


def test_a_changed_share_leaves_its_history(world, home):
    with world.app.app_context(), transaction(home.scope):
        held = db.session.scalars(select(Ownership.id)).one()
        units.change_share(home.community.id, held, Fraction(1, 2))
        units.add_share(home.community.id, home.unit_id, OwnerValues(name="李四"), Fraction(1, 2))
    assert home.holders() == {"1栋1单元101": [("张三", "1/2"), ("李四", "1/2")]}
    assert len(home.snapshot()["shares"]) == 3


def test_ending_a_share_twice_is_refused(world, home):
    with world.app.app_context(), transaction(home.scope):
        held = db.session.scalars(select(Ownership.id)).one()
        units.end_share(home.community.id, held)
    with pytest.raises(Conflict), world.app.app_context(), transaction(home.scope):
        units.end_share(home.community.id, held)


def test_the_second_of_two_editors_hears_of_the_first(world, home):
    values = CompoundValues(name="新名字")
    with world.app.app_context(), transaction(home.scope):
        places.change_compound(home.community.id, home.compound_id, 1, values)
    with (
        pytest.raises(ChangedMeanwhile),
        world.app.app_context(),
        transaction(home.scope),
    ):
        places.change_compound(home.community.id, home.compound_id, 1, values)


def test_a_name_that_is_taken_is_refused_beside_its_field(world, home):
    name = home.compound_name()
    with world.app.app_context(), transaction(home.scope), pytest.raises(Invalid) as refused:
        places.add_compound(home.community.id, CompoundValues(name=name))
    assert set(refused.value.errors) == {"name"}


def test_renaming_a_building_renames_its_units(world, home):
    with world.app.app_context(), transaction(home.scope):
        building_id = db.session.scalars(select(PropertyUnit.building_id)).one()
        places.change_building(home.community.id, building_id, 1, "8号楼", None)
    assert list(home.holders()) == ["8号楼1单元101"]


def test_a_look_at_a_number_is_recorded(world, home):
    with world.app.app_context(), transaction(home.scope):
        assert owners.view_identity(home.community.id, home.owner_id) == identity(9)
    with world.app.app_context(), transaction(home.scope):
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.event == "registry.identity_viewed")
        ).one()
        assert entry.subject_id == str(home.owner_id)
        assert identity(9) not in str(entry.details)


def test_an_owner_without_a_number_has_nothing_to_look_at(world, home):
    with world.app.app_context(), transaction(home.scope):
        owner_id = owners.add_owner(home.community.id, OwnerValues(name="李四"))
        with pytest.raises(NotFound):
            owners.view_identity(home.community.id, owner_id)


@pytest.fixture
def apart(worker_id, redis_url, tmp_path_factory, tmp_path):
    """A register in a database where nobody else's owners are to be sealed anew."""
    name = clone_database(f"rotation_{worker_id}", redis_url, tmp_path_factory)
    config = config_for(name, redis_url, tmp_path)
    application = create_app(config)
    world = World(application, config)
    yield world, register_of_one(world)
    with application.app_context():
        db.engine.dispose()


def test_rotation_seals_anew_and_loses_no_owner(apart):
    world, home = apart
    app, config = world.app, world.config
    new = dataclasses.replace(
        config, field_keys=(Fernet.generate_key().decode(), *config.field_keys)
    )
    app.extensions["gongzhi.config"] = new
    result = app.test_cli_runner().invoke(args=["registry", "rotate-keys"])
    assert "sealed anew" in result.output
    app.extensions["gongzhi.config"] = dataclasses.replace(new, field_keys=new.field_keys[:1])
    with app.app_context(), transaction(home.scope):
        assert owners.view_identity(home.community.id, home.owner_id) == identity(9)
    again = as_csv(("1", "1", "101", "90", "张三", "13812340001", identity(9), ""))
    assert home.merge(again).state == "unchanged"
    app.extensions["gongzhi.config"] = new
    result = app.test_cli_runner().invoke(args=["registry", "rotate-keys"])
    assert result.output.startswith("0 ")


def test_pages_walk_forward_and_back_without_gaps(world, home):
    rows = [("1", "1", f"{floor}01", "90", "张三", "13812340001", "", "") for floor in range(1, 8)]
    home.merge(as_csv(*rows))
    with world.app.app_context(), transaction(home.scope):
        statement = select(PropertyUnit.id, PropertyUnit.label)
        key = (statement, statement, PropertyUnit, (PropertyUnit.sort_key,))
        first = page(*key, size=3)
        second = page(*key, after=first.after, size=3)
        third = page(*key, after=second.after, size=3)
        back = page(*key, before=third.before, size=3)
        labels = [row.label for one in (first, second, third) for row in one.rows]
        assert labels == [f"1栋1单元{floor}01" for floor in range(1, 8)]
        assert [row.id for row in back.rows] == [row.id for row in second.rows]
        assert (first.before, third.after) == (None, None)


def test_units_are_found_by_room_and_by_owner(world, home):
    with world.app.app_context(), transaction(home.scope):
        for wanted, count in (("101", 1), ("张三", 1), ("不在", 0), ("%", 0)):
            chosen = UnitFilter(wanted=wanted)
            found = unit_page(home.community.id, chosen, after=None, before=None)
            assert len(found.rows) == count, wanted


def test_another_communitys_register_is_out_of_reach(world, home):
    elsewhere = world.community()
    with world.app.app_context(), transaction(Scope(community_id=elsewhere.id)):
        assert db.session.get(Compound, (elsewhere.id, home.compound_id)) is None
        with pytest.raises(NotFound):
            owners.view_identity(elsewhere.id, home.owner_id)
