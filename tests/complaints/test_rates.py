from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.complaints.rules.answers import Rating
from app.complaints.rules.rates import Case, LeftOut, Rate, Verdict, three_rates
from app.complaints.rules.states import State

NOW = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
YES = Verdict(resolved=True, rating=Rating.SATISFIED)
FAIRLY = Verdict(resolved=True, rating=Rating.FAIRLY)
UNHAPPY = Verdict(resolved=True, rating=Rating.UNSATISFIED)
NO = Verdict(resolved=False)


def case(state=State.CLOSED, due=-HOUR, contacted=-2 * HOUR, *verdicts, **values):
    contacted_at = None if contacted is None else NOW + contacted
    return Case(uuid4(), state, NOW + due, contacted_at, verdicts, **values)


def fractions(*cases):
    return {
        rate.value: (tally.numerator, tally.denominator)
        for rate, tally in three_rates(cases, NOW).items()
    }


@pytest.mark.parametrize(
    ("due", "contacted", "counted"),
    [
        (-HOUR, -2 * HOUR, (1, 1)),
        (-HOUR, -HOUR, (0, 1)),
        (-HOUR, None, (0, 1)),
        (timedelta(0), None, (0, 1)),
        (HOUR, -HOUR, (1, 1)),
        (HOUR, None, (0, 0)),
    ],
)
def test_a_first_contact_counts_once_it_is_due_or_made(due, contacted, counted):
    assert fractions(case(State.ACCEPTED, due, contacted))["response"] == counted


@pytest.mark.parametrize(
    ("verdicts", "resolved", "satisfied"),
    [
        ([YES], (1, 1), (1, 1)),
        ([FAIRLY], (1, 1), (1, 1)),
        ([UNHAPPY], (1, 1), (0, 1)),
        ([NO], (0, 1), (0, 1)),
        ([NO, YES], (1, 2), (1, 2)),
        ([NO, NO, UNHAPPY], (1, 3), (0, 3)),
    ],
)
def test_every_verdict_counts_also_the_first_that_was_a_no(verdicts, resolved, satisfied):
    found = fractions(case(State.CLOSED, -HOUR, -2 * HOUR, *verdicts))
    assert (found["resolved"], found["satisfied"]) == (resolved, satisfied)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"state": State.NOT_ACCEPTED}, LeftOut.NOT_ACCEPTED),
        ({"joined": True}, LeftOut.JOINED),
        ({"not_reached": True}, LeftOut.NOT_REACHED),
        ({"state": State.DONE}, LeftOut.WAITING),
        ({"state": State.ACCEPTED}, LeftOut.IN_WORK),
    ],
)
def test_what_has_no_verdict_is_left_out_by_name_and_with_the_reason(values, reason):
    one = case(**values)
    tallies = three_rates([one], NOW)
    for rate in (Rate.RESOLVED, Rate.SATISFIED):
        assert tallies[rate].denominator == 0
        assert tallies[rate].left_out == {reason: [one.id]}


def test_not_reached_is_in_no_denominator_and_never_counts_as_satisfied():
    found = fractions(case(State.CLOSED, -HOUR, -2 * HOUR, YES), case(not_reached=True))
    assert found["satisfied"] == (1, 1)


def test_nothing_to_divide_by_is_a_dash_and_two_of_three_never_prints_as_more():
    assert three_rates([], NOW)[Rate.RESOLVED].share == "—"
    cases = [case(State.CLOSED, -HOUR, -HOUR, *verdicts) for verdicts in ([YES], [YES], [NO])]
    assert three_rates(cases, NOW)[Rate.RESOLVED].share == "66.6%"


cases = st.builds(
    Case,
    id=st.uuids(),
    state=st.sampled_from(State),
    contact_due_at=st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 20)).map(
        lambda one: one.replace(tzinfo=UTC)
    ),
    contacted_at=st.none()
    | st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 9)).map(
        lambda one: one.replace(tzinfo=UTC)
    ),
    verdicts=st.lists(st.sampled_from([YES, FAIRLY, UNHAPPY, NO]), max_size=3).map(tuple),
    not_reached=st.booleans(),
    joined=st.booleans(),
)


@given(st.lists(cases, unique_by=lambda one: one.id, max_size=12))
def test_each_case_stands_in_exactly_one_group_of_each_rate(found):
    for tally in three_rates(found, NOW).values():
        groups = [tally.met, tally.missed, *tally.left_out.values()]
        listed = [one for group in groups for one in group]
        assert sorted(listed) == sorted(one.id for one in found)
        assert 0 <= tally.numerator <= tally.denominator
        assert (tally.numerator == tally.denominator) or tally.missed
