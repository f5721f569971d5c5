"""The facts of a community, read from the rooms below in a fixed number of statements."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.coverage.rules import Committee, Company, Compound, Contract, FacilityFact, Facts
from app.maintenance import queries as maintenance
from app.maintenance.rules import FacilityKind, say_state, upkeep_state
from app.organizations import queries as organizations
from app.organizations.actions import dates_of
from app.organizations.rules import COMMITTEES, OrganizationKind, PartyWork
from app.registry import queries as registry


def facts_of(community_id: int, today: date) -> Facts:
    """Everything the five formulas look at, as of now."""
    listed = [
        row
        for row in organizations.organizations(community_id)
        if row.Organization.closed_on is None or row.Organization.closed_on > today
    ]
    return Facts(
        companies=[
            _company(row.Organization)
            for row in listed
            if row.Organization.kind == OrganizationKind.PROPERTY_COMPANY
        ],
        compounds=[
            Compound(str(row.id), row.name, row.residential)
            for row in registry.compounds(community_id)
        ],
        contracts=[
            Contract(
                str(row.ServiceContract.id),
                str(row.ServiceContract.compound_id),
                row.ServiceContract.company_id is not None,
                dates_of(row.ServiceContract),
            )
            for row in organizations.contracts(community_id)
        ],
        committees=[_committee(row) for row in listed if row.Organization.kind in COMMITTEES],
        facilities=[_facility(row, today) for row in maintenance.facilities(community_id)],
        filing_days=organizations.settings_of(community_id).contract_filing_days,
    )


def _company(row: Any) -> Company:
    return Company(
        str(row.id),
        row.name,
        PartyWork(row.party_work or PartyWork.NONE),
        row.party_member_count,
    )


def _committee(row: Any) -> Committee:
    found = row.Organization
    return Committee(
        id=str(found.id),
        compound_id=str(found.compound_id) if found.compound_id else None,
        kind=OrganizationKind(found.kind),
        filed_on=found.filed_on,
        term_ends=found.term_ends,
        members=row.members,
        party_members=row.party_members,
    )


def _facility(row: Any, today: date) -> FacilityFact:
    found = row.Facility
    kind = FacilityKind(found.kind)
    state = upkeep_state(
        found.next_due_on, found.last_done_on, found.last_evidence_id is not None, today
    )
    return FacilityFact(
        id=str(found.id),
        label=f"{row.compound_name} · {found.name}（{kind.label}）",
        state=state,
        said=say_state(state, found.next_due_on, today),
        safety=kind.safety,
    )
