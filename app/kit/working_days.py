"""Working days and working time by the mainland calendar, make-up days included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar

from app.kit.clock import BEIJING, civil_date, in_beijing

Hours = tuple[tuple[time, time], ...]
OFFICE_HOURS: Hours = ((time(8, 30), time(12)), (time(14), time(17, 30)))
_SATURDAY = 5
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
# No holiday table has a year without work: searching longer means a broken table.
_LONGEST_REST = 366


@dataclass(frozen=True)
class Calendar:
    """The State Council's yearly table plus what the place adds to it.

    Days outside the known years are Monday to Friday and count as provisional: a date
    computed there may move once the next table is published.
    """

    extra_holidays: frozenset[date] = frozenset()
    extra_working_days: frozenset[date] = frozenset()
    known_from: date = date(min(chinese_calendar.holidays).year, 1, 1)
    known_through: date = date(max(chinese_calendar.holidays).year, 12, 31)

    def __post_init__(self) -> None:
        if self.extra_holidays & self.extra_working_days:
            raise ValueError("a day cannot be both a holiday and a working day")

    def provisional(self, day: date) -> bool:
        """Whether no published table covers the day yet."""
        if day in self.extra_holidays or day in self.extra_working_days:
            return False
        return not self.known_from <= day <= self.known_through

    def works(self, day: date) -> bool:
        """Overrides first, then the yearly table, then Monday to Friday."""
        if day in self.extra_holidays or day in self.extra_working_days:
            return day in self.extra_working_days
        weekday = day.weekday() < _SATURDAY
        if self.provisional(day):
            return weekday
        if weekday:
            return day not in chinese_calendar.holidays
        return day in chinese_calendar.workdays


MAINLAND = Calendar()


def is_working_day(day: date, calendar: Calendar = MAINLAND) -> bool:
    """Whether offices work on that day."""
    return calendar.works(day)


def next_working_day(day: date, calendar: Calendar = MAINLAND) -> date:
    """The first working day after `day`."""
    for distance in range(1, _LONGEST_REST + 1):
        candidate = day + distance * _DAY
        if calendar.works(candidate):
            return candidate
    raise ValueError("the calendar has no working day for a year")


def add_working_days(day: date, count: int, calendar: Calendar = MAINLAND) -> date:
    """The day itself does not count; zero gives the day back, whatever it is."""
    if count < 0:
        raise ValueError("working days are counted forward")
    for _ in range(count):
        day = next_working_day(day, calendar)
    return day


def working_minutes_between(
    start: datetime,
    end: datetime,
    calendar: Calendar = MAINLAND,
    hours: Hours = OFFICE_HOURS,
) -> int:
    """Whole minutes of office time from `start` to `end`; none when `end` is not later."""
    start, end = in_beijing(start), in_beijing(end)
    if end <= start:
        return 0
    worked = timedelta(0)
    day = start.date()
    while day <= end.date():
        for opening, closing in _spans(day, calendar, hours):
            worked += max(timedelta(0), min(closing, end) - max(opening, start))
        day += _DAY
    return worked // _MINUTE


def add_working_minutes(
    start: datetime,
    minutes: int,
    calendar: Calendar = MAINLAND,
    hours: Hours = OFFICE_HOURS,
) -> datetime:
    """The earliest moment by which that much office time has passed, in UTC."""
    if minutes < 0:
        raise ValueError("working time is counted forward")
    if not hours:
        raise ValueError("there are no office hours")
    left = minutes * _MINUTE
    moment, day = in_beijing(start), civil_date(start)
    while left:
        for opening, closing in _spans(day, calendar, hours):
            begun = max(opening, moment)
            available = max(timedelta(0), closing - begun)
            if available >= left:
                return (begun + left).astimezone(UTC)
            left -= available
        day = next_working_day(day, calendar)
    return moment.astimezone(UTC)


def _spans(day: date, calendar: Calendar, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    if calendar.works(day):
        for opening, closing in hours:
            yield (
                datetime.combine(day, opening, tzinfo=BEIJING),
                datetime.combine(day, closing, tzinfo=BEIJING),
            )
