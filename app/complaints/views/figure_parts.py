"""The leads' figures as their pages draw them: every number with the address of its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for

from app.complaints.permissions import companies_led
from app.complaints.queries import catalogue, figures
from app.complaints.rules.figures import By, Share, Sums, group_title, sums_of
from app.complaints.rules.rates import LeftOut, Rate
from app.complaints.rules.selection import (
    NOWHERE,
    PERIODS,
    Age,
    Part,
    Selection,
    Which,
    recent,
)
from app.complaints.views.cards import card_of, said_code
from app.core.access.door import here
from app.kit.clock import civil_date, in_beijing, now, say_date

blueprint = Blueprint("figures", __name__)
Names = Mapping[str, Mapping[UUID, str]]


def view_here() -> figures.View:
    """Whose figures the visitor sees, as of now."""
    companies = companies_led(here().signed_in, here().community)
    return figures.View(here().community.id, companies, now())


def to(endpoint: str, **values: Any) -> str:
    """An address of the figures of this community."""
    return url_for(f"figures.{endpoint}", community=here().community.code, **values)


def cases_url(wanted: Selection) -> str:
    """The list of exactly these cases."""
    return to("cases", **wanted.values())


def counted(count: int, wanted: Selection) -> dict[str, Any]:
    """A number and the list behind it; nothing to open where there is nothing."""
    return {"count": count, "url": cases_url(wanted) if count else None}


def periods(wanted: Selection, today: date) -> list[dict[str, Any]]:
    """The usual periods, as links that keep the places."""
    found = []
    for days, label in PERIODS.items():
        usual = recent(days, today)
        values = {**usual.values(), **wanted.narrowing}
        current = (wanted.first, wanted.last) == (usual.first, usual.last)
        found.append(
            {"label": label, "url": to("index", **values), "current": current, "count": None}
        )
    return found


def say_period(wanted: Selection, today: date) -> str:
    """From which day to which."""
    if wanted.first is None or wanted.last is None:
        return "不限时间"
    return f"{_day(wanted.first, today)}到{_day(wanted.last, today)}"


def say_places(wanted: Selection, names: Names) -> str:
    """What the figures are narrowed to; empty when to nothing."""
    matter = wanted.category and catalogue.title(here().community.id, wanted.category)
    parts = [matter] if matter else []
    if wanted.compound:
        parts.append(_named(names["compound"], wanted.compound, "小区外"))
    if wanted.building:
        parts.append(_named(names["building"], wanted.building, "公共地方"))
    if wanted.company:
        parts.append(_named(names["company"], wanted.company, "社区自己办理的"))
    return " · ".join(parts)


def rate_cards(
    sums: Sums, parts: Mapping[Rate, Mapping[str, int]], wanted: Selection
) -> list[dict[str, Any]]:
    """The three rates with both numbers, and the cases behind each of them."""
    return [
        {
            "label": rate.label,
            "share": sums.rates[rate],
            "url": cases_url(wanted.of_rate(rate)),
            "unit": "件" if rate is Rate.RESPONSE else "次",
            "good": counted(parts[rate][Part.GOOD], wanted.of_rate(rate, Part.GOOD)),
            "of": counted(parts[rate][Part.COUNTED], wanted.of_rate(rate)),
            "bad": counted(parts[rate][Part.BAD], wanted.of_rate(rate, Part.BAD)),
            "left": left_out(parts[rate], wanted, rate),
        }
        for rate in Rate
    ]


def left_out(parts: Mapping[str, int], wanted: Selection, rate: Rate) -> dict[str, Any]:
    """How many cases are in neither number."""
    return counted(parts[Part.LEFT], wanted.of_rate(rate, Part.LEFT))


def rate_groups(parts: Mapping[str, int], wanted: Selection, rate: Rate) -> list[dict[str, Any]]:
    """All parts of a rate that have cases, as links; those left out with their reason."""
    shown: list[Part | LeftOut] = [*Part, *(why for why in LeftOut if parts[why])]
    return [
        {
            "label": f"不算：{part.label}" if isinstance(part, LeftOut) else part.label,
            "url": cases_url(wanted.of_rate(rate, part)),
            "current": wanted.part is part,
            "count": parts[part],
        }
        for part in shown
    ]


def group_rows(
    rows: Sequence[Any], by: By, wanted: Selection, names: Names
) -> list[dict[str, Any]]:
    """The groups with their sums, every number with its cases."""
    found = []
    for row in rows:
        own, sums = _group(by, row, wanted), sums_of(row)
        found.append(
            {
                "title": group_title(by, row, names),
                "url": to("index", **own.values()),
                "filed": counted(sums.filed, own),
                "open": counted(sums.open, replace(own, which=Which.OPEN)),
                "overdue": counted(sums.overdue, replace(own, which=Which.OVERDUE)),
                "rates": [_rate_cell(sums.rates[rate], own.of_rate(rate)) for rate in Rate],
            }
        )
    return found


def age_rows(standing: Any, wanted: Selection) -> list[dict[str, Any]]:
    """Open cases by how long they have been open."""
    return [
        {
            "label": age.label,
            **counted(getattr(standing, f"age_{age}"), wanted.whenever(Which.OPEN, age)),
        }
        for age in Age
    ]


def month_rows(rows: Sequence[Any], months: Sequence[Any]) -> list[dict[str, Any]]:
    """Every month of the trend, also those without a case."""
    known = {in_month(row.month): sums_of(row) for row in rows}
    found = []
    for bucket in months:
        sums = known.get(bucket.first, Sums())
        found.append(
            {
                "label": f"{bucket.first.year % 100}年{bucket.first.month}月",
                "filed": sums.filed,
                "rates": [_plain_cell(sums.rates[rate]) for rate in Rate],
            }
        )
    return found


def case_rows(
    rows: Sequence[Any], moment: datetime, rate: Rate | None = None
) -> list[dict[str, Any]]:
    """Cases as the list draws them."""
    today = civil_date(moment)
    return [
        {
            "card": card_of(row, moment),
            "id": row.id,
            "url": url_for("tickets.show", community=here().community.code, complaint_id=row.id),
            "code": said_code(row.short_code),
            "who": row.organization_name or "社区",
            "filed": _day(civil_date(row.created_at), today),
            "closed": _day(civil_date(row.closed_at), today) if row.closed_at else None,
            "reopened": row.reopened_count,
            "why": why_of(row, rate) if rate else None,
            "verdicts": (row.verdicts, row.verdicts_resolved, row.verdicts_content),
        }
        for row in rows
    ]


def why_of(row: Any, rate: Rate) -> str | None:
    """Why a case is in neither number of a rate; none when it is in one."""
    value = getattr(row, f"in_{rate}")
    return LeftOut(value).label if value in set(LeftOut) else None


def in_month(value: Any) -> date:
    """The day a month of the database begins."""
    return value.date() if isinstance(value, datetime) else value


def _group(by: By, row: Any, wanted: Selection) -> Selection:
    if by is By.CATEGORY:
        return replace(wanted, category=row.key)
    if by is By.COMPANY:
        return replace(wanted, company=str(row.key or NOWHERE))
    return replace(
        wanted, compound=str(row.compound_id or NOWHERE), building=str(row.key or NOWHERE)
    )


def _rate_cell(share: Share, wanted: Selection) -> dict[str, Any]:
    url = cases_url(wanted) if share.denominator else None
    return {**_plain_cell(share), "url": url}


def _plain_cell(share: Share) -> dict[str, Any]:
    value = share.percent.removesuffix("%") if share.denominator else ""
    return {"percent": share.percent, "words": share.words, "value": value}


def _named(known: Mapping[UUID, str], value: str, nowhere: str) -> str:
    return nowhere if value == NOWHERE else known.get(UUID(value), "")


def _day(day: date, today: date) -> str:
    return say_date(day, today).split("（")[0]


def say_clock(moment: datetime) -> str:
    """3月8日 07:42."""
    local = in_beijing(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
