"""诉求分析: the leads' dashboard, and the list behind each of its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import render_template, request

from app.complaints.permissions import SEE_FIGURES
from app.complaints.queries import figures
from app.complaints.rules.exports import ExportFormat
from app.complaints.rules.figures import By, flow, sums_of
from app.complaints.rules.rates import Rate
from app.complaints.rules.reviewing import HARD_SENTENCE
from app.complaints.rules.selection import (
    NOWHERE,
    Selection,
    Which,
    buckets,
    months_back,
    read_selection,
)
from app.complaints.views import figure_parts as parts
from app.complaints.views.figure_parts import blueprint
from app.core.access.door import requires
from app.core.web.shell import navigation_item
from app.kit.clock import civil_date, now

navigation_item("诉求分析", "chart-line", "figures.index", order=21)
SHOWN_GROUPS = 10


@blueprint.get("/c/<community>/figures/")
@requires(SEE_FIGURES)
def index() -> str:
    """Three rates, what is overdue now and where; then what came and went, and who and what."""
    view, wanted = parts.view_here(), _period()
    today, by = civil_date(view.now), _by()
    names = figures.names(view.community_id)
    sums = sums_of(figures.totals(view, wanted))
    standing = figures.now_standing(view, wanted)
    groups = parts.group_rows(figures.by_group(view, wanted, by), by, wanted, names)
    shown = groups if "all" in request.args else groups[:SHOWN_GROUPS]
    months = months_back(today)
    closed = replace(wanted, which=Which.CLOSED)
    return render_template(
        "complaints/figures.html",
        any_case=sums.filed or figures.cases_exist(view.community_id, view.companies),
        own_only=view.companies is not None,
        wanted=wanted,
        period=parts.say_period(wanted, today),
        periods=parts.periods(wanted, today),
        narrowed=parts.say_places(wanted, names),
        wide_url=parts.to("index", **_nowhere(wanted).values()),
        filed=parts.counted(sums.filed, wanted),
        closed=parts.counted(figures.count_cases(view, closed), closed),
        cards=parts.rate_cards(sums, figures.parts_of(view, wanted), wanted),
        standing={
            which.value: parts.counted(getattr(standing, which), wanted.whenever(which))
            for which in (Which.OPEN, Which.OVERDUE, Which.SOON, Which.HARD)
        },
        longest=parts.case_rows(figures.longest_overdue(view, wanted), view.now),
        places=_overdue_places(view, wanted, names),
        flow=_flow(view, wanted),
        ages=parts.age_rows(standing, wanted),
        by=by,
        groups=shown,
        tabs=_by_tabs(by, wanted),
        more_url=_all_groups(by, wanted) if len(groups) > len(shown) else None,
        group_count=len(groups),
        months=parts.month_rows(figures.by_month(view, wanted, months), months),
        rates=list(Rate),
        order_url=parts.to("order_export", **replace(wanted, which=Which.ALL).values()),
        formats=list(ExportFormat),
        made=parts.say_clock(view.now),
        hard=HARD_SENTENCE,
    )


@blueprint.get("/c/<community>/figures/cases")
@requires(SEE_FIGURES)
def cases() -> str:
    """The cases behind a figure: exactly those it counts."""
    view = parts.view_here()
    today = civil_date(view.now)
    wanted = read_selection(request.args, today)
    names = figures.names(view.community_id)
    rows = figures.case_page(view, wanted, request.args.get("before", type=UUID))
    page, more = rows[: figures.PAGE], rows[figures.PAGE :]
    before = {"before": page[-1].id} if more else {}
    return render_template(
        "complaints/figure_cases.html",
        wanted=wanted,
        rate=_rate(view, wanted) if wanted.rate else None,
        title=_title(wanted),
        period=parts.say_period(wanted, today),
        narrowed=parts.say_places(wanted, names),
        total=figures.count_cases(view, wanted),
        rows=parts.case_rows(page, view.now, wanted.rate),
        older_url=parts.to("cases", **wanted.values(), **before) if more else None,
        first_url=parts.cases_url(wanted) if "before" in request.args else None,
        back_url=parts.to("index", **_shown_with(wanted).values()),
        order_url=parts.to("order_export", **wanted.values()),
        formats=list(ExportFormat),
        hard=HARD_SENTENCE if wanted.which is Which.HARD else None,
    )


def _period() -> Selection:
    """The period and places of the address; a dashboard is always of a period."""
    view_today = civil_date(now())
    wanted = read_selection(request.args, view_today)
    whole = replace(wanted, which=Which.FILED, age=None, rate=None)
    if whole.first is None:
        usual = read_selection({}, view_today)
        whole = replace(whole, first=usual.first, last=usual.last)
    return whole


def _nowhere(wanted: Selection) -> Selection:
    return replace(wanted, category="", compound="", building="", company="")


def _shown_with(wanted: Selection) -> Selection:
    return replace(wanted, which=Which.FILED, age=None, rate=None)


def _rate(view: figures.View, wanted: Selection) -> dict[str, Any]:
    rate = wanted.rate or Rate.RESPONSE
    base = replace(wanted, rate=None)
    known = figures.parts_of(view, base)
    return {
        "rate": rate,
        "share": sums_of(figures.totals(view, base)).rates[rate],
        "groups": parts.rate_groups(known[rate], wanted, rate),
        "tabs": [
            {
                "label": one.label,
                "url": parts.cases_url(wanted.of_rate(one)),
                "current": one is rate,
                "count": None,
            }
            for one in Rate
        ],
    }


def _title(wanted: Selection) -> str:
    if wanted.rate:
        return wanted.rate.label
    if wanted.age:
        return f"在办 {wanted.age.label}的诉求"
    return f"{wanted.which.label}诉求"


def _overdue_places(
    view: figures.View, wanted: Selection, names: parts.Names
) -> list[dict[str, Any]]:
    found = []
    for row in figures.overdue_places(view, wanted):
        own = replace(wanted, compound=str(row.compound_id or NOWHERE))
        found.append(
            {
                "label": names["compound"].get(row.compound_id, "小区外"),
                **parts.counted(row.many, own.whenever(Which.OVERDUE)),
            }
        )
    return found


def _flow(view: figures.View, wanted: Selection) -> list[dict[str, Any]]:
    if wanted.first is None or wanted.last is None:
        return []
    steps = flow(buckets(wanted.first, wanted.last), *figures.flow_by_day(view, wanted))
    found = []
    for step in steps:
        inside = replace(wanted, first=step.bucket.first, last=step.bucket.last)
        found.append(
            {
                "label": step.bucket.label,
                "filed": parts.counted(step.filed, inside),
                "closed": parts.counted(step.closed, replace(inside, which=Which.CLOSED)),
                "open": step.open,
            }
        )
    return found


def _by() -> By:
    try:
        return By(request.args.get("by", By.CATEGORY.value))
    except ValueError:
        return By.CATEGORY


def _by_tabs(by: By, wanted: Selection) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "url": parts.to("index", **wanted.values(), by=one.value) + "#groups",
            "current": one is by,
            "count": None,
        }
        for one in By
    ]


def _all_groups(by: By, wanted: Selection) -> str:
    return parts.to("index", **wanted.values(), by=by.value, all=1) + "#groups"
