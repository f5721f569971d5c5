from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.clock import BEIJING, civil_date, end_of_day
from app.kit.periods import last_day, period_end, period_end_months, period_end_years
from app.kit.working_days import Calendar, is_working_day


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 2), 15, date(2026, 3, 17)),
        (date(2026, 3, 1), 6, date(2026, 3, 9)),
        (date(2026, 3, 1), 7, date(2026, 3, 9)),
        (date(2025, 9, 24), 7, date(2025, 10, 9)),
        (date(2025, 9, 23), 5, date(2025, 9, 28)),
        (datetime(2026, 3, 2, 23, 59, tzinfo=BEIJING), 15, date(2026, 3, 17)),
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), 15, date(2026, 3, 18)),
    ],
)
def test_the_first_day_does_not_count_and_a_last_day_at_rest_moves_on(start, days, last):
    end = period_end(start, days)
    assert end == end_of_day(last)
    assert last_day(end) == last


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 3, 2), 1, date(2026, 4, 2)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 8, 29), 6, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 12, 1), 12, date(2026, 12, 1)),
        (date(2025, 9, 1), 1, date(2025, 10, 9)),
    ],
)
def test_months_end_on_the_same_number_or_the_last_of_the_month(start, months, last):
    assert last_day(period_end_months(start, months)) == last


@pytest.mark.parametrize(
    ("start", "years", "last"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2021, 3, 5), 5, date(2026, 3, 5)),
        (date(2021, 3, 7), 5, date(2026, 3, 9)),
    ],
)
def test_years_are_twelve_months_each(start, years, last):
    assert last_day(period_end_years(start, years)) == last


def test_a_local_holiday_moves_the_end():
    local = Calendar(extra_holidays=frozenset({date(2026, 3, 17)}))
    assert last_day(period_end(date(2026, 3, 2), 15, local)) == date(2026, 3, 18)


@pytest.mark.parametrize("count", [period_end, period_end_months, period_end_years])
def test_an_empty_period_is_a_mistake(count):
    with pytest.raises(ValueError, match="at least one"):
        count(date(2026, 3, 2), 0)


@given(st.dates(date(2010, 1, 1), date(2060, 1, 1)), st.integers(1, 400))
def test_a_period_is_never_shorter_than_its_days_and_ends_on_a_working_day(start, days):
    end = period_end(start, days)
    assert end - end_of_day(start) >= timedelta(days=days)
    assert is_working_day(last_day(end))
    assert civil_date(end) == last_day(end) + timedelta(days=1)


@given(st.dates(date(2010, 1, 1), date(2060, 1, 1)), st.integers(1, 400))
def test_a_longer_period_never_ends_earlier(start, days):
    assert period_end(start, days) <= period_end(start, days + 1)
