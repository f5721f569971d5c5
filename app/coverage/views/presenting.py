"""What reports look like on a page, the same for the community and its reviewers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.coverage.actions import decisions_of, figures_of
from app.coverage.rules import Decision, Figure, Grade, Level, say_quarter, state_of
from app.kit.clock import in_beijing, say_moment

SEAL_MOMENT = "%Y年%-m月%-d日 %H:%M"


def cell_of(figure: Figure, url: str | None) -> dict[str, Any]:
    """A cell of the matrix."""
    return {
        "grade": figure.grade.value,
        "figure": figure.percent,
        "share": share_of(figure.numerator, figure.denominator),
        "url": url,
        "veto": figure.veto,
    }


def share_of(numerator: int, denominator: int) -> str | None:
    """27/28, beside every percentage."""
    return f"{numerator}/{denominator}" if denominator else None


def cards_of(figures: tuple[Figure, ...], url_of: Callable[[Figure], str]) -> list[dict[str, Any]]:
    """The five figures as tiles: the percentage, its fraction and its grade."""
    return [
        {
            "label": figure.indicator.label,
            "figure": figure.percent.removesuffix("%"),
            "unit": "%" if figure.grade is not Grade.NOT_APPLICABLE else None,
            "share": f"{figure.numerator} / {figure.denominator} {figure.indicator.unit}"
            if figure.denominator
            else "没有应当计入的对象",
            "grade": figure.grade,
            "veto": figure.veto,
            "missing": len(figure.missing),
            "url": url_of(figure),
        }
        for figure in figures
    ]


def report_row(row: Any) -> dict[str, Any]:
    """A report with its state."""
    report = row.CoverageReport
    return {
        "report": report,
        "quarter": say_quarter(report.period),
        "state": state_of(decisions_of(row)),
        "figures": figures_of(report),
        "submitted": in_beijing(report.submitted_at).strftime(SEAL_MOMENT),
        "computed": in_beijing(report.computed_at).strftime(SEAL_MOMENT),
    }


def steps_of(row: Any, reviews: Any) -> list[dict[str, Any]]:
    """The life of a version as a time line, with what comes next."""
    report = row.CoverageReport
    entries = [_entry(report.submitted_at, "社区", f"报送第 {report.version} 版", "info", None)]
    for review in reviews:
        decision = Decision(review.decision)
        entries.append(
            _entry(
                review.decided_at,
                Level(review.level).label,
                decision.label,
                "late" if decision.needs_reason else "done",
                review.reason or None,
            )
        )
    waiting = _next_step(decisions_of(row))
    if waiting is not None:
        entries.append(waiting)
    return entries


def _entry(moment: Any, who: str, what: str, kind: str, detail: str | None) -> dict[str, Any]:
    return {
        "when": say_moment(moment),
        "when_iso": moment.isoformat(),
        "who": who,
        "what": what,
        "kind": kind,
        "icon": None,
        "detail": detail,
        "url": None,
        "state": "past",
    }


def _next_step(decisions: Mapping[Level, Decision]) -> dict[str, Any] | None:
    state = state_of(decisions)
    if state.may_be_replaced:
        who, what = "社区", "修改后重新报送"
    elif not decisions:
        who, what = Level.STREET.label, "等待审核"
    elif Level.DISTRICT not in decisions and Level.CITY not in decisions:
        who, what = Level.DISTRICT.label, "等待审核"
    else:
        return None
    return {
        "when": "接下来",
        "when_iso": "",
        "who": who,
        "what": what,
        "kind": "due",
        "icon": None,
        "detail": None,
        "url": None,
        "state": "next",
    }
