"""Periods of time as the Civil Code counts them (民法典 200–204)."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from app.kit.clock import civil_date, end_of_day
from app.kit.working_days import MAINLAND, Calendar, next_working_day

_MONTHS = 12


def period_end(start: date | datetime, days: int, calendar: Calendar = MAINLAND) -> datetime:
    """The moment a period of days has run out, itself no longer inside (民法典 201、203)."""
    if days < 1:
        raise ValueError("a period has at least one day")
    return _close(_first(start) + timedelta(days=days), calendar)


def period_end_months(
    start: date | datetime, months: int, calendar: Calendar = MAINLAND
) -> datetime:
    """The day of the same number, else the last of its month (民法典 202)."""
    if months < 1:
        raise ValueError("a period has at least one month")
    first = _first(start)
    years, month = divmod(first.month - 1 + months, _MONTHS)
    year, month = first.year + years, month + 1
    day = min(first.day, monthrange(year, month)[1])
    return _close(date(year, month, day), calendar)


def period_end_years(start: date | datetime, years: int, calendar: Calendar = MAINLAND) -> datetime:
    """Twelve months each (民法典 202)."""
    return period_end_months(start, years * _MONTHS, calendar)


def last_day(end: datetime) -> date:
    """The last day inside a period that ends at `end`."""
    return civil_date(end - timedelta(microseconds=1))


def _first(start: date | datetime) -> date:
    """The day it begins, which does not count (民法典 201)."""
    return civil_date(start) if isinstance(start, datetime) else start


def _close(last: date, calendar: Calendar) -> datetime:
    """A last day at rest moves to the next working day; it ends at 24:00 (民法典 203)."""
    if not calendar.works(last):
        last = next_working_day(last, calendar)
    return end_of_day(last).astimezone(UTC)
