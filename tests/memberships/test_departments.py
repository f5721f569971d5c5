from __future__ import annotations

import re

import pytest
from factories.world import STREET, STREET_PATH
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction

ROOT = f"/r/{STREET}/departments/"
_names = iter(range(1000))


@pytest.fixture
def reviewer(world):
    return world.client(world.reviewer(Role.STREET_REVIEWER, STREET, STREET_PATH))


@pytest.fixture
def department(reviewer):
    """The page of a department just founded."""
    answer = reviewer.post(ROOT, data={"name": f"市场监管所{next(_names)}"})
    assert answer.status_code == 302
    return answer.location


def test_a_reviewer_founds_a_department_and_appoints_somebody(world, reviewer, department):
    answer = reviewer.post(department, data={"phone": "13900001234", "name": "江海"})
    assert answer.status_code == 302
    page = reviewer.get(department).text
    assert "江海" in page
    assert "139****1234" in page or "1234" in page
    assert "13900001234" not in page
    again = reviewer.post(department, data={"phone": "13900001234", "name": "江海"})
    assert again.status_code == 409
    assert "已经是这个部门" in again.text


def test_a_name_is_taken_once_in_a_region(reviewer):
    name = f"消防站{next(_names)}"
    assert reviewer.post(ROOT, data={"name": name}).status_code == 302
    answer = reviewer.post(ROOT, data={"name": name})
    assert answer.status_code == 422
    assert "已经有同名的部门" in answer.text
    assert f'value="{name}"' in answer.text


def test_what_cannot_be_is_refused_and_kept(reviewer, department):
    answer = reviewer.post(department, data={"phone": "12", "name": "江海"})
    assert answer.status_code == 422
    assert 'value="江海"' in answer.text


def test_whoever_is_dismissed_has_no_door_any_more(world, reviewer, department):
    department_id = department.rsplit("/", 1)[1]
    person = world.department_member(department_id)
    client = world.client(person)
    assert client.get(f"/r/{STREET}/whistles/").status_code == 200
    retire = f"{department}/retire"
    assert reviewer.post(retire).location.endswith(department)
    end = re.search(rf'action="({department}/people/[^"]+/end)"', reviewer.get(department).text)[1]
    assert reviewer.post(end).status_code == 302
    assert client.get(f"/r/{STREET}/whistles/").status_code == 404
    assert reviewer.post(retire).status_code == 302
    assert reviewer.get(department).status_code == 404


def test_a_department_of_another_region_is_not_found(world, reviewer):
    district = world.department(region_code="420602", region_path="42.4206.420602.")
    assert reviewer.get(f"{ROOT}{district}").status_code == 404
    assert reviewer.get("/r/420602/departments/").status_code == 404


def test_a_district_keeps_the_departments_below_it_too(world, department):
    client = world.client(world.reviewer(Role.DISTRICT_REVIEWER, "420602", "42.4206.420602."))
    assert client.get(department).status_code == 200
    assert client.get("/r/420602/departments/").status_code == 200


def test_the_database_lets_a_street_found_none_for_the_district(world):
    world.regions()
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        world.app.app_context(),
        transaction(Scope(community_id=PLATFORM_ID, region_path=STREET_PATH)),
    ):
        db.session.execute(
            text(
                "INSERT INTO department (id, region_code, region_path, name, pinyin)"
                " VALUES (gen_random_uuid(), '420602', '42.4206.420602.', 'x', 'x')"
            )
        )


def test_a_community_sees_who_acts_for_departments_over_it_only(world):
    community = world.community()
    near = world.department_member(world.department())
    wanted = text("SELECT account_id FROM membership WHERE role = 'department_member'")
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assert near.id in db.session.scalars(wanted).all()
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        assert db.session.scalars(wanted).all() == []


def test_the_command_appoints_too_and_lists_what_there_is(world):
    department = world.department()
    runner = world.app.test_cli_runner()
    wanted = ["people", "grant", "--phone", "13900004321", "--role", "department_member"]
    wrong = runner.invoke(args=[*wanted, "--region", STREET, "--department", "x"])
    assert wrong.exit_code == 2
    assert str(department) in wrong.output
    done = runner.invoke(args=[*wanted, "--region", STREET, "--department", str(department)])
    assert "granted" in done.output
