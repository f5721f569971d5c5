"""Organizations by kind, one organization, entering and correcting it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import attempt
from app.kit.clock import civil_date, in_beijing, now
from app.kit.refusal import NotFound
from app.organizations import actions, queries
from app.organizations.forms import OrganizationForm, chosen_id, offer, version_of
from app.organizations.models import Organization
from app.organizations.permissions import KEEP_ORGANIZATIONS, SEE_ORGANIZATIONS
from app.organizations.rules import (
    COMPOUND_COMMITTEES,
    PARTY_WORK_TITLES,
    SERVICE_MODE_TITLES,
    Note,
    OrganizationKind,
    PartyWork,
    ServiceMode,
    committee_filing_note,
    contract_notes,
    is_committee,
    size_is_lawful,
    term_note,
)
from app.organizations.views.room import blueprint
from app.registry.queries import compounds

ROOT = "/c/<community>/organizations/"


@blueprint.get(ROOT)
@requires(SEE_ORGANIZATIONS)
def index() -> ResponseReturnValue:
    """All organizations, or those of one kind."""
    kind = _kind(request.args.get("kind"))
    community, today = here().community, civil_date(now())
    days = queries.settings_of(community.id).assembly_filing_days
    rows = [
        {"row": row.Organization, "compound": row.compound_name, "members": row.members,
         "notes": notes_of(row.Organization, today, days)}
        for row in queries.organizations(community.id, kind)
    ]  # fmt: skip
    counts = queries.kind_counts(community.id)
    return render_template(
        "organizations/index.html",
        rows=rows,
        kind=kind,
        kinds=list(OrganizationKind),
        titles={kind.value: kind.label for kind in OrganizationKind},
        counts=counts,
        may_keep=may_keep(),
    )


@blueprint.route(f"{ROOT}new", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def found() -> ResponseReturnValue:
    """Enter an organization."""
    kind = _kind(request.args.get("kind")) or OrganizationKind.PROPERTY_COMPANY
    form = _form_of(kind)
    tried = attempt(
        form, lambda: actions.found_organization(here().community.id, kind, _draft(form))
    )
    if tried.result:
        flash(f"已登记{kind.label}。", "done")
        return redirect(_page(tried.result))
    return _form_page(form, kind, None), tried.status


@blueprint.get(f"{ROOT}<uuid:organization_id>")
@requires(SEE_ORGANIZATIONS)
def show(organization_id: UUID) -> ResponseReturnValue:
    """One organization with its members and contracts."""
    community, today = here().community, civil_date(now())
    found_row = _organization(organization_id)
    members = queries.members(community.id, organization_id)
    present = [member for member in members if member.relieved_at is None]
    seated = [member for member in present if not member.alternate]
    kind = OrganizationKind(found_row.kind)
    households = None
    if kind in COMPOUND_COMMITTEES and found_row.compound_id is not None:
        households = queries.households(community.id, found_row.compound_id)
    return render_template(
        "organizations/show.html",
        organization=found_row,
        kind=kind,
        compound=_compound_name(found_row.compound_id),
        notes=notes_of(found_row, today, queries.settings_of(community.id).assembly_filing_days)
        + _size_notes(found_row, len(seated), households),
        households=households,
        seated=[(member, term_note(member.term_ends, today)) for member in seated],
        alternates=[member for member in present if member.alternate],
        former=[
            (member, in_beijing(member.relieved_at).date())
            for member in members
            if member.relieved_at is not None
        ],
        contracts=contract_rows(community.id, company_id=organization_id)
        if kind is OrganizationKind.PROPERTY_COMPANY
        else [],
        party_work=PARTY_WORK_TITLES.get(PartyWork(found_row.party_work or PartyWork.NONE)),
        committee=is_committee(kind),
        may_keep=may_keep(),
    )


@blueprint.route(f"{ROOT}<uuid:organization_id>/edit", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def edit(organization_id: UUID) -> ResponseReturnValue:
    """Correct an organization."""
    known = _organization(organization_id)
    kind = OrganizationKind(known.kind)
    form = _form_of(kind, known)
    tried = attempt(
        form,
        lambda: actions.change_organization(
            here().community.id, organization_id, version_of(form), _draft(form)
        ),
    )
    if tried.done:
        flash("已保存。", "done")
        return redirect(_page(organization_id))
    if tried.refusal:
        known = _organization(organization_id)
    return _form_page(form, kind, known), tried.status


def notes_of(organization: Organization, today: Any, filing_days: int) -> list[Note]:
    """The tags of an organization; a committee is filed within so many days of its election."""
    kind = OrganizationKind(organization.kind)
    if organization.closed_on is not None and organization.closed_on <= today:
        return [Note("quiet", "已撤销")]
    notes = []
    if is_committee(kind):
        notes.append(
            committee_filing_note(
                organization.filed_on, organization.term_starts, filing_days, today
            )
        )
        ending = term_note(organization.term_ends, today)
        notes.extend([ending] if ending else [])
    if kind is OrganizationKind.PROPERTY_COMPANY and organization.party_work in {None, "none"}:
        notes.append(Note("due", "党的工作未覆盖"))
    return notes


def contract_rows(community_id: int, **chosen: UUID | None) -> list[dict[str, Any]]:
    """Contracts as pages show them."""
    today = civil_date(now())
    filing_days = queries.settings_of(community_id).contract_filing_days
    return [
        {
            "row": row.ServiceContract,
            "compound": row.compound_name,
            "company": row.company_name,
            "mode": SERVICE_MODE_TITLES[ServiceMode(row.ServiceContract.mode)],
            "notes": contract_notes(actions.dates_of(row.ServiceContract), filing_days, today),
        }
        for row in queries.contracts(community_id, **chosen)
    ]


def may_keep() -> bool:
    """Whether the actor may change organizations here."""
    return bool(KEEP_ORGANIZATIONS.grants(here().signed_in, here().community, None))


def _kind(name: str | None) -> OrganizationKind | None:
    return OrganizationKind(name) if name in set(OrganizationKind) else None


def _organization(organization_id: UUID) -> Organization:
    known = queries.organization(here().community.id, organization_id)
    if known is None:
        raise NotFound
    return known


def _compound_name(compound_id: UUID | None) -> str | None:
    if compound_id is None:
        return None
    return next((row.name for row in compounds(here().community.id) if row.id == compound_id), None)


def _size_notes(organization: Organization, seated: int, households: int | None) -> list[Note]:
    if households is None or organization.filed_on is None or size_is_lawful(seated, households):
        return []
    return [Note("late", f"现有委员 {seated} 人，不合规定")]


def _form_of(kind: OrganizationKind, known: Organization | None = None) -> Any:
    form: Any = OrganizationForm(obj=known)
    if kind not in COMPOUND_COMMITTEES:
        del form.compound_id
    if kind is not OrganizationKind.PROPERTY_COMPANY:
        del form.party_work, form.party_member_count
    elif not form.is_submitted() and form.party_work.data is None:
        form.party_work.data = PartyWork.NONE.value
    if not is_committee(kind):
        del form.term_starts, form.term_ends, form.filed_on
    if known is None:
        del form.closed_on
    _offer_compounds(form)
    return form


def _offer_compounds(form: Any) -> None:
    if "compound_id" in form:
        offer(form.compound_id, compounds(here().community.id), "请选择")


def _draft(form: Any) -> actions.OrganizationDraft:
    def value(name: str) -> Any:
        return form[name].data if name in form else None

    work = value("party_work")
    return actions.OrganizationDraft(
        name=form.name.data,
        credit_code=form.credit_code.data,
        compound_id=chosen_id(form.compound_id) if "compound_id" in form else None,
        party_work=PartyWork(work) if work else None,
        party_member_count=value("party_member_count") or 0,
        filed_on=value("filed_on"),
        term_starts=value("term_starts"),
        term_ends=value("term_ends"),
        closed_on=value("closed_on"),
    )


def _form_page(form: Any, kind: OrganizationKind, known: Organization | None) -> str:
    changed = known is not None and form.is_submitted() and version_of(form) != known.version
    return render_template(
        "organizations/form.html",
        form=form,
        kind=kind,
        organization=known,
        changed_meanwhile=changed,
        compound=_compound_name(known.compound_id) if changed and known else None,
    )


def _page(organization_id: UUID) -> str:
    return url_for(
        "organizations.show", community=here().community.code, organization_id=organization_id
    )
