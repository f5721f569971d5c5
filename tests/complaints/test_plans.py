"""Plans of the lists, as the runtime role gets them, in a world where a wrong one would show."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from factories.databases import clone_database, config_for, owner_connection, with_database
from factories.plans import READ_IN_FULL, fed, indexes, nodes, plans_of, relations, walked
from factories.plans import plan as plan_of
from measure.cases import Cases
from measure.world import md5_uuid
from sqlalchemy import text

from app import create_app
from app.complaints.queries import board, figures, lists, nearby, searching, whistles
from app.complaints.queries.whistles import WantedCalls
from app.complaints.rules.figures import By
from app.complaints.rules.places import PlaceKind
from app.complaints.rules.queue import Mark, Tab
from app.complaints.rules.selection import read_selection
from app.complaints.rules.whistle_tabs import CallTab
from app.core.db import db
from app.core.sweep import sweeping
from app.core.tenancy import Scope, scoped
from app.interfaces.queries import requests
from app.kit.clock import civil_date, now

CASES, COMMUNITIES = 20_000, 5
LARGEST = 1
A_PAGE = 2 * lists.PAGE
ABOUT_CASES = {"complaint", "complaint_event", "complaint_words"}
ABOUT_CALLS = {"whistle", "whistle_call"}

# Every fourth case has called its street, as 2,000 who wait and as many who came long ago.
CALLS = """
SET session_replication_role = replica;
WITH told AS (
    INSERT INTO whistle (community_id, id, complaint_id, community_code, community_name,
        short_code, title, place, text, raised_by)
    SELECT community_id, id, id, '420602001008', '社区', short_code, '灯', '楼道', '不亮', id
    FROM complaint WHERE hashtext(id::text) % 4 = 0
    RETURNING *
)
INSERT INTO whistle_call (community_id, id, whistle_id, called_key, called_path, called_code,
    party_name, by_name, community_name, title, reason, state, sign_hours, arrive_hours, sign_by,
    arrive_by, due_at)
SELECT community_id, id, id, 'street:42.4206.420602.420602001.', '42.4206.420602.420602001.',
    '420602001', '街道', '社区', '社区', '灯', '请来', state, 2, 24, now(), now(),
    CASE WHEN state IN ('called', 'signed') THEN now() + hashtext(id::text) * interval '1 ms' END
