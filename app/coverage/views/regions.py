"""The reviewers' pages: the roll-up and the rows below each figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.access.roles import REVIEWER_LEVELS
from app.coverage import queries
from app.coverage.actions import decisions_of
from app.coverage.permissions import REVIEW_REPORT, SEE_REGION
from app.coverage.rules import (
    Indicator,
    Level,
    RollUp,
    Standing,
    Tally,
    choices_of,
    counted,
    is_quarter,
    quarters_back,
    roll_up,
    say_quarter,
    state_of,
)
from app.coverage.views.community import indicator_named, this_quarter
from app.coverage.views.presenting import share_of
from app.coverage.views.room import blueprint
from app.kit.clock import say_moment
from app.kit.refusal import NotFound

ROOT = "/r/<region>/"
QUARTERS_SHOWN = 4
WAITING_SHOWN = 20
PAGE = 100
LEVEL_TITLES = {"province": "市", "city": "区县", "district": "街道（乡镇）", "street": "社区"}


@blueprint.get(ROOT)
@requires(SEE_REGION)
def region_home() -> ResponseReturnValue:
    """The roll-up of a region: its regions or communities against the five indicators."""
    return render_template("coverage/region.html", **_overview())


@blueprint.get(f"{ROOT}print")
@requires(SEE_REGION)
def region_print() -> ResponseReturnValue:
    """The roll-up on paper."""
    return render_template("coverage/region_print.html", **_overview())


@blueprint.get(f"{ROOT}indicators/<name>")
@requires(SEE_REGION)
def region_rows(name: str) -> ResponseReturnValue:
    """What is missing for one indicator in everything submitted below."""
    chosen, quarter = indicator_named(name), _quarter()
    after = request.args.get("after", "")
    code, _, number = after.partition(".")
    rows = queries.missing_below(
        here().region.path,
        quarter,
        chosen.value,
        after_code=code,
        after_number=int(number) if number.isdecimal() and len(number) <= 9 else 0,  # noqa: PLR2004 - fits an int
        limit=PAGE + 1,
    )
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    total = roll_up(_standings(quarter)).totals[chosen]
    return render_template(
        "coverage/region_rows.html",
        indicator=chosen,
        rows=rows[:PAGE],
        total=total,
        share=share_of(total.numerator, total.denominator),
        next_after=f"{more.community_code}.{more.number}" if more is not None else None,
        after=after,
        quarter=quarter,
        quarter_title=say_quarter(quarter),
        others=list(Indicator),
    )


def levels_held() -> tuple[Level, ...]:
    """The levels at which the actor reviews in this region."""
    grants = REVIEW_REPORT.grants(here().signed_in, None, here().region)
    return tuple(Level(REVIEWER_LEVELS[grant.role]) for grant in grants)


def _overview() -> dict[str, Any]:
    region, quarter = here().region, _quarter()
    rows = queries.standings(region.path, quarter)
    standings = [_standing(row) for row in rows]
    children = queries.children_of(region.code) if region.level != "street" else []
    whole = roll_up(standings)
    return {
        "region": region,
        "quarter": quarter,
        "quarter_title": say_quarter(quarter),
        "quarters": [(item, say_quarter(item)) for item in _quarters()],
        "whole": whole,
        "cards": _cards(whole, quarter),
        "indicators": [{"label": item.label, "short": item.short} for item in Indicator],
        "matrix": _region_rows(children, standings, quarter)
        if children
        else _community_rows(standings),
        "unit_label": LEVEL_TITLES[region.level],
        "crumbs": _crumbs(),
        **_waiting(rows),
    }


def _region_rows(
    children: Sequence[Any], standings: Sequence[Standing], quarter: str
) -> list[dict[str, Any]]:
    below: dict[str, list[Standing]] = {child.path: [] for child in children}
    depth = here().region.path.count(".") + 1
    for standing in standings:
        path = ".".join(standing.region_path.split(".")[:depth]) + "."
        if path in below:
            below[path].append(standing)
    return [
        {
            "label": child.name,
            "url": url_for("coverage.region_home", region=child.code, quarter=quarter),
            "note": _note(roll_up(below[child.path])),
            "cells": _sum_cells(child.code, roll_up(below[child.path]), quarter),
        }
        for child in children
    ]


def _community_rows(standings: Sequence[Standing]) -> list[dict[str, Any]]:
    rows = []
    for standing in standings:
        url = None
        if standing.report_id is not None:
            url = url_for(
                "coverage.review", region=here().region.code, report_id=standing.report_id
            )
        rows.append(
            {
                "label": standing.name,
                "url": url,
                "note": standing.state.label if standing.state is not None else None,
                "cells": [
                    _cell(counted(standing, item), f"{url}#{item.value}")
                    if standing.submitted
                    else _absent(url)
                    for item in Indicator
                ],
            }
        )
    return rows


def _sum_cells(code: str, whole: RollUp, quarter: str) -> list[dict[str, Any]]:
    return [
        _cell(
            whole.totals[item],
            url_for("coverage.region_rows", region=code, name=item.value, quarter=quarter),
        )
        if whole.submitted
        else _absent(None)
        for item in Indicator
    ]


def _cell(tally: Tally, url: str) -> dict[str, Any]:
    return {
        "grade": tally.grade.value,
        "figure": tally.percent,
        "share": share_of(tally.numerator, tally.denominator),
        "url": url,
        "veto": tally.vetoes > 0,
    }


def _absent(url: str | None) -> dict[str, Any]:
    """Not submitted: no figure, never 0."""
    return {"grade": "absent", "figure": "未报送", "share": None, "url": url, "veto": False}


def _note(whole: RollUp) -> str:
    if not whole.communities:
        return "没有社区"
    return f"已报送 {whole.submitted}/{whole.communities}"


def _cards(whole: RollUp, quarter: str) -> list[dict[str, Any]]:
    return [
        {
            "label": item.label,
            "figure": whole.totals[item].percent.removesuffix("%") if whole.submitted else "—",
            "unit": "%" if whole.totals[item].denominator else None,
            "share": f"{whole.totals[item].numerator} / {whole.totals[item].denominator}"
            f" {item.unit}"
            if whole.totals[item].denominator
            else "没有报送的数字",
            "grade": whole.totals[item].grade,
            "veto": whole.totals[item].vetoes > 0,
            "url": url_for(
                "coverage.region_rows", region=here().region.code, name=item.value, quarter=quarter
            ),
        }
        for item in Indicator
    ]


def _waiting(rows: Sequence[Any]) -> dict[str, Any]:
    """Reports this reviewer must decide about; a spot check is a choice, not a duty."""
    levels = [level for level in levels_held() if level is not Level.CITY]
    waiting = [
        row
        for row in rows
        if row.report_id is not None
        and any(choices_of(level, decisions_of(row)) for level in levels)
    ]
    waiting.sort(key=lambda row: row.submitted_at)
    return {
        "waiting_count": len(waiting),
        "waiting": [
            {
                "title": row.name,
                "meta": f"{say_moment(row.submitted_at)}报送",
                "url": url_for(
                    "coverage.review", region=here().region.code, report_id=row.report_id
                ),
            }
            for row in waiting[:WAITING_SHOWN]
        ],
    }


def _standings(quarter: str) -> list[Standing]:
    return [_standing(row) for row in queries.standings(here().region.path, quarter)]


def _standing(row: Any) -> Standing:
    return Standing(
        code=row.code,
        name=row.name,
        region_path=row.region_path,
        report_id=str(row.report_id) if row.report_id is not None else None,
        state=state_of(decisions_of(row)) if row.report_id is not None else None,
        totals={Indicator(name): Tally(**sums) for name, sums in (row.totals or {}).items()},
    )


def _quarters() -> tuple[str, ...]:
    return quarters_back(this_quarter(), QUARTERS_SHOWN)


def _quarter() -> str:
    asked = request.args.get("quarter", "")
    if not asked:
        return this_quarter()
    if not is_quarter(asked):
        raise NotFound
    return asked


def _crumbs() -> list[dict[str, str]]:
    """The regions above this one that the actor may enter, topmost first."""
    codes = here().region.path.rstrip(".").split(".")[:-1]
    open_paths = tuple(
        grant.region_path for grant in here().signed_in.grants if grant.region_path is not None
    )
    crumbs = []
    for place, code in enumerate(codes):
        path = ".".join(codes[: place + 1]) + "."
        if path.startswith(open_paths):
            known = queries.region_named(code)
            if known is not None:
                crumbs.append(
                    {
                        "label": known.name,
                        "url": url_for("coverage.region_home", region=code, quarter=_quarter()),
                    }
                )
    return crumbs
