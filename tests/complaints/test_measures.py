"""The sums of SQL are those of the rules, whatever happened."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from factories import figures as rows
from factories.world import STREET_PATH
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.complaints.queries import board, figures, regions
from app.complaints.rules.figures import sums_of
from app.complaints.rules.rates import LeftOut, Rate, case_of, three_rates
from app.complaints.rules.reviewing import Report, is_hard, repeated
from app.complaints.rules.selection import Age, Part, Selection, Which
from app.complaints.rules.states import State
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATES = (State.FILED, State.ACCEPTED, State.DONE, State.CLOSED, State.NOT_ACCEPTED, State.MERGED)
_numbers = itertools.count(1)
hours = st.integers(-60, 24 * 70).map(lambda count: count * HOUR)


class Written:
    """A row as the rules read it."""

    def __init__(self, values):
        self.__dict__.update(values)


@st.composite
def histories(draw):
    """What may have happened to one case; times are spans before the present."""
    verdicts = draw(st.integers(0, 3))
    resolved = draw(st.integers(0, verdicts))
    return {
        "state": draw(st.sampled_from(STATES)),
        "filed": draw(st.integers(0, 24 * 60)) * HOUR,
        "contact_due": draw(hours),
        "contacted": draw(st.none() | hours),
        "promised": draw(hours),
        "closed": draw(st.integers(0, 24 * 30)) * HOUR,
        "closing": draw(st.sampled_from([None, "confirmed", "silence"])),
        "verdicts": verdicts,
        "verdicts_resolved": resolved,
        "verdicts_content": draw(st.integers(0, resolved)),
        "extensions": draw(st.integers(0, 2)),
        "reopened_count": draw(st.integers(0, 3)),
        "place": draw(st.sampled_from([None, "a", "b"])),
        "category": draw(st.sampled_from(["x", "y"])),
    }


def written(street, stories, moment, lead, mark, doors):
    """The rows of these stories under categories that belong to this example alone."""
    found = []
    for story in stories:
        given_ = dict(story)
        place = given_.pop("place")
        contacted = given_.pop("contacted")
        state = given_["state"]
        promised = moment - given_.pop("promised")
        values = {
            **given_,
            "filed": moment - given_.pop("filed") - HOUR / 3,
            "contact_due_at": moment - given_.pop("contact_due"),
            "contacted_at": None if contacted is None else moment - contacted,
            "promised_at": promised,
            "closed_at": moment - given_.pop("closed") if state.ended else None,
            "merged_into_id": lead if state is State.MERGED else None,
            "category": f"{mark}.{story['category']}",
            "stairwell_id": doors[place] if place else None,
        }
        for name in ("contact_due", "closed", "promised", "contacted"):
            values.pop(name, None)
        found.append(rows.row(street, **values))
    return found


@pytest.fixture
def ground(world, street):
    """Two stairwells, and a case others can be merged into."""
    lead = rows.row(street, category="lead")
    rows.keep(world, street, [lead])
    homes = [world.home(street.community, street.compound_id) for _ in "ab"]
    return lead["id"], {"a": homes[0].stairwell_id, "b": homes[1].stairwell_id}


many = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(stories=st.lists(histories(), min_size=1, max_size=12))
def test_rates_standings_and_lists_are_those_of_the_rules(world, street, ground, stories):
    lead, doors = ground
    moment, mark = now(), f"t{next(_numbers)}"
    kept = written(street, stories, moment, lead, mark, doors)
    rows.keep(world, street, kept)
    tallies = three_rates([case_of(Written(one)) for one in kept], moment)

    def check(view):
        for category in ("x", "y"):
            wanted = Selection(category=f"{mark}.{category}")
            mine = {one["id"]: one for one in kept if one["category"] == wanted.category}
            sums, parts = sums_of(figures.totals(view, wanted)), figures.parts_of(view, wanted)
            shares = three_rates([case_of(Written(one)) for one in mine.values()], moment)
            assert sums.filed == len(mine)
            for rate in Rate:
                tally = shares[rate]
                share = sums.rates[rate]
                assert (share.numerator, share.denominator) == (tally.numerator, tally.denominator)
                assert parts[rate][Part.COUNTED] == len(tally.met) + len(tally.missed)
                assert parts[rate][Part.BAD] == len(tally.missed)
                for why in LeftOut:
                    listed = figures.case_page(view, wanted.of_rate(rate, why), None)
                    assert {row.id for row in listed} == set(tally.left_out.get(why, ()))
                    assert parts[rate][why] == len(listed)
                left = figures.case_page(view, wanted.of_rate(rate, Part.LEFT), None)
                assert {row.id for row in left} == mine.keys() - {*tally.met, *tally.missed}
                bad = figures.case_page(view, wanted.of_rate(rate, Part.BAD), None)
                assert {row.id for row in bad} == set(tally.missed)
        where = (street.community.id, street.compound_id, moment - 30 * DAY)
        listed = three_rates(map(case_of, board.facts_for_rates(*where)), moment)
        of_board = {rate: (listed[rate].numerator, listed[rate].denominator) for rate in Rate}
        assert board.rate_sums(*where, moment) == of_board

    rows.asked(world, street, check, moment=moment)
    assert sum(len(tallies[Rate.RESPONSE].left_out.get(why, ())) for why in LeftOut) <= len(kept)


@many
@given(stories=st.lists(histories(), min_size=1, max_size=12))
def test_the_rows_of_reviewers_are_a_direct_count(world, street, ground, stories):
    lead, doors = ground
    moment, mark = now(), f"m{next(_numbers)}"
    kept = written(street, stories, moment, lead, mark, doors)
    rows.keep(world, street, kept)
    again = repeated(
        Report(
            one["id"], one["category"], one["stairwell_id"], one["created_at"],
            joined=one["state"] == State.MERGED,
        )
        for one in kept
    )  # fmt: skip
    expected = Counter()
    for one in kept:
        key = (civil_date(one["created_at"]).replace(day=1), one["category"])
        expected[*key, "filed"] += 1
        expected[*key, "closed"] += one["closed_at"] is not None
        expected[*key, "repeated"] += one["id"] in again
        tally = three_rates([case_of(Written(one))], moment)
        expected[*key, "response_in"] += tally[Rate.RESPONSE].numerator
        expected[*key, "response_of"] += tally[Rate.RESPONSE].denominator
        expected[*key, "resolved_in"] += tally[Rate.RESOLVED].numerator
        expected[*key, "satisfied_in"] += tally[Rate.SATISFIED].numerator
        expected[*key, "verdicts"] += tally[Rate.RESOLVED].denominator
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        regions.refresh_months(street.community.id, moment)
        found = Counter()
        kept_rows = regions.months_of(street.community.id)
        for month in {row.month for row in kept_rows}:
            whole = next(
                row
                for row in regions.standings(STREET_PATH, month)
                if row.code == street.community.code
            )
            for name in ("filed", "closed", "repeated", "response_of", "resolved_in", "verdicts"):
                parts = [getattr(row, name) for row in kept_rows if row.month == month]
                assert getattr(whole, name) == sum(parts)
        for row in kept_rows:
            if row.category.startswith(f"{mark}."):
                for name in ("filed", "closed", "repeated", "response_in", "response_of"):
                    found[row.month, row.category, name] = getattr(row, name)
                for name in ("resolved_in", "satisfied_in", "verdicts"):
                    found[row.month, row.category, name] = getattr(row, name)
    assert +found == +expected


@many
@given(stories=st.lists(histories(), min_size=1, max_size=12))
def test_what_is_open_now_is_counted_by_age_lateness_and_hardness(world, street, ground, stories):
    lead, doors = ground
    moment, mark = now(), f"o{next(_numbers)}"
    kept = written(street, stories, moment, lead, mark, doors)
    rows.keep(world, street, kept)
    open_ = [one for one in kept if one["closed_at"] is None]

    def check(view):
        for category in ("x", "y"):
            wanted = Selection(category=f"{mark}.{category}")
            mine = [one for one in open_ if one["category"] == wanted.category]
            standing = figures.now_standing(view, wanted)
            assert standing.open == len(mine)
            late = [one for one in mine if one["due_at"] and one["due_at"] < moment]
            assert standing.overdue == len(late)
            hard = [
                one
                for one in mine
                if is_hard(
                    open_=True,
                    promised_at=one["promised_at"],
                    extensions=one["extensions"],
                    reopened=one["reopened_count"],
                    now=moment,
                )
            ]
            assert standing.hard == len(hard)
            for age in Age:
                days = [(moment - one["created_at"]) / timedelta(days=1) for one in mine]
                inside = [
                    day
                    for day in days
                    if day >= age.from_days and (age.below_days is None or day < age.below_days)
                ]
                assert getattr(standing, f"age_{age}") == len(inside)
                listed = figures.count_cases(view, wanted.whenever(Which.OPEN, age))
                assert listed == len(inside)

    rows.asked(world, street, check, moment=moment)


@many
@given(stories=st.lists(histories(), min_size=1, max_size=12))
def test_what_came_and_went_adds_up_to_what_is_open(world, street, ground, stories):
    lead, doors = ground
    moment, mark = now(), f"f{next(_numbers)}"
    kept = written(street, stories, moment, lead, mark, doors)
    for one in kept:
        if one["closed_at"] is not None:
            one["closed_at"] = max(one["closed_at"], one["created_at"])
    rows.keep(world, street, kept)
    today = civil_date(moment)

    def check(view):
        for category in ("x", "y"):
            wanted = Selection(
                category=f"{mark}.{category}", first=today - timedelta(days=20), last=today
            )
            mine = [one for one in kept if one["category"] == wanted.category]
            filed, closed, before = figures.flow_by_day(view, wanted)
            assert sum(filed.values()) == figures.count_cases(view, wanted)
            went = replace(wanted, which=Which.CLOSED)
            assert sum(closed.values()) == figures.count_cases(view, went)
            still = [one for one in mine if one["closed_at"] is None]
            assert before + sum(filed.values()) - sum(closed.values()) == len(still)

    rows.asked(world, street, check, moment=moment)
