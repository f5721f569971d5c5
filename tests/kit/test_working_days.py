from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.clock import BEIJING
from app.kit.working_days import (
    MAINLAND,
    OFFICE_HOURS,
    Calendar,
    add_working_days,
    add_working_minutes,
    is_working_day,
    next_working_day,
    working_minutes_between,
)


def beijing(*parts):
    return datetime(*parts, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 6), True),
        (date(2026, 3, 7), False),
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 9, 28), True),
        (date(2025, 10, 11), True),
        (date(2025, 10, 12), False),
    ],
)
def test_public_holidays_rest_and_make_up_days_work(day, works):
    assert is_working_day(day) is works


def test_a_local_table_comes_before_the_library():
    local = Calendar(
        extra_holidays=frozenset({date(2026, 3, 6)}),
        extra_working_days=frozenset({date(2026, 3, 7)}),
    )
    assert not is_working_day(date(2026, 3, 6), local)
    assert is_working_day(date(2026, 3, 7), local)


def test_a_day_cannot_be_both():
    day = frozenset({date(2026, 3, 6)})
    with pytest.raises(ValueError, match="both"):
        Calendar(extra_holidays=day, extra_working_days=day)


def test_beyond_the_published_table_weekdays_are_provisional():
    beyond = MAINLAND.known_through + timedelta(days=1)
    assert MAINLAND.provisional(beyond)
    assert not MAINLAND.provisional(MAINLAND.known_through)
    assert is_working_day(date(2050, 10, 3))
    assert not is_working_day(date(2050, 10, 1))


def test_an_older_known_through_does_not_use_later_tables():
    older = Calendar(known_through=date(2024, 12, 31))
    assert older.provisional(date(2025, 10, 1))
    assert is_working_day(date(2025, 10, 1), older)
    assert not is_working_day(date(2025, 9, 28), older)


def test_a_day_settled_by_hand_is_no_longer_provisional():
    settled = Calendar(extra_holidays=frozenset({date(2050, 10, 3)}))
    assert not settled.provisional(date(2050, 10, 3))


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
    ],
)
def test_working_days_are_added_across_a_holiday(start, count, expected):
    assert add_working_days(start, count) == expected


def test_the_next_working_day_skips_the_week_end():
    assert next_working_day(date(2026, 3, 6)) == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        (beijing(2026, 3, 6, 17, 0), 30, beijing(2026, 3, 6, 17, 30)),
        (beijing(2026, 3, 6, 17, 0), 31, beijing(2026, 3, 9, 8, 31)),
        (beijing(2026, 3, 6, 11, 50), 20, beijing(2026, 3, 6, 14, 10)),
        (beijing(2026, 3, 7, 11, 50), 420, beijing(2026, 3, 9, 17, 30)),
        (beijing(2026, 3, 7, 11, 50), 0, beijing(2026, 3, 7, 11, 50)),
    ],
)
def test_working_minutes_are_added_across_breaks(start, minutes, expected):
    due = add_working_minutes(start, minutes)
    assert due == expected
    assert due.tzinfo is UTC


@pytest.mark.parametrize("add", [add_working_days, add_working_minutes])
def test_counting_backwards_is_a_mistake(add):
    with pytest.raises(ValueError, match="forward"):
        add(beijing(2026, 3, 6), -1)


def test_no_time_passes_when_the_end_is_not_later():
    assert working_minutes_between(beijing(2026, 3, 6, 12), beijing(2026, 3, 6, 10)) == 0


def worked_minute_by_minute(start, end):
    total, minute = 0, start
    while minute < end:
        clock = minute.time()
        if is_working_day(minute.date()) and any(a <= clock < b for a, b in OFFICE_HOURS):
            total += 1
        minute += timedelta(minutes=1)
    return total


moments = st.datetimes(datetime(2025, 9, 25), datetime(2025, 10, 14)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=BEIJING)
)


@settings(max_examples=40, deadline=None)
@given(moments, st.integers(0, 4 * 24 * 60))
def test_working_minutes_agree_with_counting_every_minute(start, length):
    end = start + timedelta(minutes=length)
    assert working_minutes_between(start, end) == worked_minute_by_minute(start, end)


@given(moments, st.integers(1, 5000))
def test_adding_then_measuring_gives_the_same_minutes(start, minutes):
    due = add_working_minutes(start, minutes)
    assert working_minutes_between(start, due) == minutes
    assert working_minutes_between(start, due - timedelta(minutes=1)) == minutes - 1


@given(moments, moments, moments)
def test_working_time_adds_up(one, two, three):
    first, middle, last = sorted([one, two, three])
    assert working_minutes_between(first, last) == working_minutes_between(
        first, middle
    ) + working_minutes_between(middle, last)


def test_other_office_hours_can_be_given():
    around = ((time(0), time(12)),)
    due = add_working_minutes(beijing(2026, 3, 6, 11), 120, hours=around)
    assert due == beijing(2026, 3, 9, 1)
