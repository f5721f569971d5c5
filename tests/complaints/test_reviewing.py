"""What reviewers see: sums of their region, nothing of a case, nothing of few people's opinion."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
from factories import complaints as made
from factories import figures as rows
from factories.databases import owner_connection
from factories.world import STREET_PATH
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.complaints.figure_jobs import sweep_figures
from app.complaints.models import Complaint, ComplaintMonth, ComplaintToday
from app.complaints.queries import regions
from app.complaints.rules.reviewing import (
    REPEATED_WITHIN,
    SMALLEST_GROUP,
    Report,
    is_hard,
    published,
    published_sum,
    repeated,
)
from app.complaints.rules.states import State
from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.kit.clock import BEIJING, civil_date, now

NOW = datetime(2026, 3, 9, 12, tzinfo=BEIJING)
DAY = timedelta(days=1)
PLACE, OTHER = uuid.uuid4(), uuid.uuid4()
ROLES = {
    Role.STREET_REVIEWER: ("420602001", STREET_PATH),
    Role.DISTRICT_REVIEWER: ("420602", "42.4206.420602."),
    Role.CITY_REVIEWER: ("4206", "42.4206."),
}


def reviewer(world, role=Role.STREET_REVIEWER):
    return world.reviewer(role, *ROLES[role])


def page_of(world, street, person, region="420602001", month=""):
    address = f"/r/{region}/complaints/{street.community.code}?month={month}"
    return world.client(person).get(address).text


def report(days, place=PLACE, category="x", **values):
    return Report(uuid.uuid4(), category, place, NOW + days * DAY, **values)


@pytest.mark.parametrize(
    ("reports", "again"),
    [
        ([report(0)], []),
        ([report(0), report(3)], [1]),
        ([report(0), report(REPEATED_WITHIN.days), report(90)], [1]),
        ([report(0), report(REPEATED_WITHIN.days + 1)], []),
        ([report(0), report(3, OTHER)], []),
        ([report(0), report(3, category="y")], []),
        ([report(0, None), report(3, None)], []),
        ([report(0, None, joined=True)], [0]),
        ([report(0), report(20), report(40)], [1, 2]),
    ],
)
def test_the_same_matter_at_the_same_place_soon_again_is_a_repetition(reports, again):
    assert repeated(reports) == {reports[place].id for place in again}


@pytest.mark.parametrize(
    ("values", "hard"),
    [
        ({}, False),
        ({"promised_at": NOW - 8 * DAY}, True),
        ({"promised_at": NOW - 7 * DAY}, False),
        ({"extensions": 2}, True),
        ({"extensions": 1}, False),
        ({"reopened": 2}, True),
        ({"reopened": 2, "open_": False}, False),
    ],
)
def test_a_case_is_hard_when_it_is_long_late_or_extended_or_returned_again(values, hard):
    usual = {"open_": True, "promised_at": NOW, "extensions": 0, "reopened": 0, "now": NOW}
    assert is_hard(**{**usual, **values}) is hard


counts = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=12)


@given(counts)
def test_nothing_shown_leaves_a_small_group_when_it_is_taken_away(parts):
    by_street = {}
    for street, count in parts:
        by_street.setdefault(street, []).append(count)
    totals = {
        street: published_sum((street, count) for count in found)
        for street, found in by_street.items()
    }
    assert published_sum(parts) == sum(totals.values())
    for street, found in by_street.items():
        left = totals[street] - sum(count for count in found if count >= SMALLEST_GROUP)
        assert left == 0 or left >= SMALLEST_GROUP


def test_every_community_large_enough_is_in_the_total():
    assert published([("a", 5), ("a", 4), ("b", 3), ("b", 2)]) == {0, 2, 3}


def cases_of(street, verdicts, **values):
    """So many closed cases of this month with a verdict each, all good."""
    return [
        rows.row(
            street,
            0.01 * (number + 1),
            state="closed",
            contacted_at=now() - DAY,
            verdicts=1,
            verdicts_resolved=1,
            verdicts_content=1,
            **values,
        )
        for number in range(verdicts)
    ]


def test_a_reviewer_sees_the_sums_and_when_they_were_made(world, street):
    rows.keep(
        world,
        street,
        [
            *cases_of(street, 6),
            rows.row(street, 0.1, promised_at=now() - DAY),
            rows.row(street, 40, promised_at=now() - 9 * DAY),
        ],
    )
    rows.refreshed(world, street)
    page = page_of(world, street, reviewer(world))
    assert "数字算于" in page
    figures = dict(
        re.findall(r'stat-label">([^<]+)</span>.*?stat-number">([^<]+)<', page, re.DOTALL)
    )
    assert figures["已超期"] == "2"
    assert figures["难办"] == "1"
    assert figures["还在办"] == "2"
    assert figures["真正解决"] == "100.0%"


@pytest.mark.parametrize(("verdicts", "shown"), [(4, False), (5, True)])
def test_the_opinion_of_few_is_not_shown(world, street, verdicts, shown):
    rows.keep(world, street, cases_of(street, verdicts))
    rows.refreshed(world, street)
    page = page_of(world, street, reviewer(world))
    assert ("评价太少，不单列" in page) is not shown
    assert (f"{verdicts} / {verdicts}" in page.split("居民满意")[1]) is shown


def test_matters_reported_by_few_stand_together(world, street):
    rows.keep(
        world,
        street,
        [
            *cases_of(street, 5),
            rows.row(street, 0.1, category="neighbours.noise", category_title="噪音扰民"),
        ],
    )
    rows.refreshed(world, street)
    page = page_of(world, street, reviewer(world))
    assert "噪音扰民" not in page
    assert "其他事项" in page


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize(
    "path",
    [
        "figures/",
        "figures/cases",
        "figures/weeks/",
        "figures/exports/",
        "tickets/",
        "tickets/{key}",
        "complaints/{key}",
        "board/",
        "board/{key}",
    ],
)
def test_a_reviewer_reaches_no_case(world, street, role, path):
    key = made.report(world, street)
    client = world.client(reviewer(world, role))
    address = f"/c/{street.community.code}/{path.format(key=key)}"
    assert client.get(address).status_code == 404


def test_the_pages_of_a_region_hold_nothing_that_was_reported(world, street):
    key = made.report(world, street, text="三楼王师傅家门口的灯不亮", place_note="电表箱旁")
    rows.refreshed(world, street)
    row = made.look(world, street, key)
    for person in (reviewer(world), reviewer(world, Role.CITY_REVIEWER)):
        for path in ("", street.community.code):
            page = world.client(person).get(f"/r/420602001/complaints/{path}").text
            for said in ("王师傅", "电表箱", str(key), row.short_code, street.resident.name):
                assert said not in page


def test_the_database_shows_a_region_its_sums_and_no_case(world, street, context):
    rows.keep(world, street, cases_of(street, 6))
    rows.refreshed(world, street)
    scope = Scope(community_id=PLATFORM_ID, region_path=STREET_PATH)
    mine = street.community.id
    with transaction(scope):
        for model in (ComplaintMonth, ComplaintToday):
            wanted = select(func.count()).where(model.community_id == mine)
            assert db.session.scalar(wanted) > 0
        assert db.session.scalar(select(func.count()).select_from(Complaint)) == 0
    with transaction(Scope(community_id=PLATFORM_ID, region_path="42.4206.420606.")):
        assert db.session.scalar(select(func.count()).select_from(ComplaintMonth)) == 0
        assert db.session.scalar(select(func.count()).select_from(ComplaintToday)) == 0
    with transaction(scope):
        changed = db.session.execute(
            text("UPDATE complaint_today SET overdue = 0 WHERE community_id = :here"),
            {"here": mine},
        )
        assert changed.rowcount == 0


def test_a_reviewer_of_another_district_finds_no_such_page(world, street):
    with owner_connection(world.config) as connection:
        connection.execute(
            text(
                "INSERT INTO region (code, parent_code, level, name, pinyin, path) VALUES"
                " ('420606', '4206', 'district', '樊城区', 'fanchengqu', '42.4206.420606.')"
                " ON CONFLICT DO NOTHING"
            )
        )
    stranger = world.reviewer(Role.DISTRICT_REVIEWER, "420606", "42.4206.420606.")
    client = world.client(stranger)
    assert client.get("/r/420602001/complaints/").status_code == 404
    address = f"/r/420602001/complaints/{street.community.code}"
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("who", ["resident", "staff", "manager", "office"])
def test_the_pages_of_a_region_are_for_its_reviewers(world, street, who):
    client = world.client(getattr(street, who))
    assert client.get("/r/420602001/complaints/").status_code == 404


def test_one_drills_down_from_the_city_to_the_community(world, street):
    rows.keep(world, street, cases_of(street, 6))
    rows.refreshed(world, street)
    client = world.client(reviewer(world, Role.CITY_REVIEWER))
    month = f"{civil_date(now()):%Y-%m}"
    for region, below in (
        ("4206", "/r/420602/complaints/"),
        ("420602", "/r/420602001/complaints/"),
        ("420602001", f"/r/420602001/complaints/{street.community.code}"),
    ):
        page = client.get(f"/r/{region}/complaints/").text
        assert f'href="{below}?month={month}"' in page
    last = client.get(f"/r/420602001/complaints/{street.community.code}").text
    assert 'href="/r/4206/complaints/' in last


def test_the_statements_of_a_region_do_not_grow_with_its_communities(world, street, statements):
    client = world.client(reviewer(world))

    def counted():
        with statements() as seen:
            assert client.get("/r/420602001/complaints/").status_code == 200
        return len(seen)

    counted()
    few = counted()
    for _ in range(3):
        other = made.street(world)
        rows.keep(world, other, cases_of(other, 2))
        rows.refreshed(world, other)
    assert counted() == few


def test_the_sweep_has_each_community_counted_and_never_twice_at_once(world, street, context):
    rows.keep(world, street, cases_of(street, 3))
    sweep_figures()
    assert sweep_figures() == 0
    world.work_off(street.community)
    with transaction(Scope(community_id=street.community.id)):
        standing = regions.today_of(street.community.id)
        months = regions.months_of(street.community.id)
        altogether = regions.standings(STREET_PATH, months[-1].month)
    assert standing is not None
    assert [row.filed for row in altogether if row.code == street.community.code] == [3]
    assert sum(row.filed for row in months) == 3


def test_a_month_whose_last_case_got_another_category_goes(world, street):
    one = rows.row(street, 0.1, category="property.lift")
    rows.keep(world, street, [one])
    rows.refreshed(world, street)
    made.changed(world, street, one["id"], category="property.doors")
    rows.refreshed(world, street)
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        kept = [row.category for row in regions.months_of(street.community.id)]
    assert kept == ["property.doors"]


def test_counting_again_leaves_rows_that_stay_equal_untouched(world, street):
    rows.keep(world, street, cases_of(street, 3))
    rows.refreshed(world, street)

    def versions():
        with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
            return db.session.scalars(select(text("xmin::text")).select_from(ComplaintMonth)).all()

    first = versions()
    rows.refreshed(world, street)
    assert versions() == first


def test_a_merged_report_is_a_repetition_in_the_sums(world, street):
    lead = rows.row(street, 0.2)
    other = rows.row(street, 0.1, state=State.MERGED, merged_into_id=lead["id"])
    rows.keep(world, street, [lead, other])
    rows.refreshed(world, street)
    assert "其中重复反映 1 件" in page_of(world, street, reviewer(world))
