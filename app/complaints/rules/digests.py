"""周报: which weeks have to be told, and what is kept of each."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.kit.clock import civil_date, in_beijing

READY_HOUR = 7
"""From this hour of Monday in Beijing the week that ended is told (this product's own choice)."""
MOST_MISSED = 8
"""So many weeks are made up for after a downtime; older ones would tell nothing that is known."""
RATED_DAYS = 30
"""The rates of a digest are of the reports of so many days: a week alone has too few verdicts."""
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


def last_week(now: datetime) -> date:
    """The Monday of the newest week that is over and may be told."""
    local = in_beijing(now)
    monday = local.date() - local.weekday() * _DAY
    told = monday - _WEEK
    early = local.weekday() == 0 and local.hour < READY_HOUR
    return told - _WEEK if early else told


def weeks_due(newest_made: date | None, now: datetime) -> list[date]:
    """The Mondays of the weeks without a digest, oldest first; a first digest is of one week."""
    last = last_week(now)
    if newest_made is None:
        return [last]
    missed = min((last - newest_made) // _WEEK, MOST_MISSED)
    return [last - place * _WEEK for place in range(missed)][::-1]


def sunday_of(monday: date) -> date:
    """The last day of a week."""
    return monday + _WEEK - _DAY


def made_late(monday: date, made_at: datetime) -> bool:
    """Whether a digest was made after the week that followed: what stood then is not known."""
    return civil_date(made_at) > monday + 2 * _WEEK - _DAY
