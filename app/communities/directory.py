"""The place directory: codes of the URL → references, remembered by each process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from app.communities import queries
from app.core.db import db
from app.core.tenancy import CommunityRef, RegionRef, Scope, scoped

T = TypeVar("T")
KEPT_SECONDS = 60.0
KEPT_MOST = 10_000


class Remembered(Generic[T]):
    """A small least-recently-used memory with a time limit; absences are not remembered."""

    def __init__(self, find: Callable[[str], T | None]) -> None:
        self._find = find
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def get(self, code: str) -> T | None:
        """What `code` stands for."""
        known = self._known.get(code)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        found = self._find(code)
        if found is not None:
            self._known[code] = (time.monotonic() + KEPT_SECONDS, found)
            while len(self._known) > KEPT_MOST:
                self._known.popitem(last=False)
        return found


class Directory:
    """See app.core.tenancy.PlaceDirectory."""

    def __init__(self) -> None:
        self._communities = Remembered(_find_community)
        self._regions = Remembered(_find_region)

    def community(self, code: str) -> CommunityRef | None:
        """The community with this 12-digit code."""
        return self._communities.get(code) if code.isdecimal() else None

    def region(self, code: str) -> RegionRef | None:
        """The region with this statistics code."""
        return self._regions.get(code) if code.isdecimal() else None


def _find_community(code: str) -> CommunityRef | None:
    with scoped(Scope()):
        row = queries.community_by_code(code)
        found = CommunityRef(row.id, row.code, row.name, row.region_path) if row else None
        db.session.rollback()
        return found


def _find_region(code: str) -> RegionRef | None:
    with scoped(Scope()):
        row = queries.region_by_code(code)
        found = RegionRef(row.code, row.name, row.level, row.path) if row else None
        db.session.rollback()
        return found
