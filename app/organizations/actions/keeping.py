"""Keeping organizations, their members and contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.clock import civil_date, now, start_of_day
from app.kit.identity import CreditCodeUnreadable, normalize_credit_code
from app.kit.ids import new_id
from app.kit.pinyin import pinyin_key
from app.kit.refusal import Conflict, Invalid, NotFound
from app.organizations import queries
from app.organizations.models import Organization, OrganizationMember, ServiceContract
from app.organizations.rules import (
    COMPOUND_COMMITTEES,
    ContractDates,
    OrganizationKind,
    PartyWork,
    ServiceMode,
    check_contract,
    check_ended_on,
    check_filed_on,
    check_seat_free,
    check_size_for_filing,
    check_term,
    is_committee,
)


@dataclass(frozen=True, slots=True)
class OrganizationDraft:
    """What the form says of an organization."""

    name: str
    credit_code: str | None = None
    compound_id: UUID | None = None
    party_work: PartyWork | None = None
    party_member_count: int = 0
    filed_on: date | None = None
    term_starts: date | None = None
    term_ends: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """What the form says of a member."""

    name: str
    post: str
    party_member: bool = False
    term_starts: date | None = None
    term_ends: date | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """What the form says of a contract."""

    compound_id: UUID
    company_id: UUID | None
    mode: ServiceMode
    signed_on: date
    starts_on: date
    ends_on: date | None = None


def found_organization(community_id: int, kind: OrganizationKind, draft: OrganizationDraft) -> UUID:
    """Enter a new organization and return its id."""
    values = _organization_values(kind, draft)
    if draft.filed_on is not None:
        _check_filing(community_id, kind, draft.compound_id, seated=0)
    row = Organization(community_id=community_id, id=new_id(), kind=kind, **values)
    db.session.add(row)
    _flush("name", "同类组织里已经有这个名称，请核对。")
    record(AuditEvent.ORGANIZATION_SAVED, row.id, kind=kind.value, new=True)
    return row.id


def change_organization(
    community_id: int, organization_id: UUID, version: int, draft: OrganizationDraft
) -> None:
    """Correct an organization; `version` is the one the person looked at."""
    known = queries.hold_organization(community_id, organization_id)
    if known is None:
        raise NotFound
    kind = OrganizationKind(known.kind)
    values = _organization_values(kind, draft)
    if draft.filed_on is not None and known.filed_on is None:
        seated = queries.seated_count(community_id, organization_id)
        _check_filing(community_id, kind, draft.compound_id, seated=seated)
    try:
        changed = queries.change_organization(community_id, organization_id, version, **values)
    except IntegrityError as error:
        raise Invalid(errors={"name": "同类组织里已经有这个名称，请核对。"}) from error
    if not changed:
        raise Conflict
    record(AuditEvent.ORGANIZATION_SAVED, organization_id, kind=kind.value, version=version + 1)


def seat_member(community_id: int, organization_id: UUID, draft: MemberDraft) -> UUID:
    """Seat a person; the organization is held, so that two clerks cannot overfill it."""
    known = queries.hold_organization(community_id, organization_id)
    if known is None:
        raise NotFound
    kind = OrganizationKind(known.kind)
    check_seat_free(kind, queries.seated_count(community_id, organization_id))
    if is_committee(kind):
        check_term(draft.term_starts, draft.term_ends)
    elif draft.term_starts and draft.term_ends and draft.term_ends <= draft.term_starts:
        raise Invalid(errors={"term_ends": "任期结束的日期要晚于开始的日期。"})
    row = OrganizationMember(
        community_id=community_id,
        id=new_id(),
        organization_id=organization_id,
        account_id=draft.account_id,
        name=draft.name,
        post=draft.post,
        party_member=draft.party_member,
        term_starts=draft.term_starts,
        term_ends=draft.term_ends,
    )
    db.session.add(row)
    db.session.flush()
    record(AuditEvent.MEMBER_SEATED, row.id, organization_id=str(organization_id))
    return row.id


def relieve_member(community_id: int, member_id: UUID, version: int, on: date) -> None:
    """A member leaves the post (离任) on this day; the row stays."""
    known = queries.member(community_id, member_id)
    if known is None or known.relieved_at is not None:
        raise NotFound
    if on > civil_date(now()):
        raise Invalid(errors={"on": "离任日期不能晚于今天。"})
    if known.term_starts is not None and on < known.term_starts:
        raise Invalid(errors={"on": "离任日期不能早于任职日期。"})
    if not queries.change_member(community_id, member_id, version, relieved_at=start_of_day(on)):
        raise Conflict
    record(AuditEvent.MEMBER_RELIEVED, member_id, organization_id=str(known.organization_id))


def sign_contract(community_id: int, draft: ContractDraft) -> UUID:
    """Enter a service contract and return its id."""
    check_contract(draft.mode, draft.company_id is not None, _dates(draft))
    row = ServiceContract(
        community_id=community_id, id=new_id(), **_contract_values(community_id, draft)
    )
    db.session.add(row)
    db.session.flush()
    record(AuditEvent.CONTRACT_SAVED, row.id, step="signed")
    return row.id


def change_contract(
    community_id: int, contract_id: UUID, version: int, draft: ContractDraft
) -> None:
    """Correct a contract; `version` is the one the person looked at."""
    _contract(community_id, contract_id)
    check_contract(draft.mode, draft.company_id is not None, _dates(draft))
    values = _contract_values(community_id, draft)
    if not queries.change_contract(community_id, contract_id, version, **values):
        raise Conflict
    record(AuditEvent.CONTRACT_SAVED, contract_id, step="corrected", version=version + 1)


def file_contract(community_id: int, contract_id: UUID, version: int, on: date) -> None:
    """Note that the contract was filed (备案) on this day."""
    dates = dates_of(_contract(community_id, contract_id))
    check_filed_on(dates, on, civil_date(now()))
    if not queries.change_contract(community_id, contract_id, version, filed_on=on):
        raise Conflict
    record(AuditEvent.CONTRACT_SAVED, contract_id, step="filed", on=on.isoformat())


def end_contract(community_id: int, contract_id: UUID, version: int, on: date) -> None:
    """Note that the contract ends before its time."""
    dates = dates_of(_contract(community_id, contract_id))
    check_ended_on(dates, on)
    if not queries.change_contract(community_id, contract_id, version, ended_on=on):
        raise Conflict
    record(AuditEvent.CONTRACT_SAVED, contract_id, step="ended", on=on.isoformat())


def dates_of(contract: ServiceContract) -> ContractDates:
    """The days of a stored contract."""
    return ContractDates(
        signed_on=contract.signed_on,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        filed_on=contract.filed_on,
        ended_on=contract.ended_on,
    )


def _organization_values(kind: OrganizationKind, draft: OrganizationDraft) -> dict[str, object]:
    in_compound = kind in COMPOUND_COMMITTEES
    if in_compound and draft.compound_id is None:
        raise Invalid(errors={"compound_id": "请选择这个委员会所在的小区。"})
    if is_committee(kind):
        check_term(draft.term_starts, draft.term_ends)
    company = kind is OrganizationKind.PROPERTY_COMPANY
    return {
        "name": draft.name,
        "pinyin": pinyin_key(draft.name),
        "credit_code": _credit_code(draft.credit_code),
        "compound_id": draft.compound_id if in_compound else None,
        "party_work": draft.party_work if company else None,
        "party_member_count": draft.party_member_count,
        "filed_on": draft.filed_on,
        "term_starts": draft.term_starts if is_committee(kind) else None,
        "term_ends": draft.term_ends if is_committee(kind) else None,
        "closed_on": draft.closed_on,
    }


def _credit_code(typed: str | None) -> str | None:
    if not typed or not typed.strip():
        return None
    try:
        return normalize_credit_code(typed)
    except CreditCodeUnreadable as unreadable:
        raise Invalid(errors={"credit_code": unreadable.sentence}) from unreadable


def _check_filing(
    community_id: int, kind: OrganizationKind, compound_id: UUID | None, *, seated: int
) -> None:
    if compound_id is not None:
        check_size_for_filing(kind, seated, queries.households(community_id, compound_id))


def _contract(community_id: int, contract_id: UUID) -> ServiceContract:
    known = queries.contract(community_id, contract_id)
    if known is None:
        raise NotFound
    if known.ended_on is not None:
        raise Conflict("这份合同已经终止，不能再改。")
    return known


def _contract_values(community_id: int, draft: ContractDraft) -> dict[str, object]:
    if draft.company_id is not None:
        company = queries.organization(community_id, draft.company_id)
        if company is None or company.kind != OrganizationKind.PROPERTY_COMPANY:
            raise Invalid(errors={"company_id": "请选择物业企业。"})
    return {
        "compound_id": draft.compound_id,
        "company_id": draft.company_id,
        "mode": draft.mode,
        "signed_on": draft.signed_on,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
    }


def _dates(draft: ContractDraft) -> ContractDates:
    return ContractDates(draft.signed_on, draft.starts_on, draft.ends_on, None, None)


def _flush(field: str, sentence: str) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid(errors={field: sentence}) from error
