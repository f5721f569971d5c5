"""Every route with an id, tried with the ids of another community by somebody with every role."""

from __future__ import annotations

import pytest
from factories.databases import owner_connection
from sqlalchemy import text

from app.core.access.roles import COMMUNITY_ROLES
from app.core.db import Base
from app.core.tenancy import CommunityRef
from app.demo.cast import COMMUNITY_CODE

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
SEEN_BY_NOBODY_ELSE = {"registry.claim_file"}

pytestmark = pytest.mark.xdist_group("demo")


def routes_with_ids(app):
    for rule in app.url_map.iter_rules():
        if "community" in rule.arguments and len(rule.arguments) > 1:
            for method in sorted(rule.methods & METHODS):
                yield rule, method


@pytest.fixture(scope="module")
def ids(demo_config):
    """One id of each tenant table of the demo community."""
    found = {}
    with owner_connection(demo_config) as connection:
        community_id = connection.scalar(
            text("SELECT id FROM community WHERE code = :code"), {"code": COMMUNITY_CODE}
        )
        connection.execute(text(f"SET LOCAL app.community_id = '{community_id}'"))
        for table in Base.metadata.tables.values():
            if {"community_id", "id"} <= set(table.columns.keys()):
                row = connection.execute(
                    text(f"SELECT id FROM {table.name} WHERE community_id = :c LIMIT 1"),
                    {"c": community_id},
                ).first()
                if row is not None:
                    found[table.name] = row.id
    return found


@pytest.fixture
def everybody(demo_world):
    """A person with every community role in this community."""

    def make(community: CommunityRef):
        person = demo_world.person("全能")
        for role in COMMUNITY_ROLES:
            demo_world.grant(community, person, role)
        return demo_world.client(person)

    return make


def address(app, rule, community, identifier):
    values = dict.fromkeys(rule.arguments - {"community"}, identifier)
    return app.url_map.bind("localhost").build(
        rule.endpoint, {**values, "community": community.code}
    )


def test_no_route_finds_another_communitys_row(demo_app, demo_world, everybody, ids):
    elsewhere = demo_world.community("别处社区")
    client = everybody(elsewhere)
    found = []
    for rule, method in routes_with_ids(demo_app):
        for table, identifier in ids.items():
            answer = client.open(address(demo_app, rule, elsewhere, identifier), method=method)
            if answer.status_code != 404:
                found.append(f"{method} {rule.rule} with an id of {table}: {answer.status}")
    assert found == []


def test_the_same_ids_are_found_at_home(demo_app, demo_world, everybody, ids):
    """Otherwise the test above would prove nothing."""
    with demo_app.app_context():
        home = demo_app.extensions["gongzhi.places"].community(COMMUNITY_CODE)
    client = everybody(home)
    unreachable = []
    for rule, method in routes_with_ids(demo_app):
        if method != "GET":
            continue
        statuses = {
            client.get(address(demo_app, rule, home, identifier)).status_code
            for identifier in ids.values()
        }
        if statuses == {404}:
            unreachable.append(rule.rule)
    assert unreachable == []
