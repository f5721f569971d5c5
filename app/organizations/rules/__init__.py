"""What an organization is, and what the law asks of committees, terms and contracts."""

from app.organizations.rules.committees import (
    check_seat_free,
    check_size_for_filing,
    check_term,
    is_committee,
    size_is_lawful,
    term_note,
)
from app.organizations.rules.contracts import (
    ContractDates,
    check_contract,
    check_ended_on,
    check_filed_on,
    contract_notes,
    filing_due,
    filing_overdue,
)
from app.organizations.rules.kinds import (
    COMMITTEES,
    COMPOUND_COMMITTEES,
    PARTY_WORK_TITLES,
    SERVICE_MODE_TITLES,
    OrganizationKind,
    PartyWork,
    ServiceMode,
)
from app.organizations.rules.notes import Note

__all__ = [
    "COMMITTEES",
    "COMPOUND_COMMITTEES",
    "PARTY_WORK_TITLES",
    "SERVICE_MODE_TITLES",
    "ContractDates",
    "Note",
    "OrganizationKind",
    "PartyWork",
    "ServiceMode",
    "check_contract",
    "check_ended_on",
    "check_filed_on",
    "check_seat_free",
    "check_size_for_filing",
    "check_term",
    "contract_notes",
    "filing_due",
    "filing_overdue",
    "is_committee",
    "size_is_lawful",
    "term_note",
]
