"""Plans of the lists, as the runtime role gets them, in a world where a wrong one would show."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from factories.databases import clone_database, config_for, owner_connection, with_database
from measure.cases import Cases
from measure.record import noting
from measure.world import md5_uuid
from sqlalchemy import text

from app import create_app
from app.complaints.queries import board, lists, nearby, searching
from app.complaints.rules.places import PlaceKind
from app.complaints.rules.queue import Mark, Tab
from app.core.db import db
from app.core.sweep import sweeping
from app.core.tenancy import Scope, scoped
from app.kit.clock import now

CASES, COMMUNITIES = 20_000, 5
LARGEST = 1
A_PAGE = 2 * lists.PAGE
READ_IN_FULL = {"Seq Scan", "Parallel Seq Scan"}
ABOUT_CASES = {"complaint", "complaint_event", "complaint_words"}

pytestmark = pytest.mark.xdist_group("plans")


@pytest.fixture(scope="module")
def many(worker_id, redis_url, tmp_path_factory):
    """The product on a database with many cases."""
    name = clone_database(f"plans_{worker_id}", redis_url, tmp_path_factory)
    address = with_database(os.environ["DATABASE_ADMIN_URL"], name)
    Cases(address, CASES, communities=COMMUNITIES).build()
    app = create_app(config_for(name, redis_url, tmp_path_factory.mktemp("plans")))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def plans(many):
    """Run something in the largest community; the plans of what it read of cases, printed."""

    def of(work):
        with scoped(Scope(community_id=LARGEST)):
            with noting(many) as noted:
                work()
            read = [pair for pair in noted if pair[0].lstrip().startswith(("SELECT", "WITH"))]
            found = [_plan(db.session.connection(), *pair) for pair in read]
            db.session.rollback()
        about = [plan for plan in found if any(_relations(plan))]
        assert about, "nothing was read of the cases"
        return about

    return of


def wanted(tab, **values):
    return lists.Wanted(tab=tab, now=now(), companies=None, me=md5_uuid("staff1"), **values)


def company():
    return frozenset({md5_uuid("company1-1")})


@pytest.mark.parametrize("tab", Tab)
@pytest.mark.parametrize("companies", [None, company()], ids=["office", "company"])
def test_a_tab_of_the_queue_is_read_in_its_order(plans, tab, companies):
    asked = replace(wanted(tab), companies=companies)
    for plan in plans(lambda: lists.queue_page(LARGEST, asked)):
        assert_reads_a_page(plan)


def test_the_next_page_of_the_queue_begins_where_the_last_ended(plans, many):
    with scoped(Scope(community_id=LARGEST)):
        last = lists.queue_page(LARGEST, wanted(Tab.OVERDUE))[lists.PAGE - 1]
        db.session.rollback()
    after = wanted(Tab.OVERDUE, after=lists.key_after(last, Tab.OVERDUE))
    for plan in plans(lambda: lists.queue_page(LARGEST, after)):
        assert_reads_a_page(plan)


@pytest.mark.parametrize("mark", [Mark.SAFETY, Mark.REOPENED, Mark.EXTENSION, Mark.HANDED_IN])
def test_a_mark_that_few_ended_cases_have_is_found_by_its_index(plans, mark):
    for plan in plans(lambda: lists.queue_page(LARGEST, wanted(Tab.ENDED, mark=mark))):
        assert_reads_a_page(plan)


def test_the_ended_cases_of_a_compound_are_read_in_their_order(plans):
    asked = wanted(Tab.ENDED, compound_id=md5_uuid("compound1-4"))
    for plan in plans(lambda: lists.queue_page(LARGEST, asked)):
        assert_reads_a_page(plan)


def test_the_tabs_are_counted_from_the_index_of_running_cases(plans):
    (plan,) = plans(lambda: lists.open_counts(LARGEST, wanted(Tab.MINE)))
    assert_no_case_is_sought_in_vain(plan)
    assert "ix_complaint_running" in _indexes(plan)


def test_the_board_is_read_in_its_order(plans):
    where = md5_uuid("compound1-1")
    for plan in plans(lambda: board.open_cases(LARGEST, where, md5_uuid("resident1"), None)):
        assert_reads_a_page(plan)
    (counted,) = plans(lambda: board.count_open(LARGEST, where))
    assert "ix_complaint_open" in _indexes(counted)


def test_a_persons_own_cases_are_read_in_their_order(plans):
    for plan in plans(lambda: lists.own_complaints(LARGEST, md5_uuid("reporter1-7"), None)):
        assert_reads_a_page(plan)


def test_similar_open_cases_are_sought_among_the_open_ones_of_the_compound(plans):
    class Ground:
        compound_id, building_id, stairwell_id, common_id = (
            md5_uuid("compound1-1"),
            None,
            None,
            None,
        )

    def work():
        nearby.similar_open(
            LARGEST, md5_uuid("resident1"), "property.lift", PlaceKind.COMPOUND, Ground
        )

    (plan,) = plans(work)
    assert_no_case_is_sought_in_vain(plan)
    assert "ix_complaint_open" in _indexes(plan)


@pytest.mark.parametrize("tab", [Tab.ENDED, Tab.OVERDUE])
@pytest.mark.parametrize("typed", ["漏水", "充电桩", "梁秀珍", "漏水 车库"])
def test_rare_words_are_found_by_their_pairs(plans, tab, typed):
    found, page = plans(lambda: lists.queue_page(LARGEST, wanted(tab, text=typed)))
    assert _relations(found) == {"complaint"}, "the words are read by the function alone"
    assert_no_case_is_sought_in_vain(page)
    for node in _nodes(page):
        if node["Node Type"] == "Sort":
            assert _fed(node) <= searching.MOST


@pytest.mark.parametrize("tab", [Tab.ENDED, Tab.OVERDUE])
def test_common_words_are_sought_in_the_order_of_the_page(plans, monkeypatch, tab):
    monkeypatch.setattr(searching, "MOST", 10)
    *_, page = plans(lambda: lists.queue_page(LARGEST, wanted(tab, text="师傅")))
    assert_reads_a_page(page)


def test_the_function_itself_looks_words_up_in_their_index(many):
    pairs = "ARRAY[(1::bigint << 42) | (ascii('漏')::bigint << 21) | ascii('水')]"
    inside = f"SELECT id FROM complaint_words WHERE words @> {pairs} LIMIT 1001"
    with scoped(Scope(community_id=LARGEST)):
        config = many.extensions["gongzhi.config"]
        plan = _as_owner(config, inside)
    assert "ix_complaint_words_words" in _indexes(plan)


def test_the_sweep_walks_the_moments_that_have_come(many):
    with sweeping() as connection:
        statement = lists.late_messages("complaint.overdue").compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        plan = _plan(connection, str(statement).replace("%%", "%"), None)
    assert_no_case_is_sought_in_vain(plan)
    assert _indexes(plan) == {"ix_complaint_escalate_at"}


def assert_reads_a_page(plan):
    """Nothing read in full, and nothing sorted that is more than a page."""
    assert_no_case_is_sought_in_vain(plan)
    for node in _nodes(plan):
        if node["Node Type"] == "Sort" and any(_relations(node)):
            assert _fed(node) <= A_PAGE, "a whole tab was sorted"


def assert_no_case_is_sought_in_vain(plan):
    for node in _nodes(plan):
        if node.get("Relation Name") in ABOUT_CASES:
            assert node["Node Type"] not in READ_IN_FULL


def _plan(connection, statement, parameters):
    lines = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
    print("\n".join([statement, *(row[0] for row in lines), ""]))  # noqa: T201 - to be looked at
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    return connection.exec_driver_sql(explained, parameters).scalar_one()[0]["Plan"]


def _as_owner(config, statement):
    with owner_connection(config) as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        return _plan(connection, statement, None)


def _nodes(plan):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _relations(plan):
    return {node.get("Relation Name") for node in _nodes(plan)} & ABOUT_CASES


def _indexes(plan):
    return {node["Index Name"] for node in _nodes(plan) if "Index Name" in node}


def _fed(node):
    """How many rows a node got from below."""
    return max(inner["Actual Rows"] * inner["Actual Loops"] for inner in node["Plans"])
