"""Files of figures (导出): their kinds, how long they are kept and who may take one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

KEPT = timedelta(days=7)
"""How long a file lies ready: what people said is kept no longer than it is needed (个保法 19)."""
MOST_ROWS = 200_000
"""What one file holds at most: more than a person can use, and minutes of the worker's time."""
AT_ONCE = 3
"""How many files one person can have in the making."""


class ExportFormat(StrEnum):
    """What the file is written as."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def ending(self) -> str:
        """How the file's name ends: tables of text are several, and go as one archive."""
        return "xlsx" if self is ExportFormat.XLSX else "zip"


class ExportState(StrEnum):
    """Where an ordered file stands."""

    RUNNING = "running"
    READY = "ready"
    TOO_LARGE = "too_large"
    GONE = "gone"


def may_take(
    *,
    asked_by: UUID,
    companies: Collection[UUID] | None,
    me: UUID,
    seen: Collection[UUID] | None,
) -> bool:
    """Whoever ordered it, as long as they still see every case in it. None: all cases."""
    if asked_by != me:
        return False
    if seen is None:
        return True
    return companies is not None and set(companies) <= set(seen)
