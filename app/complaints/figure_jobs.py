"""Figures that are made while nobody waits: for reviewers, week by week, and as files."""

from __future__ import annotations

from uuid import UUID

from app.complaints.actions import digests as weekly
from app.complaints.actions import exporting, figures
from app.complaints.queries import digests, exports, regions
from app.complaints.rules.digests import last_week
from app.core.outbox.messages import handles
from app.core.outbox.queries import emit_chosen
from app.core.sweep import sweeping
from app.core.tenancy import current_community
from app.kit.clock import now

REFRESH, DIGEST, EXPORT, FORGET = (
    "complaint.figures",
    "complaint.digest",
    "complaint.export",
    "complaint.export_old",
)


def sweep_figures() -> int:
    """Cron, hourly: have the sums for reviewers made anew in every community with cases."""
    with sweeping() as connection:
        return emit_chosen(connection, regions.stale_messages(REFRESH))


def sweep_digests() -> int:
    """Cron, hourly: ask for the digest of the week that is over wherever it is missing."""
    with sweeping() as connection:
        return emit_chosen(connection, digests.missing_messages(DIGEST, last_week(now())))


def sweep_exports() -> int:
    """Cron, nightly: let go of files that were kept long enough."""
    with sweeping() as connection:
        return emit_chosen(connection, exports.old_exports(FORGET))


@handles(REFRESH)
def refresh_figures() -> None:
    """The sums of the bound community."""
    figures.refresh(current_community())


@handles(DIGEST)
def write_digest() -> None:
    """The weeks that are due; a week that is there stays as it is."""
    weekly.make_digests(current_community())


@handles(EXPORT)
def make_export(export_id: str) -> None:
    """Write an ordered file."""
    exporting.make_export(current_community(), UUID(export_id))


@handles(FORGET)
def forget_export(export_id: str) -> None:
    """Remove a file that was kept long enough."""
    exporting.forget_export(current_community(), UUID(export_id))
