"""Service contracts: all of a community, entering, correcting, filing, ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import attempt
from app.kit.clock import civil_date, now
from app.kit.refusal import NotFound
from app.organizations import actions, queries
from app.organizations.forms import ContractForm, DayForm, chosen_id, offer, version_of
from app.organizations.models import ServiceContract
from app.organizations.permissions import KEEP_ORGANIZATIONS, SEE_ORGANIZATIONS
from app.organizations.rules import OrganizationKind, ServiceMode, contract_notes
from app.organizations.views.organizations import contract_rows, may_keep
from app.organizations.views.room import blueprint
from app.registry.queries import compounds

ROOT = "/c/<community>/organizations/contracts/"


@blueprint.get(ROOT)
@requires(SEE_ORGANIZATIONS)
def contracts() -> ResponseReturnValue:
    """All contracts; compounds without one are named."""
    rows = contract_rows(here().community.id)
    today = civil_date(now())
    served = {
        row["row"].compound_id for row in rows if actions.dates_of(row["row"]).in_force(today)
    }
    return render_template(
        "organizations/contracts.html",
        contracts=rows,
        without=[row for row in compounds(here().community.id) if row.id not in served],
        kinds=list(OrganizationKind),
        counts=queries.kind_counts(here().community.id),
        may_keep=may_keep(),
    )


@blueprint.route(f"{ROOT}new", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def sign() -> ResponseReturnValue:
    """Enter a contract."""
    form: Any = ContractForm()
    _offer(form)
    if not form.is_submitted():
        form.company_id.data = request.args.get("company", "")
        form.compound_id.data = request.args.get("compound", "")
        form.mode.data = ServiceMode.PROFESSIONAL.value
    tried = attempt(form, lambda: actions.sign_contract(here().community.id, _draft(form)))
    if tried.result:
        flash("已登记合同。签订后请按期办理备案。", "done")
        return redirect(_page(tried.result))
    page = render_template(
        "organizations/contract_form.html", form=form, contract=None, changed_meanwhile=False
    )
    return page, tried.status


@blueprint.get(f"{ROOT}<uuid:contract_id>")
@requires(SEE_ORGANIZATIONS)
def contract(contract_id: UUID) -> ResponseReturnValue:
    """One contract."""
    known = _contract(contract_id)
    rows = contract_rows(here().community.id, compound_id=known.compound_id)
    return render_template(
        "organizations/contract.html",
        contract=next(row for row in rows if row["row"].id == contract_id),
        contracts=[row for row in rows if row["row"].id != contract_id],
        may_keep=may_keep(),
    )


@blueprint.route(f"{ROOT}<uuid:contract_id>/edit", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def correct(contract_id: UUID) -> ResponseReturnValue:
    """Correct a contract."""
    known = _contract(contract_id)
    form: Any = ContractForm(obj=known)
    _offer(form)
    tried = attempt(
        form,
        lambda: actions.change_contract(
            here().community.id, contract_id, version_of(form), _draft(form)
        ),
    )
    if tried.done:
        flash("已保存。", "done")
        return redirect(_page(contract_id))
    if tried.refusal:
        known = _contract(contract_id)
    page = render_template(
        "organizations/contract_form.html",
        form=form,
        contract=known,
        changed_meanwhile=form.is_submitted() and version_of(form) != known.version,
    )
    return page, tried.status


@blueprint.route(f"{ROOT}<uuid:contract_id>/file", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def file(contract_id: UUID) -> ResponseReturnValue:
    """The contract was filed (备案)."""
    return _day_page(contract_id, actions.file_contract, "合同是哪一天备案的？", "登记备案")


@blueprint.route(f"{ROOT}<uuid:contract_id>/end", methods=["GET", "POST"])
@requires(KEEP_ORGANIZATIONS)
def end(contract_id: UUID) -> ResponseReturnValue:
    """The contract ends before its time."""
    return _day_page(contract_id, actions.end_contract, "合同哪一天终止？", "登记终止")


def _day_page(
    contract_id: UUID,
    act: Callable[[int, UUID, int, date], None],
    heading: str,
    label: str,
) -> ResponseReturnValue:
    known = _contract(contract_id)
    form: Any = DayForm(obj=known)
    if not form.is_submitted():
        form.on.data = civil_date(now())
    tried = attempt(
        form, lambda: act(here().community.id, contract_id, version_of(form), form.on.data)
    )
    if tried.done:
        flash("已登记。", "done")
        return redirect(_page(contract_id))
    page = render_template(
        "organizations/day.html",
        form=form,
        heading=heading,
        lead=_notes_sentence(_contract(contract_id)),
        label=label,
        back=_page(contract_id),
    )
    return page, tried.status


def _notes_sentence(known: ServiceContract) -> str:
    days = queries.settings_of(here().community.id).contract_filing_days
    notes = contract_notes(actions.dates_of(known), days, civil_date(now()))
    return "现在的状态：" + "；".join(note.text for note in notes) + "。"


def _contract(contract_id: UUID) -> ServiceContract:
    known = queries.contract(here().community.id, contract_id)
    if known is None:
        raise NotFound
    return known


def _offer(form: Any) -> None:
    community_id = here().community.id
    companies = queries.organizations(community_id, OrganizationKind.PROPERTY_COMPANY)
    offer(form.compound_id, compounds(community_id), "请选择")
    offer(form.company_id, [row.Organization for row in companies], "没有物业企业")


def _draft(form: Any) -> actions.ContractDraft:
    compound_id = chosen_id(form.compound_id)
    if compound_id is None:
        raise NotFound
    return actions.ContractDraft(
        compound_id=compound_id,
        company_id=chosen_id(form.company_id),
        mode=ServiceMode(form.mode.data),
        signed_on=form.signed_on.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
    )


def _page(contract_id: UUID) -> str:
    return url_for(
        "organizations.contract", community=here().community.code, contract_id=contract_id
    )
