"""Every route with an id, tried with the ids of another community by somebody with every role."""

from __future__ import annotations

from itertools import cycle, islice
from uuid import uuid4

import pytest
from factories.databases import owner_connection
from sqlalchemy import text

from app.core.access.roles import COMMUNITY_ROLES
from app.core.db import Base
from app.core.tenancy import CommunityRef
from app.demo.cast import COMMUNITY_CODE

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ONLY_THEIR_OWN = {
    "voting.consent",
    "voting.name_proxy",
    "complaints.show",
    "voting.ballot",
    "covenants.sign",
    "covenants.opinion",
    "figures.take_export",
    "figures.export_progress",
}
"""Pages whose rows are shown to one person only, tested in their own room."""
WORDS = {
    "action": "add",
    "role": "resident",
    "name": "party_leadership",
    "subject": "x",
    "line": "posted",
    "sheet": "result",
    "response_format": "json",
    "service_code": "property.lighting",
    "service_request_id": "ABCD1234",
    "token": "x",
    "week": "2026-03-02",
}
"""A value for each part of an address that is a word and not an id."""

OF_A_BUILDING = {
    "assemblies.stairwell_sheets",
    "assemblies.printed_papers",
    "assemblies.paper_sheets",
}
"""Pages about one building, which stands in the query."""
ALSO_CALLED = {"code": "paper_ballot", "form_key": "stored_file"}
"""What an address names by a word of its own: a ballot's number, the photos of an unsent form."""
AT_HOME = 8
"""How many rows of a table are tried at home: an assembly has that many states."""

pytestmark = pytest.mark.xdist_group("demo")


def routes_with_ids(app):
    for rule in app.url_map.iter_rules():
        if "community" in rule.arguments and id_arguments(rule):
            for method in sorted(rule.methods & METHODS):
                yield rule, method


def id_arguments(rule):
    return rule.arguments - {"community"} - WORDS.keys()


@pytest.fixture(scope="module")
def at_home(demo_config):
    """A look at the demo community's own rows, with its id as :home."""

    def ids(statement):
        with owner_connection(demo_config) as connection:
            home = connection.scalar(
                text("SELECT id FROM community WHERE code = :code"), {"code": COMMUNITY_CODE}
            )
            connection.execute(text(f"SET LOCAL app.community_id = '{home}'"))
            return connection.scalars(text(statement), {"home": home}).all()

    return ids


@pytest.fixture(scope="module")
def rows(at_home):
    """The oldest ids of each tenant table of the demo community."""
    listed = {
        table.name: at_home(
            f"SELECT id FROM {table.name} WHERE community_id = :home ORDER BY id LIMIT {AT_HOME}"
        )
        for table in Base.metadata.tables.values()
        if {"community_id", "id"} <= set(table.columns.keys())
    }
    return {name: ids for name, ids in listed.items() if ids}


@pytest.fixture(scope="module")
def buildings(at_home):
    """All of them: what is printed of one building may be there for that one only."""
    return at_home("SELECT id FROM building WHERE community_id = :home")


@pytest.fixture
def everybody(demo_world):
    """A person with every community role in this community."""

    def make(community: CommunityRef):
        person = demo_world.person("全能")
        for role in COMMUNITY_ROLES:
            demo_world.grant(community, person, role)
        return demo_world.client(person)

    return make


def addresses(app, rule, community, ids, buildings):
    """With each of these buildings in the query, where the page is about one."""
    values = {name: WORDS[name] for name in rule.arguments & WORDS.keys()}
    address = app.url_map.bind("localhost").build(
        rule.endpoint, {**values, **ids, "community": community.code}
    )
    if rule.endpoint in OF_A_BUILDING:
        return [f"{address}?building={building}" for building in buildings]
    return [address]


def tables_meant(rows, argument):
    """The table of this word of an address; else those whose name holds it; else every one."""
    word = ALSO_CALLED.get(argument, argument.removesuffix("_id"))
    if word in rows:
        return [word]
    return [table for table in rows if word in table] or list(rows)


def choices(rows, rule, *, each):
    """Every id of the tables each place of the address means, up to `each` rows of a table.

    An address with two ids is tried with as many pairs as the longer list has ids.
    """
    meant = {
        name: [one for table in tables_meant(rows, name) for one in rows[table][:each]]
        for name in sorted(id_arguments(rule))
    }
    longest = max(map(len, meant.values()))
    filled = [islice(cycle(ids), longest) for ids in meant.values()]
    return [dict(zip(meant, ids, strict=True)) for ids in zip(*filled, strict=True)]


def test_another_communitys_row_answers_exactly_like_no_row(demo_app, demo_world, everybody, rows):
    elsewhere = demo_world.community("别处社区")
    client = everybody(elsewhere)
    building = rows["building"][:1]
    found = []
    for rule, method in routes_with_ids(demo_app):

        def answer(ids, rule=rule, method=method):
            (address,) = addresses(demo_app, rule, elsewhere, ids, building)
            return client.open(address, method=method)

        nothing = answer(dict.fromkeys(id_arguments(rule), uuid4()))
        for ids in choices(rows, rule, each=1):
            given = answer(ids)
            if given.status_code != nothing.status_code or given.status_code < 400:
                found.append(f"{method} {rule.rule} with {ids}: {given.status}")
            if method == "GET" and given.status_code != 404:
                found.append(f"GET {rule.rule} is not 404: {given.status}")
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("sheets_as_pages")
def test_the_same_ids_are_found_at_home(demo_app, demo_world, everybody, rows, buildings):
    """Otherwise the test above would prove nothing."""
    with demo_app.app_context():
        home = demo_app.extensions["gongzhi.places"].community(COMMUNITY_CODE)
    demo_world.work_off(home)
    client = everybody(home)
    unreachable = []
    for rule, method in routes_with_ids(demo_app):
        if method != "GET" or rule.endpoint in ONLY_THEIR_OWN or len(id_arguments(rule)) > 1:
            continue
        if not any(
            client.get(address).status_code < 400
            for ids in choices(rows, rule, each=AT_HOME)
            for address in addresses(demo_app, rule, home, ids, buildings)
        ):
            unreachable.append(rule.rule)
    assert not unreachable, "\n".join(unreachable)
