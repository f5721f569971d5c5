"""What is done with organizations: keeping them, and what an election or the calendar asks."""

from app.organizations.actions.elections import (
    ElectedCommittee,
    ElectedMember,
    file_elected,
    name_post,
    seat_alternate,
    seat_elected,
)
from app.organizations.actions.keeping import (
    ContractDraft,
    MemberDraft,
    OrganizationDraft,
    change_contract,
    change_organization,
    dates_of,
    end_contract,
    file_contract,
    found_organization,
    relieve_member,
    seat_member,
    sign_contract,
)
from app.organizations.actions.terms import warn_of_end

__all__ = [
    "ContractDraft",
    "ElectedCommittee",
    "ElectedMember",
    "MemberDraft",
    "OrganizationDraft",
    "change_contract",
    "change_organization",
    "dates_of",
    "end_contract",
    "file_contract",
    "file_elected",
    "found_organization",
    "name_post",
    "relieve_member",
    "seat_alternate",
    "seat_elected",
    "seat_member",
    "sign_contract",
    "warn_of_end",
]
