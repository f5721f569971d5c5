"""Authorities signed by hand: the office records what an owner signed on paper (民法典 165).

The same rules as for one signed with an account. The scan stays beside it; the owners of the voter
and the proxy are told and can see it, so that nobody's authority is made up.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.files.actions import Upload
from app.kit.clock import civil_date
from app.kit.ids import new_id
from app.kit.refusal import Invalid, NotFound
from app.voting.actions.proxies import check_facts, end_by_revoking, write_authority
from app.voting.actions.scans import keep_scan
from app.voting.models import Assembly
from app.voting.queries import assemblies, hand_signed, proxies
from app.voting.rules import (
    ProxyMedium,
    Signing,
    authority_document,
    check_hand_signed,
    check_recorder,
)

FORM = "proxy_form"
"""The kind of a file that is the scan of an authority signed by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandSigned:
    """What stands on the paper, and its scan. `phone` is normalized."""

    unit_id: UUID
    principal_id: UUID
    name: str
    phone: str
    medium: ProxyMedium
    signed_on: date
    matters: Collection[UUID]
    scan: Upload | None


def record_authority(assembly: Assembly, signed: HandSigned, limit: int, *, by: UUID) -> UUID:
    """Record an authority that was signed on paper."""
    voter = hand_signed.voter_of_unit(assembly.community_id, assembly.id, signed.unit_id)
    if voter is None:
        raise NotFound
    place = {
        "community_id": assembly.community_id,
        "assembly_id": assembly.id,
        "voter_id": voter.voter_id,
        "account_id": by,
    }
    proxies.hold_naming(assembly.id, signed.phone)
    facts = proxies.naming_by_hand(place, signed.principal_id, signed.phone)
    if facts is None:
        raise Invalid(errors={"principal": "请选择在委托书上签名的业主。"})
    check_facts(facts, signed.medium, signed.name, limit)
    check_recorder(is_proxy=facts.proxy_account_id == by)
    matters = assemblies.matters_of(assembly.community_id, assembly.id)
    named = [matter for matter in matters if matter.id in signed.matters]
    check_hand_signed(
        signed_on=signed.signed_on,
        noticed_on=civil_date(facts.notice_at),
        today=civil_date(facts.now),
        named=len(named),
        matters=len(matters),
        medium=signed.medium,
    )
    if signed.scan is None:
        raise Invalid(errors={"scan": "请附上委托书的照片或扫描件。"})
    authority_id = new_id()
    scan_id = keep_scan(
        assembly.community_id, signed.scan, subject_kind=FORM, subject_id=authority_id, by=by
    )
    document = authority_document(
        assembly_id=str(assembly.id),
        title=facts.title,
        principal=facts.principal_name,
        label=facts.label,
        area_centi=facts.area_centi,
        proxy=signed.name,
        proxy_phone=signed.phone,
        matters=[{"id": str(matter.id), "title": matter.title} for matter in named],
        signing=Signing.HAND,
        signed_on=signed.signed_on,
    )
    values = {
        "id": authority_id,
        "medium": signed.medium,
        "proxy_name": signed.name,
        "proxy_phone": signed.phone,
        "signed_on": signed.signed_on,
        "scan_id": scan_id,
    }
    return write_authority(place, facts, document, values)


def record_revocation(assembly: Assembly, authority_id: UUID, reason: str, *, by: UUID) -> None:
    """Record that an authority was taken back on paper; where that paper lies must be said."""
    found = hand_signed.hand_signed_one(assembly.community_id, assembly.id, authority_id)
    if found is None:
        raise NotFound
    if not reason.strip():
        sentence = "请写明撤销的书面材料存放在哪里，例如：社区档案 2026-17 号。"
        raise Invalid(sentence, errors={"reason": sentence})
    end_by_revoking(assembly.community_id, assembly.id, found, by=by, reason=reason.strip())
