from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from factories.organizations import company, contract, facility, today
from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.exc import ProgrammingError

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.maintenance.models import Facility, UpkeepRecord


def photo():
    stream = BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "JPEG")
    return BytesIO(stream.getvalue()), "slip.jpg"


def page(community, path=""):
    return f"/c/{community.code}/maintenance/{path}"


def the_facility(world, community):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return db.session.scalars(
            select(Facility).where(Facility.community_id == community.id)
        ).one()


@pytest.fixture
def office(world):
    community = world.community()
    return community, world.client(world.member(community, Role.COMMUNITY_STAFF))


def test_a_facility_is_registered_and_kept_up_with_a_photo(world, office):
    community, client = office
    compound = world.compound(community)
    made = client.post(
        page(community, "new"),
        data={"compound_id": str(compound), "kind": "water_tank", "name": "地下水箱"},
    )
    assert made.status_code == 302
    done = client.post(
        f"{made.location}/upkeep",
        data={"done_on": today().isoformat(), "done_by": "清洗队", "photos": photo()},
    )
    assert done.status_code == 302
    row = the_facility(world, community)
    assert row.next_due_on == today() + timedelta(days=182)
    assert row.last_evidence_id is not None
    shown = client.get(made.location).text
    assert "周期内" in shown
    file = f"/c/{community.code}/files/{row.last_evidence_id}"
    assert client.get(file).status_code == 200
    resident = world.client(world.member(community, Role.RESIDENT))
    assert resident.get(file).status_code == 404


def test_an_older_record_entered_later_does_not_hide_the_newer(world, office):
    community, client = office
    made = facility(world, community, world.compound(community), done_days_ago=3)
    client.post(
        page(community, f"{made}/upkeep"),
        data={"done_on": (today() - timedelta(days=100)).isoformat(), "done_by": "旧队"},
    )
    assert the_facility(world, community).last_done_on == today() - timedelta(days=3)


def test_the_second_of_two_editors_is_told(world, office):
    community, client = office
    made = facility(world, community, world.compound(community))
    fields = {"cycle_days": "90", "version": "1"}
    assert (
        client.post(page(community, f"{made}/edit"), data={"name": "甲", **fields}).status_code
        == 302
    )
    second = client.post(page(community, f"{made}/edit"), data={"name": "乙", **fields})
    assert second.status_code == 409
    assert "甲" in second.text


def test_property_people_see_only_the_compounds_they_serve(world):
    community = world.community()
    ours, theirs = world.compound(community), world.compound(community)
    serving = company(world, community)
    contract(world, community, ours, serving, 30)
    mine = facility(world, community, ours, name="我们的水箱")
    other = facility(world, community, theirs, name="别家的水箱")
    client = world.client(world.member(community, Role.PROPERTY_STAFF, organization_id=serving))
    listed = client.get(page(community)).text
    assert "我们的水箱" in listed
    assert "别家的水箱" not in listed
    assert client.get(page(community, str(mine))).status_code == 200
    assert client.get(page(community, str(other))).status_code == 404
    assert client.post(page(community, f"{other}/upkeep"), data={}).status_code == 404


def test_a_record_cannot_be_removed_by_the_runtime_role(world, context):
    community = world.community()
    facility(world, community, world.compound(community), done_days_ago=3)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(delete(UpkeepRecord))
