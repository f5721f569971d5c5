"""Preparing, submitting and reviewing coverage reports."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit_below
from app.core.tenancy import CommunityRef
from app.coverage import queries
from app.coverage.facts import facts_of
from app.coverage.models import CoverageDraft, CoverageReport, CoverageReview
from app.coverage.rules import (
    Decision,
    Exemptions,
    Figure,
    Indicator,
    Level,
    NotYourTurn,
    ReportState,
    check_decision,
    check_fresh,
    check_may_submit,
    compute,
    figure_from_json,
    state_of,
    totals_of,
)
from app.kit.clock import civil_date, now
from app.kit.digests import canonical_json, sha256_hex
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound


def live_figures(community_id: int, exemptions: Exemptions) -> tuple[Figure, ...]:
    """The five figures as of now."""
    today = civil_date(now())
    return compute(facts_of(community_id, today), exemptions, today)


def begin_draft(community_id: int, period: str) -> CoverageDraft:
    """The draft of a quarter: begun with the figures of now when there is none yet."""
    known = queries.draft(community_id, period)
    if known is not None:
        return known
    check_may_submit(latest_state(community_id, period))
    row = CoverageDraft(
        community_id=community_id,
        id=new_id(),
        period=period,
        computed_at=now(),
        figures=[figure.as_json() for figure in live_figures(community_id, {})],
        exemptions=[],
        remark="",
        version=1,
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict from error
    record(AuditEvent.REPORT_COMPUTED, row.id, period=period)
    return row


def compute_again(community_id: int, period: str, version: int) -> None:
    """Take a new snapshot of the live data; exemptions stay."""
    _rewrite(community_id, _draft(community_id, period), version)
    record(AuditEvent.REPORT_COMPUTED, period=period, version=version + 1)


def exempt(
    community_id: int, period: str, version: int, indicator: Indicator, subject: str, reason: str
) -> None:
    """Take something missing out of the denominator, with a reason reviewers will read."""
    known = _draft(community_id, period)
    if not reason.strip():
        raise Invalid(errors={"reason": "请写明为什么不计入，审核的人会看到。"})
    figure = next(item for item in figures_of(known) if item.indicator is indicator)
    missing = next((item for item in figure.missing if item.id == subject), None)
    if missing is None:
        raise NotFound
    if missing.veto:
        raise Conflict("涉及安全的超期项目不能申请不计入，请先完成维护。")
    entry = {"indicator": indicator.value, "subject": subject, "reason": reason.strip()}
    _rewrite(community_id, known, version, [*known.exemptions, entry])
    record(AuditEvent.EXEMPTION_SAVED, known.id, indicator=indicator.value, subject=subject)


def count_again(
    community_id: int, period: str, version: int, indicator: Indicator, subject: str
) -> None:
    """Withdraw an exemption."""
    known = _draft(community_id, period)
    left = [
        entry
        for entry in known.exemptions
        if (entry["indicator"], entry["subject"]) != (indicator.value, subject)
    ]
    _rewrite(community_id, known, version, left)
    record(
        AuditEvent.EXEMPTION_SAVED,
        known.id,
        indicator=indicator.value,
        subject=subject,
        withdrawn=True,
    )


def remark(community_id: int, period: str, version: int, words: str) -> None:
    """What the community wants to say with its figures."""
    known = _draft(community_id, period)
    if not queries.change_draft(community_id, known.id, version, remark=words.strip()):
        raise Conflict
    record(AuditEvent.REPORT_COMPUTED, known.id, step="remark", version=version + 1)


def submit(community: CommunityRef, period: str, version: int, submitted_by: UUID | None) -> UUID:
    """Lock the draft as the next version of the quarter, with its digest."""
    queries.lock_submissions(community.id)
    latest = queries.latest_of(community.id, period)
    check_may_submit(state_of(decisions_of(latest)) if latest is not None else None)
    known = _draft(community.id, period)
    moment = now()
    check_fresh(known.computed_at, moment)
    taken = queries.take_draft(community.id, known.id, version)
    if taken is None:
        raise Conflict
    values = _report_values(community, taken, moment)
    values["version"] = latest.CoverageReport.version + 1 if latest is not None else 1
    values["digest"] = sha256_hex(sealed_bytes(values))
    db.session.execute(
        insert(CoverageReport).values(
            **values, community_id=community.id, submitted_by=submitted_by
        )
    )
    record(AuditEvent.REPORT_SUBMITTED, values["id"], period=period, version=values["version"])
    report_id: UUID = values["id"]
    return report_id


def review(
    report_id: UUID, level: Level, decision: Decision, reason: str, *, reviewer_id: UUID
) -> None:
    """Decide about a version; row security lets only this region's reviewer of this level."""
    found = queries.report(report_id)
    if found is None:
        raise NotFound
    check_decision(level, decisions_of(found), decision, reason)
    report = found.CoverageReport
    latest = queries.latest_of(report.community_id, report.period)
    if latest.CoverageReport.id != report_id:
        raise NotYourTurn
    try:
        db.session.execute(
            insert(CoverageReview).values(
                community_id=report.community_id,
                id=new_id(),
                report_id=report_id,
                region_path=report.region_path,
                level=level,
                reviewer_id=reviewer_id,
                decision=decision,
                reason=reason.strip(),
            )
        )
    except IntegrityError as error:
        raise NotYourTurn from error
    record(
        AuditEvent.REPORT_REVIEWED,
        report_id,
        community_code=report.community_code,
        level=level.value,
        decision=decision.value,
    )
    emit_below(report.community_id, "coverage.reviewed", report_id=report_id, level=level.value)


