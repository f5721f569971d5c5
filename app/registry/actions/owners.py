"""Keeping owners and their identity numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.kit.pinyin import pinyin_key
from app.kit.refusal import NotFound
from app.registry.actions.saving import add_row, change_row, unique
from app.registry.models import Owner
from app.registry.queries import owners
from app.registry.rules.kinds import OwnerKind
from app.registry.sealing import IdentitySeal, identity_seal

_TAKEN = "名册里已经有这个证件号的业主了，请在业主列表里查找。"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerValues:
    """What is kept of an owner; phone and number are normalized, no number leaves it as it is."""

    name: str
    kind: OwnerKind = OwnerKind.NATURAL
    phone: str | None = None
    identity: str | None = None

    def columns(self) -> dict[str, Any]:
        """As columns."""
        name = self.name.strip()
        columns = {
            "name": name,
            "pinyin": pinyin_key(name),
            "kind": self.kind,
            "phone": self.phone,
        }
        return columns | (_sealed(self.identity) if self.identity else {})


def add_owner(community_id: int, values: OwnerValues) -> UUID:
    """A new owner."""
    with unique("identity", _TAKEN):
        owner_id = add_row(Owner, community_id, **values.columns())
    record(AuditEvent.OWNER_SAVED, owner_id)
    return owner_id


def change_owner(community_id: int, owner_id: UUID, version: int, values: OwnerValues) -> None:
    """Change an owner."""
    with unique("identity", _TAKEN):
        change_row(Owner, community_id, owner_id, version, **values.columns())
    record(AuditEvent.OWNER_SAVED, owner_id, identity_changed=values.identity is not None)


def find_or_add_owner(community_id: int, values: OwnerValues) -> UUID:
    """The owner with this number, else with this name and phone, else a new one."""
    known = None
    if values.identity:
        known = owners.owner_by_identity(community_id, identity_seal().index(values.identity))
    elif values.phone:
        known = owners.owner_by_phone(community_id, values.name.strip(), values.phone)
    return known.id if known else add_owner(community_id, values)


def view_identity(community_id: int, owner_id: UUID) -> str:
    """The number in full. Every look is recorded."""
    owner = owners.owner(community_id, owner_id)
    if owner is None or owner.identity_encrypted is None:
        raise NotFound
    record(AuditEvent.IDENTITY_VIEWED, owner_id)
    return identity_seal().open(owner.identity_encrypted)


def reseal(
    community_id: int, seal: IdentitySeal, after: UUID | None, limit: int
) -> tuple[UUID | None, int]:
    """Bring a batch under the newest key; returns where to go on and how many were changed."""
    batch = owners.sealed_owners(community_id, after, limit)
    changed = 0
    for owner in batch:
        renewed = seal.renew(owner.identity_encrypted or "")
        if renewed is not None:
            owner.identity_encrypted = renewed
            changed += 1
    return (batch[-1].id if batch else None), changed


def _sealed(identity: str) -> dict[str, str]:
    sealed = identity_seal().seal(identity)
    return {
        "identity_encrypted": sealed.encrypted,
        "identity_index": sealed.index,
        "identity_masked": sealed.masked,
    }
