"""Ordered files of figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.complaints.models import ComplaintExport
from app.complaints.rules.exports import KEPT, ExportState
from app.core.db import db

FILE_KIND = "complaint_export"
_SHOWN = 10
_AT_ONCE = 10_000


def export(community_id: int, export_id: UUID) -> ComplaintExport | None:
    """One ordered file."""
    return db.session.get(ComplaintExport, (community_id, export_id))


def export_locked(community_id: int, export_id: UUID) -> ComplaintExport | None:
    """One ordered file, to be changed in this transaction."""
    return db.session.scalar(
        select(ComplaintExport)
        .where(ComplaintExport.community_id == community_id, ComplaintExport.id == export_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def exports_of(community_id: int, account_id: UUID) -> Sequence[ComplaintExport]:
    """The newest files a person ordered."""
    return db.session.scalars(
        select(ComplaintExport)
        .where(ComplaintExport.community_id == community_id, ComplaintExport.asked_by == account_id)
        .order_by(ComplaintExport.id.desc())
        .limit(_SHOWN)
    ).all()


def count_running(community_id: int, account_id: UUID) -> int:
    """How many files a person waits for."""
    return (
        db.session.scalar(
            select(func.count()).where(
                ComplaintExport.community_id == community_id,
                ComplaintExport.asked_by == account_id,
                ComplaintExport.state == ExportState.RUNNING,
            )
        )
        or 0
    )


def old_exports(kind: str) -> Select[Any]:
    """For the sweep: a message for each file that was kept long enough."""
    return (
        select(
            ComplaintExport.community_id,
            ComplaintExport.id,
            func.text(kind),
            func.jsonb_build_object("export_id", ComplaintExport.id),
        )
        .where(
            ComplaintExport.state == ExportState.READY,
            ComplaintExport.ready_at < func.now() - KEPT,
        )
        .order_by(ComplaintExport.ready_at)
        .limit(_AT_ONCE)
    )
