"""Reports are for a quarter, written 2026Q4."""

from __future__ import annotations

import re
from datetime import date

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])", re.ASCII)
MONTHS = 3
QUARTERS = 4


def quarter_of(day: date) -> str:
    """The quarter a day lies in."""
    return f"{day.year}Q{(day.month - 1) // MONTHS + 1}"


def is_quarter(text: str) -> bool:
    """Whether a text names a quarter."""
    return _QUARTER.fullmatch(text) is not None


def say_quarter(quarter: str) -> str:
    """2026年第4季度."""
    year, number = _read(quarter)
    return f"{year}年第{number}季度"


def quarters_back(quarter: str, count: int) -> tuple[str, ...]:
    """The quarter and those before it, newest first."""
    year, number = _read(quarter)
    place = year * QUARTERS + number - 1
    return tuple(
        f"{(place - back) // QUARTERS:04d}Q{(place - back) % QUARTERS + 1}" for back in range(count)
    )


def _read(quarter: str) -> tuple[int, int]:
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        raise ValueError("a quarter is written 2026Q4")
    return int(found[1]), int(found[2])
