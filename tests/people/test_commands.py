from __future__ import annotations

import pytest
from factories.people import new_phone
from sqlalchemy import select

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.people.models import Account, Membership


@pytest.fixture
def grant(world):
    def run(phone, role, *place):
        return world.app.test_cli_runner().invoke(
            args=["people", "grant", "--phone", phone, "--role", role, *place]
        )

    return run


def roles_of(world, phone):
    with world.app.app_context():
        with transaction(Scope()):
            account_id = db.session.scalar(select(Account.id).where(Account.phone == f"+86{phone}"))
        with transaction(Scope(account_id=account_id)):
            return [
                tuple(row)
                for row in db.session.execute(
                    select(Membership.role, Membership.region_path, Membership.community_id)
                )
            ]


def test_a_reviewer_is_appointed_over_a_region(world, grant):
    world.regions()
    phone = new_phone()
    result = grant(phone, "district_reviewer", "--region", "420602")
    assert result.exit_code == 0, result.output
    assert roles_of(world, phone) == [("district_reviewer", "42.4206.420602.", None)]
    assert phone not in result.output


def test_a_secretary_is_appointed_in_a_community(world, grant):
    community, phone = world.community(), new_phone()
    grant(phone, "party_secretary", "--community", community.code)
    assert roles_of(world, phone) == [("party_secretary", None, community.id)]


def test_an_operator_is_appointed_once(world, grant):
    phone = new_phone()
    assert "granted" in grant(phone, "platform_operator").output
    assert "held already" in grant(phone, "platform_operator").output
    assert roles_of(world, phone) == [("platform_operator", None, None)]


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("district_reviewer", ("--region", "420602001")),
        ("street_reviewer", ()),
        ("party_secretary", ("--community", "1")),
        ("party_secretary", ("--region", "420602")),
    ],
)
def test_a_role_without_its_place_is_refused(world, grant, role, place):
    world.regions()
    assert grant(new_phone(), role, *place).exit_code == 2


def test_a_number_that_is_none_is_refused(grant):
    assert grant("12", "platform_operator").exit_code == 2
