"""诉求情况 of a region: sums by region and community for reviewers, and never a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for

from app.complaints.permissions import SEE_REGION_FIGURES
from app.complaints.queries import regions
from app.complaints.rules.catalogue import title_of
from app.complaints.rules.rates import Rate
from app.complaints.rules.reviewing import (
    HARD_SENTENCE,
    HIDDEN_SENTENCE,
    REPEATED_SENTENCE,
    Standing,
    published_sum,
    together,
)
from app.complaints.rules.selection import Bucket, months_back
from app.complaints.views.figure_parts import say_clock
from app.core.access.door import here, requires
from app.core.web.shell import navigation_item
from app.kit.clock import civil_date, now
from app.kit.refusal import NotFound

blueprint = Blueprint("complaint_regions", __name__)
navigation_item("诉求情况", "chart-line", "complaint_regions.index", order=35)
ROOT = "/r/<region>/complaints/"
UNIT_TITLES = {"province": "市", "city": "区县", "district": "街道（乡镇）", "street": "社区"}
MOST_CATEGORIES = 8
REST = "其他事项"
_SENTENCES = (REPEATED_SENTENCE, HARD_SENTENCE, HIDDEN_SENTENCE)


@blueprint.get(ROOT)
@requires(SEE_REGION_FIGURES)
def index() -> str:
    """A region: three rates, what is overdue now and where; every line leads further down."""
    region, month = here().region, _month()
    standings = [Standing.of(row) for row in regions.standings(region.path, month.first)]
    children = regions.regions_below(region.code) if region.level != "street" else []
    below = _regions(children, standings) if children else _communities(standings)
    return render_template(
        "complaints/region.html",
        name=region.name,
        unit=UNIT_TITLES[region.level],
        below=_lines(below, month),
        crumbs=_crumbs(region.path, month, own=False),
        **_common(together(standings), month, region.path),
    )


@blueprint.get(f"{ROOT}<code>")
@requires(SEE_REGION_FIGURES)
def community(code: str) -> str:
    """One community's sums."""
    month = _month()
    found = regions.community_below(here().region.path, code)
    if found is None:
        raise NotFound
    rows = regions.standings(found.region_path, month.first)
    own = next(Standing.of(row) for row in rows if row.code == code)
    return render_template(
        "complaints/region.html",
        name=found.name,
        unit=None,
        below=[],
        crumbs=_crumbs(found.region_path, month, own=True),
        **_common(own, month, found.region_path, code),
    )


def _common(whole: Standing, month: Bucket, path: str, code: str | None = None) -> dict[str, Any]:
    months = months_back(civil_date(now()))
    rows = regions.by_month(path, months[0].first, months[-1].last, code)
    return {
        "month": _say_month(month.first),
        "months": _months(month),
        "whole": whole,
        "rates": _rates(whole),
        "categories": _categories(regions.by_category(path, month.first, code), whole.filed),
        "trend": _trend(rows, months),
        "made": say_clock(whole.made_at) if whole.made_at else None,
        "sentences": _SENTENCES,
        "all_rates": list(Rate),
    }


def _rates(standing: Standing) -> list[dict[str, Any]]:
    return [
        {
            "label": rate.label,
            "share": standing.shares[rate],
            "few": standing.few and rate is not Rate.RESPONSE,
        }
        for rate in Rate
    ]


def _lines(below: Sequence[tuple[str, str, Standing]], month: Bucket) -> list[dict[str, Any]]:
    """The lines of the table, those with most that is overdue first."""
    return [
        {
            "label": label,
            "url": f"{url}?month={month.first:%Y-%m}",
            "standing": standing,
            "rates": _rates(standing),
        }
        for label, url, standing in sorted(
            below, key=lambda line: (-line[2].overdue, -line[2].open)
        )
    ]


def _regions(
    children: Sequence[Any], standings: Sequence[Standing]
) -> list[tuple[str, str, Standing]]:
    parts: dict[str, list[Standing]] = {child.path: [] for child in children}
    depth = here().region.path.count(".") + 1
    for standing in standings:
        path = ".".join(standing.region_path.split(".")[:depth]) + "."
        if path in parts:
            parts[path].append(standing)
    return [
        (child.name, _region_url(child.code), together(parts[child.path])) for child in children
    ]


def _communities(standings: Iterable[Standing]) -> list[tuple[str, str, Standing]]:
    region = here().region.code
    return [
        (
            standing.name,
            url_for("complaint_regions.community", region=region, code=standing.code),
            standing,
        )
        for standing in standings
    ]


def _categories(rows: Sequence[Any], total: int) -> list[tuple[str, int]]:
    """What was reported most; what only few reported stands together."""
    parts: dict[str, list[tuple[str, int]]] = {}
    titles = {}
    for row in rows:
        parts.setdefault(row.key, []).append((row.street, row.filed))
        titles[row.key] = row.title or title_of(row.key)
    sums = [(titles[key], published_sum(found)) for key, found in parts.items()]
    lines = sorted(((title, count) for title, count in sums if count), key=lambda line: -line[1])[
        :MOST_CATEGORIES
    ]
    rest = total - sum(count for _, count in lines)
    return [*lines, (REST, rest)] if rest else lines


def _trend(rows: Sequence[Any], months: Sequence[Bucket]) -> list[dict[str, Any]]:
    known: dict[date, list[Standing]] = {}
    for row in rows:
        known.setdefault(row.month, []).append(Standing.of_month(row))
    found = []
    for bucket in months:
        here_then = known.get(bucket.first, [])
        whole = here_then[0] if len(here_then) == 1 else together(here_then)
        label = f"{bucket.first.year % 100}年{bucket.first.month}月"
        found.append({"label": label, "filed": whole.filed, "rates": _rates(whole)})
    return found


def _month() -> Bucket:
    """The month of the address, one of the last twelve; else the present one."""
    known = months_back(civil_date(now()))
    asked = request.args.get("month", "")
    return next((one for one in known if f"{one.first:%Y-%m}" == asked), known[-1])


def _months(month: Bucket) -> list[dict[str, Any]]:
    return [
        {
            "value": f"{one.first:%Y-%m}",
            "label": _say_month(one.first),
            "checked": one.first == month.first,
        }
        for one in reversed(months_back(civil_date(now())))
    ]


def _crumbs(path: str, month: Bucket, *, own: bool) -> list[dict[str, str]]:
    """The regions above that the actor may enter, topmost first; with `own` the last one too."""
    codes = path.rstrip(".").split(".")
    open_paths = tuple(
        grant.region_path for grant in here().signed_in.grants if grant.region_path is not None
    )
    above = codes if own else codes[:-1]
    names = regions.regions_named(above)
    return [
        {"label": names[code], "url": f"{_region_url(code)}?month={month.first:%Y-%m}"}
        for place, code in enumerate(above)
        if (".".join(codes[: place + 1]) + ".").startswith(open_paths) and code in names
    ]


def _region_url(code: str) -> str:
    return url_for("complaint_regions.index", region=code)


def _say_month(day: date) -> str:
    return f"{day.year}年{day.month}月"
