"""The community's pages: figures of now, their rows, submitted reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.coverage import actions, queries
from app.coverage.permissions import PREPARE_REPORT, SEE_COVERAGE
from app.coverage.rules import Figure, Indicator, Item, ReportState, quarter_of, say_quarter
from app.coverage.rules.formulas import UNSERVED, WITHOUT_COMMITTEE
from app.coverage.views.presenting import cards_of, report_row, steps_of
from app.coverage.views.room import blueprint
from app.kit.clock import civil_date, now
from app.kit.refusal import NotFound
from app.organizations.rules import OrganizationKind

ROOT = "/c/<community>/coverage/"


@blueprint.get(ROOT)
@requires(SEE_COVERAGE)
def index() -> ResponseReturnValue:
    """The five figures as of now, and where the quarter's report stands."""
    community, quarter = here().community, this_quarter()
    draft = queries.draft(community.id, quarter)
    figures = actions.live_figures(community.id, actions.exemptions_of(draft))
    history = [report_row(row) for row in queries.reports_of(community.id)]
    latest = next((row for row in history if row["report"].period == quarter), None)
    state: ReportState | None = latest["state"] if latest else None
    return render_template(
        "coverage/index.html",
        cards=cards_of(figures, _rows_url),
        quarter=say_quarter(quarter),
        draft=draft,
        latest=latest,
        may_begin=draft is None and (state is None or state.may_be_replaced),
        may_prepare=may_prepare(),
        history=history,
    )


@blueprint.get(f"{ROOT}indicators/<name>")
@requires(SEE_COVERAGE)
def indicator(name: str) -> ResponseReturnValue:
    """The rows behind one figure; each leads to the page where it can be put right."""
    chosen = indicator_named(name)
    draft = queries.draft(here().community.id, this_quarter())
    figures = actions.live_figures(here().community.id, actions.exemptions_of(draft))
    figure = next(item for item in figures if item.indicator is chosen)
    return render_template(
        "coverage/indicator.html",
        figure=figure,
        missing=[(item, page_of(item)) for item in figure.missing],
        exempt=[(item, _own_exemption(draft, chosen, item)) for item in figure.exempt],
        draft=draft,
        may_prepare=may_prepare(),
        others=list(Indicator),
    )


@blueprint.get(f"{ROOT}reports/<uuid:report_id>")
@requires(SEE_COVERAGE)
def report(report_id: UUID) -> ResponseReturnValue:
    """One submitted version."""
    row = _report(report_id)
    return render_template(
        "coverage/report.html",
        **report_row(row),
        steps=steps_of(row, queries.reviews_of(report_id)),
        page_of=page_of,
    )


@blueprint.get(f"{ROOT}reports/<uuid:report_id>/print")
@requires(SEE_COVERAGE)
def printed(report_id: UUID) -> ResponseReturnValue:
    """One submitted version on paper."""
    row = _report(report_id)
    return render_template(
        "coverage/report_print.html",
        **report_row(row),
        steps=steps_of(row, queries.reviews_of(report_id)),
    )


@blueprint.get(f"{ROOT}reports/<uuid:report_id>/sealed.json")
@requires(SEE_COVERAGE)
def sealed(report_id: UUID) -> ResponseReturnValue:
    """Exactly the bytes the digest is of."""
    return sealed_file(_report(report_id).CoverageReport)


def sealed_file(report_row: Any) -> Response:
    """A report as it was sealed, to be checked with any SHA-256 tool."""
    response = Response(actions.sealed_bytes(vars(report_row)), mimetype="application/json")
    name = f"coverage-{report_row.community_code}-{report_row.period}-{report_row.version}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def this_quarter() -> str:
    """The quarter of today."""
    return quarter_of(civil_date(now()))


def indicator_named(name: str) -> Indicator:
    """The indicator of the URL."""
    if name not in set(Indicator):
        raise NotFound
    return Indicator(name)


def may_prepare() -> bool:
    """Whether the actor may prepare reports here."""
    return bool(PREPARE_REPORT.grants(here().signed_in, here().community, None))


def page_of(item: Item) -> str:
    """The page of this community where an item can be put right."""
    code = here().community.code
    if item.kind == "facility":
        return url_for("maintenance.show", community=code, facility_id=item.id)
    if item.kind == "organization":
        return url_for("organizations.show", community=code, organization_id=item.id)
    if item.kind == "contract":
        return url_for("organizations.contract", community=code, contract_id=item.id)
    if item.kind == WITHOUT_COMMITTEE:
        kind = OrganizationKind.OWNERS_COMMITTEE.value
        return url_for("organizations.index", community=code, kind=kind)
    if item.kind == UNSERVED:
        return url_for("organizations.contracts", community=code)
    return url_for("registry.compound", community=code, compound_id=item.id)


def _rows_url(figure: Figure) -> str:
    return url_for(
        "coverage.indicator", community=here().community.code, name=figure.indicator.value
    )


def _own_exemption(draft: Any, chosen: Indicator, item: Item) -> bool:
    """Exempt by the community's choice, rather than because nothing is due yet."""
    return item.id in actions.exemptions_of(draft).get(chosen, {})


def _report(report_id: UUID) -> Any:
    row = queries.report(report_id, here().community.id)
    if row is None:
        raise NotFound
    return row
