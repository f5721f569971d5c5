"""The parts of the demo world in the order in which they build on each other."""

from __future__ import annotations

from collections.abc import Callable
from csv import DictReader
from pathlib import Path

from app import communities
from app.communities.actions import import_divisions
from app.core.tenancy import CommunityRef, place_directory
from app.demo import (
    complaints,
    covenants,
    coverage,
    elections,
    interfaces,
    maintenance,
    notices,
    organizations,
    past,
    people,
    places,
    proposals,
    registry,
    voting,
)
from app.demo.cast import COMMUNITY_CODE, NEIGHBOUR_CODE
from app.demo.stage import Stage

DIVISIONS = Path(communities.__file__).parent / "data" / "xiangyang_divisions.csv"

PARTS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("人物", people.load),
    ("房屋与业主", registry.load),
    ("组织", organizations.load),
    ("设施", maintenance.load),
    ("公共地方", places.load),
    ("民生诉求", complaints.load),
    ("过去一年的诉求", past.load),
    ("开放接口", interfaces.load),
    ("业主大会", voting.load),
    ("换届选举", elections.load),
    ("公告和起草", notices.load),
    ("业主提议和住改商", proposals.load),
    ("楼道公约", covenants.load),
    ("覆盖报表", coverage.load),
)
"""In the order in which they build on each other."""


def set_stage() -> Stage:
    """The two communities of the play; the real divisions are imported where they are missing."""
    if place_directory().community(COMMUNITY_CODE) is None:
        import_divisions(DictReader(DIVISIONS.read_text("utf-8").splitlines()))
    return Stage(community=_community(COMMUNITY_CODE), neighbour=_community(NEIGHBOUR_CODE))


def _community(code: str) -> CommunityRef:
    found = place_directory().community(code)
    if found is None:
        raise LookupError(f"no community {code} among the divisions")
    return found
