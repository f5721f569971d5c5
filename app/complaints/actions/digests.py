"""周报: writing down a week and telling the leads, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.complaints.queries import digests, figures
from app.complaints.rules.digests import (
    RATED_DAYS,
    last_week,
    made_late,
    sunday_of,
    weeks_due,
)
from app.complaints.rules.figures import By, Sums, sums_of, whole
from app.complaints.rules.rates import Rate
from app.complaints.rules.selection import Selection, Which, recent
from app.core.access.roles import OFFICE_ROLES, Role
from app.core.notifications.actions import notify
from app.kit.clock import now
from app.people.queries import accounts_with_roles

_COMMUNITY = ""


def make_digests(community_id: int) -> list[date]:
    """Write down every week that is due and tell of the newest; returns the weeks."""
    moment = now()
    due = weeks_due(digests.newest_week(community_id), moment)
    made = [
        week
        for week in due
        if digests.insert_digest(community_id, week, figures_of(community_id, week, moment))
    ]
    if made and made[-1] == last_week(moment):
        _tell(community_id, made[-1])
    return made


def figures_of(community_id: int, week: date, moment: datetime) -> dict[str, Any]:
    """A week's figures by who is responsible, and of the whole community under an empty name.

    Of a week made up for later, what was overdue then is not known and left out.
    """
    sunday = sunday_of(week)
    view = figures.View(community_id, None, moment)
    inside = Selection(first=week, last=sunday)
    counts = {
        "filed": figures.count_by_company(view, inside),
        "closed": figures.count_by_company(view, replace(inside, which=Which.CLOSED)),
        "open": figures.open_at_end(view, sunday),
    }
    if not made_late(week, moment):
        counts["overdue"] = figures.count_by_company(view, Selection(which=Which.OVERDUE))
    rated = {
        row.key: sums_of(row)
        for row in figures.by_group(view, recent(RATED_DAYS, sunday), By.COMPANY)
    }
    keys = set().union(*(part.keys() for part in counts.values()), rated)
    kept = {
        str(key): {
            **{name: part.get(key, 0) for name, part in counts.items()},
            **_shares(rated.get(key, Sums())),
        }
        for key in keys
        if key is not None
    }
    kept[_COMMUNITY] = {
        **{name: sum(part.values()) for name, part in counts.items()},
        **_shares(whole(rated.values())),
    }
    return kept


def _shares(sums: Sums) -> dict[str, list[int]]:
    return {rate.value: [sums.rates[rate].numerator, sums.rates[rate].denominator] for rate in Rate}


def _tell(community_id: int, week: date) -> None:
    kept = digests.digest(community_id, week)
    place = digests.place_of(community_id)
    if kept is None:
        return
    _notify(
        community_id,
        accounts_with_roles(community_id, OFFICE_ROLES),
        week,
        kept.figures[_COMMUNITY],
        place.code,
    )
    for key, sums in kept.figures.items():
        if key != _COMMUNITY:
            managers = accounts_with_roles(
                community_id, [Role.PROPERTY_MANAGER], organization_id=UUID(key)
            )
            _notify(community_id, managers, week, sums, place.code)


def _notify(community_id: int, accounts: Any, week: date, sums: dict[str, Any], code: str) -> None:
    sunday = sunday_of(week)
    days = f"{week.month}月{week.day}日到{sunday.month}月{sunday.day}日"
    late = f"，现在超期 {sums['overdue']} 件" if "overdue" in sums else ""
    notify(
        community_id,
        accounts,
        title=f"诉求周报：上周新收 {sums['filed']} 件，办结 {sums['closed']} 件",
        body=f"{days}，周末还有 {sums['open']} 件在办{late}。",
        url=f"/c/{code}/figures/weeks/{week.isoformat()}",
        once_key=f"complaint.digest:{week.isoformat()}",
    )
