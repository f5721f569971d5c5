"""The leads' dashboard: whose cases it counts, and that every number is the list behind it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from factories import complaints as made
from factories import figures as rows

from app.complaints.queries import figures
from app.complaints.rules.answers import Rating
from app.complaints.rules.selection import Selection, Which
from app.complaints.rules.states import Action, State
from app.core.access.roles import Role
from app.kit.clock import civil_date, now

DAY = timedelta(days=1)
LINK = re.compile(r'<a class="num[^"]*" href="([^"]+/figures/cases[^"]*)">(\d+)(?: 件)?<')
STAT = re.compile(
    r'<a class="stat(?: [^"]*)?" href="([^"]+/figures/cases[^"]*)">.*?stat-number">(\d+)<',
    re.DOTALL,
)
CASE = re.compile(r'data-case="([0-9a-f-]{36})"')


def base(street, path=""):
    return f"/c/{street.community.code}/figures/{path}"


def busy(world, street):
    """Cases in every state, of the company, of another one and of the community itself."""
    other = made.company(world, street.community, "另一家物业")
    elsewhere = world.compound(street.community, "老院")
    lead = rows.row(street, 3)
    late = {"promised_at": now() - 9 * DAY}
    rows.keep(
        world,
        street,
        [
            lead,
            rows.row(street, 2, state=State.MERGED, merged_into_id=lead["id"]),
            rows.row(street, 12, **late),
            rows.row(street, 40, reopened_count=2, contacted_at=now() - 39.5 * DAY),
            rows.row(street, 1, state=State.DONE, contacted_at=now() - 0.5 * DAY),
            rows.row(street, 5, state=State.CLOSED, contacted_at=now() - 4.5 * DAY,
                     verdicts=2, verdicts_resolved=1, verdicts_content=1, closing="confirmed"),
            rows.row(street, 6, state=State.CLOSED, contacted_at=now() - 3 * DAY,
                     verdicts=1, verdicts_resolved=1, closing="called_back"),
            rows.row(street, 70, state=State.CLOSED, closing="silence", category="property.lift",
                     category_title="电梯故障", contacted_at=now() - 69.5 * DAY),
            rows.row(street, 4, state=State.NOT_ACCEPTED),
            rows.row(street, 0.2),
            rows.row(street, 8, organization_id=other, compound_id=elsewhere, **late),
            rows.row(street, 9, organization_id=None, compound_id=None, place_name=""),
            rows.row(street, 200, state=State.CLOSED, closed_at=now() - 2 * DAY),
        ],
    )  # fmt: skip
    return other


def listed(client, address):
    """Every case of a list, page after page."""
    found = []
    while address:
        page = client.get(address).text
        found += CASE.findall(page)
        after = re.search(r'href="([^"]+)"[^>]*rel="next"', page)
        address = html.unescape(after[1]) if after else None
    return found


@pytest.mark.parametrize("by", ["category", "building", "company"])
@pytest.mark.parametrize("who", ["office", "manager"])
def test_every_number_is_the_count_of_the_cases_behind_it(world, street, monkeypatch, who, by):
    monkeypatch.setattr("app.complaints.queries.figures.PAGE", 4)
    busy(world, street)
    client = world.client(getattr(street, who))
    page = client.get(base(street, f"?by={by}")).text
    links = dict.fromkeys([*LINK.findall(page), *STAT.findall(page)])
    assert len(links) > 25
    for address, count in links:
        cases = listed(client, html.unescape(address))
        assert len(cases) == len(set(cases)) == int(count), address


def test_the_groups_of_a_rate_count_their_cases_and_leave_none_out(world, street):
    busy(world, street)
    client = world.client(street.office)
    for rate in ("response", "resolved", "satisfied"):
        page = client.get(base(street, f"cases?rate={rate}")).text
        groups = re.findall(
            r'href="([^"]+part=([a-z_]+)[^"]*)"[^>]*>[^<]*<span class="num">(\d+)', page
        )
        seen = {}
        for address, part, count in groups:
            seen[part] = set(listed(client, html.unescape(address)))
            assert len(seen[part]) == int(count)
        reasons = seen.keys() - {"counted", "good", "bad", "left"}
        left = set().union(*(seen[part] for part in reasons))
        every = set(listed(client, base(street, "cases")))
        assert seen["counted"] | left == every
        assert not seen["counted"] & left
        assert seen["left"] == left
        assert seen["good"] | seen["bad"] == seen["counted"]


def test_the_three_rates_are_those_of_what_happened(world, street):
    key = made.done(world, street)
    made.step(world, street, key, "resident", Action.REOPEN, text="没好")
    made.step(world, street, key, "staff", Action.COMPLETE, text="好了")
    made.step(world, street, key, "resident", Action.CONFIRM, rating=Rating.UNSATISFIED)
    called = made.done(world, street)
    made.step(world, street, called, "office", Action.VERIFY, rating=Rating.FAIRLY)
    page = world.client(street.office).get(base(street)).text
    assert re.findall(r'stat-share num">(\d+ / \d+) [件次]', page) == ["2 / 2", "2 / 3", "1 / 3"]


def test_a_manager_sees_the_own_companys_cases_only(world, street):
    other = busy(world, street)
    page = world.client(street.manager).get(base(street, "?by=company"))
    assert "另一家物业" not in page.text
    everything = Selection(which=Which.ALL)
    own = rows.asked(
        world,
        street,
        lambda view: figures.count_cases(view, everything),
        companies=frozenset({street.company_id}),
    )
    cases = listed(world.client(street.manager), base(street, "cases?which=open"))
    strangers = listed(world.client(street.manager), base(street, f"cases?company={other}"))
    assert len(cases) < own
    assert strangers == []
    assert len(listed(world.client(street.office), base(street, f"cases?company={other}"))) == 1


def test_a_manager_who_only_works_for_another_company_sees_no_figure_of_it(world, street):
    other = busy(world, street)
    world.grant(street.community, street.manager, Role.PROPERTY_STAFF, organization_id=other)
    strangers = listed(world.client(street.manager), base(street, f"cases?company={other}"))
    assert strangers == []


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.GRID_MEMBER, Role.COMMITTEE_MEMBER])
@pytest.mark.parametrize("path", ["", "cases", "weeks/", "exports/"])
def test_others_find_no_figures(world, street, role, path):
    person = world.member(street.community, role)
    assert world.client(person).get(base(street, path)).status_code == 404


def test_property_staff_find_no_figures(world, street):
    assert world.client(street.staff).get(base(street)).status_code == 404


def test_the_secretary_sees_the_whole_community(world, street):
    busy(world, street)
    secretary = world.member(street.community, Role.PARTY_SECRETARY)
    assert "另一家物业" in world.client(secretary).get(base(street, "?by=company")).text


def test_an_empty_community_says_what_will_stand_here(world, street):
    page = world.client(street.office).get(base(street))
    assert page.status_code == 200
    assert "还没有可以分析的诉求" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "?from=x&to=y",
        "?from=2026-02-30&to=1",
        "?by=x&which=x&rate=x",
        "?compound=x&building=none&company=none",
        "?from=9999-12-31&to=0001-01-01",
        "?before=x",
    ],
)
def test_nonsense_in_the_address_shows_the_figures(world, street, query):
    client = world.client(street.office)
    for path in ("", "cases"):
        assert client.get(base(street, f"{path}{query}")).status_code == 200


def test_a_name_in_a_group_narrows_the_whole_page_to_it(world, street):
    busy(world, street)
    client = world.client(street.office)
    page = client.get(base(street, "?category=property.lift")).text
    assert "只看“电梯故障”" in page
    assert re.findall(r'stat-share num">(\d+ / \d+) 件', page) == ["1 / 1"]


def test_what_came_and_went_stands_on_the_day_it_happened(world, street):
    busy(world, street)
    today = civil_date(now())
    page = world.client(street.office).get(base(street, f"?from={today - 6 * DAY}&to={today}")).text
    flow = page.split('id="flow"')[1].split("</table>")[0]
    lines = re.findall(r"<tr>(.*?)</tr>", flow, re.DOTALL)[1:]
    ends = [int(re.findall(r">(\d+)<", line)[-1]) for line in lines]
    assert len(lines) == 7
    open_now = len(listed(world.client(street.office), base(street, "cases?which=open")))
    assert ends[-1] == open_now


def test_the_charts_are_drawn_from_tables_that_stay(world, street):
    busy(world, street)
    page = world.client(street.office).get(base(street)).text
    for table in re.findall(r'data-table="([^"]+)"', page):
        assert f'<table class="table table-cards" id="{table}"' in page


def test_the_statements_of_the_dashboard_do_not_grow_with_its_cases(world, street, statements):
    client = world.client(street.office)
    rows.keep(world, street, [rows.row(street, 1)])

    def counted(path):
        client.get(base(street, path))
        with statements() as seen:
            assert client.get(base(street, path)).status_code == 200
        return len(seen)

    few = [counted(""), counted("cases?rate=resolved")]
    busy(world, street)
    assert [counted(""), counted("cases?rate=resolved")] == few
    assert few[0] <= 14


def test_words_of_a_report_stand_nowhere_on_the_dashboard(world, street):
    made.report(world, street, text="<script>alert(1)</script>灯不亮", anonymous=True)
    page = world.client(street.manager).get(base(street)).text
    assert "alert(1)" not in page
    assert street.resident.name not in page
