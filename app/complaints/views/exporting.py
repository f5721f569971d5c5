"""导出: ordering a file of what is shown, waiting for it, and taking it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.complaints.actions.exporting import order_export as order
from app.complaints.actions.exporting import take_export as take
from app.complaints.models import ComplaintExport
from app.complaints.permissions import SEE_FIGURES
from app.complaints.queries import exports
from app.complaints.rules.exports import KEPT, MOST_ROWS, ExportFormat, ExportState
from app.complaints.rules.selection import Which, read_selection
from app.complaints.views import figure_parts as parts
from app.complaints.views.figure_parts import blueprint
from app.core import progress
from app.core.access.door import here, requires
from app.core.files.storage import storage
from app.core.web.limits import by_person, limiter
from app.kit.clock import civil_date, now, say_moment
from app.kit.refusal import NotFound
from app.kit.writing import XLSX, ZIP

ROOT = "/c/<community>/figures/exports"
PIECE = 256 * 1024
_SOON = {
    ExportState.RUNNING: ("info", "正在准备"),
    ExportState.READY: ("done", "可以下载"),
    ExportState.TOO_LARGE: ("late", f"超过 {MOST_ROWS // 10_000} 万行，请选短一点的时间"),
    ExportState.GONE: ("quiet", "已过期删除"),
}


@blueprint.post(ROOT)
@limiter.limit("30/hour", key_func=by_person)
@requires(SEE_FIGURES)
def order_export() -> ResponseReturnValue:
    """Have a file made of what the address selects."""
    view = parts.view_here()
    wanted = read_selection(request.args, civil_date(view.now))
    order(
        here().community.id,
        here().signed_in.account_id,
        wanted,
        _format(request.form.get("format", "")),
        view.companies,
    )
    return redirect(parts.to("files"), code=303)


@blueprint.get(f"{ROOT}/")
@requires(SEE_FIGURES)
def files() -> str:
    """The files this person ordered."""
    mine = exports.exports_of(here().community.id, here().signed_in.account_id)
    return render_template(
        "complaints/figure_files.html",
        files=[_line(one) for one in mine],
        kept_days=KEPT.days,
    )


@blueprint.get(f"{ROOT}/<uuid:export_id>/progress")
@requires(SEE_FIGURES)
def export_progress(export_id: UUID) -> Response:
    """The progress bar; once the file is there the whole page comes anew."""
    ordered = exports.export(here().community.id, export_id)
    if ordered is None or ordered.asked_by != here().signed_in.account_id:
        raise NotFound
    response = make_response(render_template("complaints/_file_progress.html", file=_line(ordered)))
    if ordered.state != ExportState.RUNNING:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.get(f"{ROOT}/<uuid:export_id>/file")
@requires(SEE_FIGURES)
def take_export(export_id: UUID) -> Response:
    """The file, streamed; the download is on record."""
    community_id = here().community.id
    seen = parts.view_here().companies
    taken = take(community_id, export_id, here().signed_in.account_id, seen)
    if taken.file_id is None:
        raise NotFound
    source = storage().open(community_id, taken.file_id)
    kind = ExportFormat(taken.format)
    mime = XLSX if kind is ExportFormat.XLSX else ZIP
    response = Response(iter(lambda: source.read(PIECE), b""), mimetype=mime)
    response.call_on_close(source.close)
    name = quote(f"{here().community.name}诉求数据{civil_date(taken.created_at):%Y%m%d}")
    response.headers["Content-Length"] = str(taken.size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.{kind.ending}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _line(ordered: ComplaintExport) -> dict[str, Any]:
    state = ExportState(ordered.state)
    wanted = read_selection(ordered.selection, civil_date(ordered.created_at))
    tone, text = _SOON[state]
    what = "全部数字和明细" if wanted.which is Which.ALL else f"{_said(wanted)}诉求明细"
    return {
        "id": ordered.id,
        "what": f"{what}（{'Excel' if ordered.format == ExportFormat.XLSX else 'CSV'}）",
        "meta": " · ".join(
            part
            for part in (
                parts.say_period(wanted, civil_date(now())),
                f"{say_moment(ordered.created_at, now())}要的",
                f"{ordered.rows} 件" if ordered.rows is not None else "",
                f"{(ordered.size or 0) / 1024:,.0f} KB" if ordered.size else "",
            )
            if part
        ),
        "tone": tone,
        "text": text,
        "running": state is ExportState.RUNNING,
        "url": parts.to("take_export", export_id=ordered.id)
        if state is ExportState.READY
        else None,
        "progress_url": parts.to("export_progress", export_id=ordered.id),
        "progress": progress.read(ordered.id) if state is ExportState.RUNNING else None,
    }


def _said(wanted: Any) -> str:
    if wanted.rate:
        return f"{wanted.rate.label}：{wanted.part.label}，"
    return str(wanted.which.label)


def _format(typed: str) -> ExportFormat:
    try:
        return ExportFormat(typed)
    except ValueError:
        return ExportFormat.XLSX