FROM (
    SELECT *, (ARRAY['called', 'signed', 'done', 'done'])[1 + abs(hashtext(short_code)) % 4]
        AS state
    FROM told
) AS calls
"""

pytestmark = pytest.mark.xdist_group("plans")


@pytest.fixture(scope="module")
def many(worker_id, redis_url, tmp_path_factory):
    """The product on a database with many cases."""
    name = clone_database(f"plans_{worker_id}", redis_url, tmp_path_factory)
    address = with_database(os.environ["DATABASE_ADMIN_URL"], name)
    Cases(address, CASES, communities=COMMUNITIES).build()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(CALLS)
        connection.execute("VACUUM ANALYZE whistle, whistle_call")
    app = create_app(config_for(name, redis_url, tmp_path_factory.mktemp("plans")))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def plans(many):
    """Run something in the largest community; the plans of what it read of cases, printed."""
    return lambda work: plans_of(many, LARGEST, work, ABOUT_CASES)


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
    assert "ix_complaint_running" in indexes(plan)


def test_the_board_is_read_in_its_order(plans):
    where = md5_uuid("compound1-1")
    for plan in plans(lambda: board.open_cases(LARGEST, where, md5_uuid("resident1"), None)):
        assert_reads_a_page(plan)
    (counted,) = plans(lambda: board.count_open(LARGEST, where))
    assert "ix_complaint_open" in indexes(counted)


def test_the_rates_of_the_board_are_summed_without_reading_a_case(plans):
    since = now() - timedelta(days=90)
    (plan,) = plans(lambda: board.rate_sums(LARGEST, md5_uuid("compound1-1"), since, now()))
    (read,) = [node for node in nodes(plan) if "Index Name" in node]
    assert (read["Index Name"], read["Node Type"]) == ("ix_complaint_rates", "Index Only Scan")
    assert read["Heap Fetches"] == 0


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
    assert "ix_complaint_open" in indexes(plan)


@pytest.mark.parametrize("tab", [Tab.ENDED, Tab.OVERDUE])
@pytest.mark.parametrize("typed", ["漏水", "充电桩", "梁秀珍", "漏水 车库"])
def test_rare_words_are_found_by_their_pairs(plans, tab, typed):
    found, page = plans(lambda: lists.queue_page(LARGEST, wanted(tab, text=typed)))
    assert _relations(found) == {"complaint"}, "the words are read by the function alone"
    assert_no_case_is_sought_in_vain(page)
    for node in nodes(page):
        if node["Node Type"] == "Sort":
            assert fed(node) <= searching.MOST


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
    assert "ix_complaint_words_words" in indexes(plan)


@pytest.mark.parametrize("tab", [CallTab.TO_SIGN, CallTab.TO_ARRIVE, CallTab.ENDED])
def test_the_calls_of_a_community_are_read_in_their_order(many, tab):
    asked = WantedCalls(tab, LARGEST)
    for plan in plans_of(many, LARGEST, lambda: whistles.calls_page(asked), ABOUT_CALLS):
        assert walked(plan, ABOUT_CALLS) <= 2 * A_PAGE
        assert "Sort" not in {node["Node Type"] for node in nodes(plan)}


def test_the_list_for_programs_reads_a_page_and_the_events_of_its_cases(plans):
    asked = requests.Wanted(now() - timedelta(days=90), now(), lists.PAGE)
    for client in (None, md5_uuid("client")):
        extent = requests.Extent(client, own_only=False)
        for plan in plans(lambda extent=extent: requests.page(LARGEST, extent, asked)):
            assert_reads_a_page(plan)


def test_no_figure_of_the_dashboard_reads_the_cases_in_full(plans):
    view = figures.View(LARGEST, None, now())
    asked = read_selection({}, civil_date(view.now))
    looks = (
        lambda: figures.totals(view, asked),
        lambda: figures.now_standing(view, asked),
        lambda: figures.parts_of(view, asked),
        lambda: figures.by_group(view, asked, By.CATEGORY),
        lambda: figures.flow_by_day(view, asked),
        lambda: figures.longest_overdue(view, asked),
        lambda: figures.overdue_places(view, asked),
    )
    for look in looks:
        for plan in plans(look):
            assert_no_case_is_sought_in_vain(plan)


def test_what_was_open_before_a_period_is_counted_from_indexes_alone(plans):
    view = figures.View(LARGEST, None, now())
    asked = read_selection({}, civil_date(view.now))
    (plan,) = plans(lambda: figures.flow_by_day(view, asked))
    alone = {node["Index Name"] for node in nodes(plan) if node["Node Type"] == "Index Only Scan"}
    assert {"ix_complaint_open", "ix_complaint_closed"} <= alone


def test_the_sweep_walks_the_moments_that_have_come(many):
    with sweeping() as connection:
        statement = lists.late_messages("complaint.overdue").compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        plan = plan_of(connection, str(statement).replace("%%", "%"), None)
    assert_no_case_is_sought_in_vain(plan)
    assert indexes(plan) == {"ix_complaint_escalate_at"}


def assert_reads_a_page(plan):
    """Nothing read in full, and nothing sorted that is more than a page."""
    assert_no_case_is_sought_in_vain(plan)
    for node in nodes(plan):
        if node["Node Type"] == "Sort" and any(_relations(node)):
            assert fed(node) <= A_PAGE, "a whole tab was sorted"


def assert_no_case_is_sought_in_vain(plan):
    for node in nodes(plan):
        if node.get("Relation Name") in ABOUT_CASES:
            assert node["Node Type"] not in READ_IN_FULL


def _as_owner(config, statement):
    with owner_connection(config) as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        return plan_of(connection, statement, None)


def _relations(plan):
    return relations(plan, ABOUT_CASES)
