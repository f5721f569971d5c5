"""Residents say which unit is theirs; the register or a person answers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, update

from app.core.access.roles import OFFICE_ROLES, Role
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload, store_photo
from app.core.notifications.actions import notify
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound
from app.people import queries as people
from app.people.actions.accounts import Place, ensure_membership
from app.registry.models import Owner, UnitClaim
from app.registry.queries import claims, units
from app.registry.rules import ClaimState, Relation
from app.registry.rules.claims import Verdict, check_open, check_reason, judge

PHOTO_KIND = "unit_claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimValues:
    """What a resident says."""

    unit_id: UUID
    relation: Relation
    note: str = ""
    photo: Upload | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Where the notices about a claim lead."""

    resident: str
    office: str


def file_claim(community_id: int, account_id: UUID, values: ClaimValues, links: Links) -> Verdict:
    """Claim a unit: approved at once where the register knows the owner's phone, else it waits."""
    unit = units.unit(community_id, values.unit_id)
    if unit is None:
        raise NotFound
    known = claims.open_claim(community_id, account_id, values.unit_id)
    if known is not None:
        raise Conflict(
            "您已经认领过这套房屋了。"
            if known.state == ClaimState.APPROVED
            else "您已经提交过这套房屋，社区正在核对，请等待通知。"
        )
    account = people.account(account_id)
    owners = claims.registered_owners(community_id, values.unit_id)
    verdict = judge(values.relation, account_id, account.phone, owners)
    claim = UnitClaim(
        community_id=community_id,
        id=new_id(),
        account_id=account_id,
        unit_id=values.unit_id,
        owner_id=verdict.owner_id,
        relation=values.relation,
        state=verdict.state,
        note=values.note.strip(),
        matched=verdict.matched,
        decided_at=func.now() if verdict.matched else None,
    )
    db.session.add(claim)
    db.session.flush()
    if values.photo is not None:
        store_photo(
            community_id,
            values.photo,
            subject_kind=PHOTO_KIND,
            subject_id=claim.id,
            uploaded_by=account_id,
        )
    record(AuditEvent.CLAIM_MATCHED if verdict.matched else AuditEvent.CLAIM_FILED, claim.id)
    if verdict.matched:
        _settle_in(community_id, account_id, verdict.owner_id)
    else:
        notify(
            community_id,
            people.accounts_with_roles(community_id, OFFICE_ROLES),
            title="有居民认领房屋，等待核对",
            body=f"{unit.label}，请核对后处理。",
            url=links.office,
            once_key=f"claim:{claim.id}:filed",
        )
    return verdict


def approve(
    community_id: int,
    claim_id: UUID,
    *,
    decided_by: UUID,
    owner_id: UUID | None,
    links: Links,
) -> None:
    """Approve a claim. For an owner, `owner_id` says who of the register it is."""
    claim = _open(community_id, claim_id)
    if claim.relation == Relation.OWNER:
        known = {owner.owner_id for owner in claims.registered_owners(community_id, claim.unit_id)}
        if owner_id not in known:
            raise Invalid(
                "请选择申请人是名册里的哪一位业主；名册里没有的，请先在房屋页登记业主。",
                errors={"owner_id": "请选择名册里的业主。"},
            )
    claim.owner_id = owner_id if claim.relation == Relation.OWNER else None
    _decide(claim, ClaimState.APPROVED, decided_by, None)
    record(AuditEvent.CLAIM_APPROVED, claim_id)
    _settle_in(community_id, claim.account_id, claim.owner_id, granted_by=decided_by)
    _tell(claim, "房屋认领已通过", "社区已核对通过，现在可以参加投票、签公约了。", links)


def refuse(
    community_id: int, claim_id: UUID, *, decided_by: UUID, reason: str | None, links: Links
) -> None:
    """Refuse a claim with a reason the resident reads."""
    claim = _open(community_id, claim_id)
    plain = check_reason(reason)
    _decide(claim, ClaimState.REFUSED, decided_by, plain)
    record(AuditEvent.CLAIM_REFUSED, claim_id)
    _tell(claim, "房屋认领未通过", f"原因：{plain} 可以补充材料后重新提交。", links)


def _open(community_id: int, claim_id: UUID) -> UnitClaim:
    claim = claims.locked_claim(community_id, claim_id)
    if claim is None:
        raise NotFound
    check_open(claim.state)
    return claim


def _decide(claim: UnitClaim, state: ClaimState, decided_by: UUID, reason: str | None) -> None:
    claim.state = state
    claim.decided_by = decided_by
    claim.decided_at = func.now()
    claim.reason = reason
    db.session.flush()


def _settle_in(
    community_id: int,
    account_id: UUID,
    owner_id: UUID | None,
    granted_by: UUID | None = None,
) -> None:
    if owner_id is not None:
        db.session.execute(
            update(Owner)
            .where(
                Owner.community_id == community_id,
                Owner.id == owner_id,
                Owner.account_id.is_(None),
            )
            .values(account_id=account_id)
        )
    ensure_membership(
        account_id, Role.RESIDENT, Place(community_id=community_id), granted_by=granted_by
    )


def _tell(claim: UnitClaim, title: str, body: str, links: Links) -> None:
    notify(
        claim.community_id,
        [claim.account_id],
        title=title,
        body=body,
        url=links.resident,
        once_key=f"claim:{claim.id}:{claim.state}",
    )
