"""Calendar months and years of a term. Unlike legal time limits they do not wait for holidays."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

MONTHS = 12


def add_months(day: date, months: int) -> date:
    """The day of the same number, else the last of its month."""
    years, month = divmod(day.month - 1 + months, MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_years(day: date, years: int) -> date:
    """Twelve months each."""
    return add_months(day, years * MONTHS)
