"""周报: the figures of a week as they were when it ended, and the earlier weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request

from app.complaints.models import ComplaintDigest
from app.complaints.permissions import SEE_FIGURES
from app.complaints.queries import digests
from app.complaints.rules.digests import RATED_DAYS, READY_HOUR, made_late, sunday_of
from app.complaints.rules.figures import Share
from app.complaints.rules.rates import Rate
from app.complaints.rules.selection import Selection, Which
from app.complaints.views import figure_parts as parts
from app.complaints.views.figure_parts import blueprint
from app.core.access.door import here, requires
from app.kit.clock import civil_date, now
from app.kit.refusal import NotFound

ROOT = "/c/<community>/figures/weeks/"
_WEEK = timedelta(days=7)
_COUNTS = (
    ("filed", "新收", "info"),
    ("closed", "办结", "done"),
    ("open", "周末还在办", "quiet"),
    ("overdue", "已超期", "late"),
)


@blueprint.get(ROOT)
@requires(SEE_FIGURES)
def weeks() -> str:
    """Every week that was told, newest first."""
    rows = digests.digests(here().community.id, _day(request.args.get("before", "")))
    page, more = rows[: digests.SHOWN], rows[digests.SHOWN :]
    return render_template(
        "complaints/weeks.html",
        weeks=[
            {
                "title": _title(row.week_starts),
                "url": parts.to("week", week=row.week_starts.isoformat()),
                **_own(row),
            }
            for row in page
        ],
        older_url=parts.to("weeks", before=page[-1].week_starts.isoformat()) if more else None,
        first_url=parts.to("weeks") if "before" in request.args else None,
        hour=READY_HOUR,
    )


@blueprint.get(f"{ROOT}<week>")
@requires(SEE_FIGURES)
def week(week: str) -> str:
    """One week as it was."""
    monday = _day(week)
    row = digests.digest(here().community.id, monday) if monday else None
    if row is None:
        raise NotFound
    own, sunday = _own(row), sunday_of(row.week_starts)
    inside = Selection(first=row.week_starts, last=sunday)
    before = digests.digest(here().community.id, row.week_starts - _WEEK)
    return render_template(
        "complaints/week.html",
        title=_title(row.week_starts),
        made=parts.say_clock(row.created_at),
        late=made_late(row.week_starts, row.created_at),
        counts=[
            {
                "label": label,
                "count": own[key],
                "tone": tone if own[key] else "quiet",
                "before": _own(before).get(key) if before else None,
            }
            for key, label, tone in _COUNTS
            if key in own
        ],
        rates=[
            {"label": rate.label, "share": Share(*own[rate.value]), "formula": rate.formula}
            for rate in Rate
        ],
        rated_days=RATED_DAYS,
        filed_url=parts.cases_url(inside),
        closed_url=parts.to("cases", **{**inside.values(), "which": Which.CLOSED.value}),
    )


def _own(row: ComplaintDigest) -> dict[str, Any]:
    """The part of a digest the visitor may see: the community's, or the own companies' sum."""
    companies = parts.view_here().companies
    if companies is None:
        found: dict[str, Any] = row.figures[""]
        return found
    mine = [row.figures[str(key)] for key in companies if str(key) in row.figures]
    names = [key for key, _, _ in _COUNTS if key in row.figures[""]]
    sums: dict[str, Any] = {name: sum(part[name] for part in mine) for name in names}
    for rate in Rate:
        sums[rate.value] = [sum(part[rate.value][place] for part in mine) for place in (0, 1)]
    return sums


def _title(monday: date) -> str:
    sunday, year = sunday_of(monday), civil_date(now()).year
    said = f"{monday.month}月{monday.day}日到{sunday.month}月{sunday.day}日"
    return said if sunday.year == year else f"{monday.year}年{said}"


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