def latest_state(community_id: int, period: str) -> ReportState | None:
    """The state of the newest version of a quarter."""
    found = queries.latest_of(community_id, period)
    return state_of(decisions_of(found)) if found is not None else None


def decisions_of(row: Any) -> dict[Level, Decision]:
    """The decisions in a row of queries.report and its relatives."""
    return {Level(level): Decision(taken) for level, taken in (row.decisions or {}).items()}


def figures_of(row: CoverageDraft | CoverageReport) -> tuple[Figure, ...]:
    """The stored figures."""
    return tuple(figure_from_json(stored) for stored in row.figures)


def exemptions_of(row: CoverageDraft | None) -> dict[Indicator, dict[str, str]]:
    """The exemptions of a draft by indicator and subject."""
    found: dict[Indicator, dict[str, str]] = {}
    for entry in row.exemptions if row is not None else ():
        found.setdefault(Indicator(entry["indicator"]), {})[entry["subject"]] = entry["reason"]
    return found


def sealed_bytes(values: Any) -> bytes:
    """What the digest is of: the report in one spelling. Anyone can compute it again."""
    moments = {
        name: values[name].isoformat(timespec="microseconds")
        for name in ("computed_at", "submitted_at")
    }
    plain = ("period", "version", "community_code", "community_name", "figures", "remark")
    return canonical_json({**moments, **{name: values[name] for name in plain}})


def _draft(community_id: int, period: str) -> CoverageDraft:
    known = queries.draft(community_id, period)
    if known is None:
        raise NotFound
    return known


def _rewrite(
    community_id: int,
    known: CoverageDraft,
    version: int,
    entries: list[dict[str, Any]] | None = None,
) -> None:
    kept = known.exemptions if entries is None else entries
    exemptions: dict[Indicator, dict[str, str]] = {}
    for entry in kept:
        exemptions.setdefault(Indicator(entry["indicator"]), {})[entry["subject"]] = entry["reason"]
    changed = queries.change_draft(
        community_id,
        known.id,
        version,
        computed_at=now(),
        figures=[figure.as_json() for figure in live_figures(community_id, exemptions)],
        exemptions=kept,
    )
    if not changed:
        raise Conflict


def _report_values(
    community: CommunityRef, taken: CoverageDraft, moment: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "period": taken.period,
        "region_path": community.region_path,
        "community_code": community.code,
        "community_name": community.name,
        "totals": {
            indicator.value: asdict(tally)
            for indicator, tally in totals_of(figures_of(taken)).items()
        },
        "figures": taken.figures,
        "remark": taken.remark,
        "computed_at": taken.computed_at,
        "submitted_at": moment,
    }
