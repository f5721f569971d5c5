"""Every door, tried by everybody: roles come from the permission table, answers over HTTP."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.core.access.door import permission_of
from app.core.access.permissions import Place, needs_second_factor
from app.core.access.roles import COMMUNITY_ROLES, REVIEWER_ROLES, Role

REGIONS = {
    Role.STREET_REVIEWER: ("420602001", "42.4206.420602.420602001."),
    Role.DISTRICT_REVIEWER: ("420602", "42.4206.420602."),
    Role.CITY_REVIEWER: ("4206", "42.4206."),
    Role.DEPARTMENT_MEMBER: ("420602001", "42.4206.420602.420602001."),
}
EVERYBODY = [
    *sorted(COMMUNITY_ROLES),
    *sorted(REVIEWER_ROLES),
    Role.DEPARTMENT_MEMBER,
    Role.PLATFORM_OPERATOR,
]
LOGIN, SECOND_FACTOR = "/login", "/login/second-factor"

KEY_INSTEAD_OF_TOKEN = {"open311"}
"""Doors of programs, which have a key and no page."""
CHANGES_WHO_ASKS = {"people.logout", "people.end_all_sessions", "people.join"}


def methods(rule):
    return sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"})


def doors(app):
    """Every route and method with its permission."""
    for rule in app.url_map.iter_rules():
        for method in methods(rule):
            yield rule, method, permission_of(app.view_functions[rule.endpoint])


def address(app, rule, community, region):
    """The route's address with made-up ids."""
    values = {}
    for argument in rule.arguments:
        converter = type(rule._converters[argument]).__name__
        values[argument] = {
            "UUIDConverter": uuid4(),
            "IntegerConverter": 999_999,
        }.get(converter, "absent")
    values |= {"community": community.code} if "community" in rule.arguments else {}
    values |= {"region": region} if "region" in rule.arguments else {}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


@pytest.fixture(scope="module")
def street(app, config):
    """One community, and for each role a browser of somebody who holds it."""
    from factories.world import World  # noqa: PLC0415 - the function-scoped fixture is too narrow

    world = World(app, config)
    community = world.community()
    browsers = {}
    for role in COMMUNITY_ROLES:
        browsers[role] = world.client(world.member(community, role))
    for role, (code, path) in REGIONS.items():
        browsers[role] = world.client(world.reviewer(role, code, path))
    browsers[Role.PLATFORM_OPERATOR] = world.client(world.operator())
    return world, community, browsers


def test_every_route_declares_a_permission(app):
    undeclared = [rule.rule for rule, _, permission in doors(app) if permission is None]
    assert undeclared == []


def test_anonymous_visitors_are_sent_to_log_in(app, street):
    world, community, _ = street
    client = world.client()
    wrong = []
    for rule, method, permission in doors(app):
        if permission.place is Place.PUBLIC:
            continue
        answer = client.open(address(app, rule, community, "420602001"), method=method)
        if answer.status_code != 302 or not answer.location.startswith(LOGIN):
            wrong.append(f"{method} {rule.rule}: {answer.status}")
    assert wrong == []


def test_nothing_is_changed_without_the_token_of_the_page(app, street):
    world, community, _ = street
    client = world.client()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        let_in = [
            f"{method} {rule.rule}"
            for rule, method, _ in doors(app)
            if method != "GET"
            and rule.endpoint.partition(".")[0] not in KEY_INSTEAD_OF_TOKEN
            and client.open(address(app, rule, community, "420602001"), method=method).status_code
            != 403
        ]
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert let_in == []


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_role_passes_only_the_doors_its_permissions_open(app, street, role):
    _, community, browsers = street
    wrong = []
    for rule, method, permission in doors(app):
        if rule.endpoint in CHANGES_WHO_ASKS:
            continue
        opened = permission.place in {Place.PUBLIC, Place.ACCOUNT} or role in permission.roles
        own_region = REGIONS.get(role, ("420602001",))[0]
        # A refusal as a page would be drawn five thousand times.
        headers = {} if opened else {"Accept": "application/json"}
        answer = browsers[role].open(
            address(app, rule, community, own_region), method=method, headers=headers
        )
        if not opened and answer.status_code != 404:
            wrong.append(f"{method} {rule.rule} let {role} in: {answer.status}")
        if opened and (answer.status_code >= 500 and rule.endpoint != "health.readyz"):
            wrong.append(f"{method} {rule.rule} failed for {role}: {answer.status}")
        if opened and answer.status_code == 302 and answer.location.startswith(f"{LOGIN}?"):
            wrong.append(f"{method} {rule.rule} asked {role} to log in")
    assert wrong == []


def test_nobody_enters_a_community_they_do_not_belong_to(app, street):
    world, community, _ = street
    elsewhere = world.community()
    person = world.person()
    for role in COMMUNITY_ROLES:
        world.grant(community, person, role)
    browser = world.client(person)
    wrong = [
        f"{method} {rule.rule}"
        for rule, method, permission in doors(app)
        if permission.place is Place.COMMUNITY
        and browser.open(address(app, rule, elsewhere, "420602001"), method=method).status_code
        != 404
    ]
    assert wrong == []


def test_reviewers_are_not_let_into_another_region(app, street):
    _, community, browsers = street
    wrong = [
        f"{method} {rule.rule}"
        for rule, method, permission in doors(app)
        if permission.place is Place.REGION
        and browsers[Role.STREET_REVIEWER]
        .open(address(app, rule, community, "420602"), method=method)
        .status_code
        != 404
    ]
    assert wrong == []


def test_staff_and_reviewers_give_a_second_factor_first(app, street):
    world, community, _ = street
    wrong = []
    for role in EVERYBODY:
        if role in REGIONS:
            person = world.reviewer(role, *REGIONS[role])
        elif role is Role.PLATFORM_OPERATOR:
            person = world.operator()
        else:
            person = world.member(community, role)
        client = world.client(person, second_factor=False)
        for rule, method, permission in doors(app):
            if method != "GET" or role not in permission.roles:
                continue
            region = REGIONS.get(role, ("420602001",))[0]
            answer = client.get(address(app, rule, community, region))
            grants = [grant for grant in [_Grant(role)] if grant.role in permission.roles]
            asked = answer.status_code == 302 and answer.location.startswith(SECOND_FACTOR)
            if asked is not needs_second_factor(grants):
                wrong.append(f"{role} {rule.rule}: {answer.status}")
    assert wrong == []


class _Grant:
    def __init__(self, role):
        self.role = role
