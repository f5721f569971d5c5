from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.complaints.rules.rates import LeftOut, Rate
from app.complaints.rules.selection import (
    MOST_DAYS,
    Age,
    Part,
    Selection,
    Which,
    buckets,
    months_back,
    read_selection,
)

TODAY = date(2026, 3, 9)
days = st.dates(date(2020, 1, 1), date(2027, 12, 31))
PLACE = "5f0c7b59-3f14-4f66-8d5e-0d6b7e1f2a11"


@given(
    first=days,
    span=st.integers(0, 400),
    which=st.sampled_from(Which),
    age=st.none() | st.sampled_from(Age),
    rate=st.none() | st.sampled_from(Rate),
    part=st.sampled_from([*Part, *LeftOut]),
    building=st.sampled_from(["", "none", PLACE]),
)
def test_an_address_says_all_of_a_selection(first, span, which, age, rate, part, building):
    wanted = Selection(
        first=first,
        last=first + timedelta(days=span),
        which=which,
        age=age,
        rate=rate,
        part=part if rate else Part.COUNTED,
        category="property.lift",
        building=building,
    )
    assert read_selection(wanted.values(), TODAY) == wanted


@pytest.mark.parametrize("which", [Which.OPEN, Which.OVERDUE, Which.SOON, Which.HARD])
def test_what_stands_open_now_is_looked_at_whenever_it_was_reported(which):
    wanted = Selection(first=TODAY, last=TODAY).whenever(which)
    assert read_selection(wanted.values(), TODAY) == wanted
    assert wanted.first is None


@pytest.mark.parametrize(
    "typed",
    [
        {"from": "2026-13-01", "to": "x"},
        {"which": "x", "age": "x", "rate": "x", "part": "x"},
        {"building": "'; DROP TABLE", "compound": "1", "company": "x"},
    ],
)
def test_what_makes_no_sense_is_left_out(typed):
    assert read_selection(typed, TODAY) == read_selection({}, TODAY)


def test_days_are_put_in_order_and_never_reach_too_far_back():
    wanted = read_selection({"from": "2026-03-01", "to": "2010-01-01"}, TODAY)
    assert wanted.last == date(2026, 3, 1)
    assert wanted.days == MOST_DAYS


@given(first=days, span=st.integers(0, 1000))
def test_buckets_cover_each_day_of_a_period_once(first, span):
    last = first + timedelta(days=span)
    steps = buckets(first, last)
    covered = [step.first + timedelta(days=day) for step in steps for day in range(step.days)]
    assert covered == [first + timedelta(days=day) for day in range(span + 1)]
    assert len(steps) <= 36


def test_the_last_twelve_months_end_today():
    months = months_back(TODAY)
    assert [months[0].first, months[-1].first, months[-1].last] == [
        date(2025, 4, 1),
        date(2026, 3, 1),
        TODAY,
    ]
    assert len(months) == 12
