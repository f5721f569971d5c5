"""导出: figures and the cases behind them as a file, written by a job in small pieces.

No file holds who reported: figures do not need it, and towards a property company nobody must be
able to work out who stayed anonymous.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from app.complaints.models import ComplaintExport
from app.complaints.queries import exports, figures
from app.complaints.queries.exports import FILE_KIND
from app.complaints.rules.answers import Closing
from app.complaints.rules.catalogue import title_of
from app.complaints.rules.exports import AT_ONCE, MOST_ROWS, ExportFormat, ExportState, may_take
from app.complaints.rules.figures import By, Sums, flow, group_title, sums_of
from app.complaints.rules.rates import LeftOut, Rate
from app.complaints.rules.selection import (
    Age,
    Part,
    Selection,
    Which,
    buckets,
    months_back,
    read_selection,
)
from app.complaints.rules.states import State
from app.core import progress
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import remove_file, store_made
from app.core.outbox.messages import emit
from app.kit.clock import civil_date, in_beijing, now
from app.kit.ids import new_id
from app.kit.refusal import Conflict, NotFound
from app.kit.writing import XLSX, ZIP, Archive, Cell, TableWriter, Workbook

_REPORT_EVERY = 1000
_CASE_HEADS = (
    "编号", "事项", "地点", "内容", "办理单位", "进展", "怎样办结",
    "反映时间", "承诺办好", "办结时间", "现在超期", "退回次数", "延期次数",
)  # fmt: skip
_RATE_HEADS = ("按时回应", "真正解决", "居民满意", "评价次数", "其中解决", "其中满意")
_SUM_HEADS = (
    "反映", "还在办", "已超期",
    "按时回应：做到", "按时回应：应算", "按时回应",
    "真正解决：做到", "真正解决：应算", "真正解决",
    "居民满意：做到", "居民满意：应算", "居民满意",
)  # fmt: skip


def order_export(
    community_id: int,
    account_id: UUID,
    wanted: Selection,
    chosen: ExportFormat,
    companies: frozenset[UUID] | None,
) -> UUID:
    """Have a file made of what is shown; the cases of these companies only, none: all."""
    if exports.count_running(community_id, account_id) >= AT_ONCE:
        raise Conflict(f"您已有 {AT_ONCE} 个文件正在准备，请等它们做好。")
    export_id = new_id()
    db.session.add(
        ComplaintExport(
            community_id=community_id,
            id=export_id,
            asked_by=account_id,
            format=chosen.value,
            companies=sorted(map(str, companies)) if companies is not None else None,
            selection=wanted.values(),
            state=ExportState.RUNNING.value,
        )
    )
    db.session.flush()
    record(AuditEvent.FIGURES_ORDERED, export_id, format=chosen.value, selection=wanted.values())
    emit("complaint.export", export_id=export_id)
    return export_id


def make_export(community_id: int, export_id: UUID) -> None:
    """Write an ordered file. Done once, however often it is asked for."""
    ordered = exports.export_locked(community_id, export_id)
    if ordered is None or ordered.state != ExportState.RUNNING:
        return
    moment = now()
    companies = None
    if ordered.companies is not None:
        companies = frozenset(UUID(key) for key in ordered.companies)
    view = figures.View(community_id, companies, moment)
    wanted = read_selection(ordered.selection, civil_date(moment))
    total = figures.count_cases(view, wanted)
    ordered.rows, ordered.ready_at = total, moment
    if total > MOST_ROWS:
        ordered.state = ExportState.TOO_LARGE.value
        return
    _write_and_keep(ordered, view, wanted)


def take_export(
    community_id: int, export_id: UUID, account_id: UUID, seen: frozenset[UUID] | None
) -> ComplaintExport:
    """Hand a finished file to whoever ordered it; every download is on record."""
    ordered = exports.export(community_id, export_id)
    if ordered is None or ordered.file_id is None:
        raise NotFound
    held = None if ordered.companies is None else [UUID(key) for key in ordered.companies]
    if not may_take(asked_by=ordered.asked_by, companies=held, me=account_id, seen=seen):
        raise NotFound
    record(AuditEvent.FIGURES_TAKEN, export_id, rows=ordered.rows, format=ordered.format)
    return ordered


def forget_export(community_id: int, export_id: UUID) -> None:
    """Remove the file and keep the line that says there was one."""
    ordered = exports.export_locked(community_id, export_id)
    if ordered is None or ordered.state != ExportState.READY or ordered.file_id is None:
        return
    file_id = ordered.file_id
    ordered.state, ordered.file_id = ExportState.GONE.value, None
    db.session.flush()
    remove_file(community_id, file_id)


def _write_and_keep(ordered: ComplaintExport, view: figures.View, wanted: Selection) -> None:
    kind = ExportFormat(ordered.format)
    with tempfile.TemporaryFile() as target:
        made: Any = Workbook if kind is ExportFormat.XLSX else Archive
        with made(target) as writer:
            _write(writer, ordered, view, wanted)
        target.seek(0)
        file_id, size, _ = store_made(
            ordered.community_id,
            cast("Any", target),
            name=f"诉求数据{civil_date(view.now):%Y%m%d}.{kind.ending}",
            mime=XLSX if kind is ExportFormat.XLSX else ZIP,
            subject_kind=FILE_KIND,
            subject_id=ordered.id,
            made_for=ordered.asked_by,
        )
    ordered.state, ordered.file_id, ordered.size = ExportState.READY.value, file_id, size


def _write(
    writer: TableWriter, ordered: ComplaintExport, view: figures.View, wanted: Selection
) -> None:
    whole = wanted.which is Which.ALL
    if whole:
        _write_figures(writer, view, replace(wanted, which=Which.FILED))
    heads = (*_CASE_HEADS, *(("本期反映", "本期办结") if wanted.days else ()), *_RATE_HEADS)
    writer.sheet("诉求明细", heads, _case_rows(ordered, view, wanted))


def _case_rows(
    ordered: ComplaintExport, view: figures.View, wanted: Selection
) -> Iterator[list[Cell]]:
    total = ordered.rows or 0
    for number, row in enumerate(figures.all_cases(view, wanted), start=1):
        if number % _REPORT_EVERY == 0:
            progress.report(ordered.id, number, total)
        yield _case_row(row, view, of_period=bool(wanted.days))


def _case_row(row: Any, view: figures.View, *, of_period: bool) -> list[Cell]:
    late = row.due_at is not None and row.due_at < view.now
    period: list[Cell] = [_yes(row.came), _yes(row.went)] if of_period else []
    counts = row.in_resolved in {Part.GOOD, Part.BAD}
    return [
        row.short_code,
        row.category_title or title_of(row.category),
        " ".join(part for part in (row.place_name, row.place_note) if part),
        row.text,
        row.organization_name or "社区",
        State(row.state).label,
        Closing(row.closing).label if row.closing else "",
        _moment(row.created_at),
        _moment(row.promised_at),
        _moment(row.closed_at),
        _yes(late),
        row.reopened_count,
        row.extensions,
        *period,
        *(_standing(getattr(row, f"in_{rate}")) for rate in Rate),
        row.verdicts if counts else 0,
        row.verdicts_resolved if counts else 0,
        row.verdicts_content if counts else 0,
    ]


def _write_figures(writer: TableWriter, view: figures.View, wanted: Selection) -> None:
    names = figures.names(view.community_id)
    writer.sheet("概览", ("项目", "数", "说明"), _overview(view, wanted))
    for by in By:
        rows = [
            (group_title(by, row, names), *_sum_cells(sums_of(row)))
            for row in figures.by_group(view, wanted, by)
        ]
        writer.sheet(by.label, (by.heading, *_SUM_HEADS), rows)
    if wanted.first and wanted.last:
        steps = flow(buckets(wanted.first, wanted.last), *figures.flow_by_day(view, wanted))
        heads = ("从", "到", "反映", "办结", "期末在办")
        writer.sheet(
            "进出",
            heads,
            (
                (one.bucket.first.isoformat(), one.bucket.last.isoformat(), *one.counts)
                for one in steps
            ),
        )
    months = months_back(civil_date(view.now))
    writer.sheet(
        "最近12个月",
        ("月份", *_SUM_HEADS),
        (
            (f"{row.month:%Y-%m}", *_sum_cells(sums_of(row)))
            for row in figures.by_month(view, wanted, months)
        ),
    )


def _overview(view: figures.View, wanted: Selection) -> Iterator[tuple[Cell, ...]]:
    sums = sums_of(figures.totals(view, wanted))
    closed = figures.count_cases(view, replace(wanted, which=Which.CLOSED))
    standing, left = figures.now_standing(view, wanted), figures.parts_of(view, wanted)
    yield "从", wanted.first.isoformat() if wanted.first else "", "按反映的日子（北京时间）"
    yield "到", wanted.last.isoformat() if wanted.last else "", "包括这一天"
    yield "本期反映", sums.filed, ""
    yield "本期办结", closed, "不管是哪天反映的"
    for which in (Which.OPEN, Which.OVERDUE, Which.SOON, Which.HARD):
        yield f"现在{which.label}", getattr(standing, which), f"{_moment(view.now)} 时"
    for age in Age:
        yield f"在办：{age.label}", getattr(standing, f"age_{age}"), "从反映起算"
    for rate in Rate:
        share = sums.rates[rate]
        yield rate.label, share.percent, f"{share.words}；{rate.formula}"
        for why in LeftOut:
            if left[rate][why]:
                yield f"{rate.label}：不算", left[rate][why], why.label


def _sum_cells(sums: Sums) -> list[Cell]:
    cells: list[Cell] = [sums.filed, sums.open, sums.overdue]
    for rate in Rate:
        share = sums.rates[rate]
        cells += [share.numerator, share.denominator, share.percent]
    return cells


def _standing(value: str) -> str:
    if value in set(LeftOut):
        return f"不算：{LeftOut(value).label}"
    return Part(value).label.removesuffix("的")


def _moment(moment: Any) -> str:
    return f"{in_beijing(moment):%Y-%m-%d %H:%M}" if moment is not None else ""


def _yes(value: object) -> str:
    return "是" if value else ""
