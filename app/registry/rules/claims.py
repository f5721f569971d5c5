"""When a resident's claim to a unit is believed at once and when a person decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.kit.refusal import Conflict, Invalid
from app.registry.rules.kinds import ClaimState, Relation


class ClaimDecided(Conflict):
    """Somebody decided the claim meanwhile."""

    code = "claim_decided"
    sentence = "这条申请已经处理过了，不用再处理。"


class ReasonMissing(Invalid):
    """A refusal needs a reason the resident can act on."""

    code = "reason_missing"
    sentence = "不通过时请写明原因，居民会看到。"


@dataclass(frozen=True, slots=True)
class RegisteredOwner:
    """An owner of the claimed unit as the register has it."""

    owner_id: UUID
    phone: str | None
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a fresh claim."""

    state: ClaimState
    owner_id: UUID | None = None

    @property
    def matched(self) -> bool:
        """Whether the register itself answered."""
        return self.state is ClaimState.APPROVED


def judge(
    relation: Relation, account_id: UUID, phone: str, owners: Iterable[RegisteredOwner]
) -> Verdict:
    """An owner whose own phone stands in the register is approved; all others wait for a person.

    An owner already bound to another account is never bound again by a phone number.
    """
    if relation is Relation.OWNER:
        for owner in owners:
            free = owner.account_id in (None, account_id)
            if free and (owner.account_id == account_id or owner.phone == phone):
                return Verdict(ClaimState.APPROVED, owner.owner_id)
    return Verdict(ClaimState.PENDING)


def check_open(state: str) -> None:
    """Only a pending claim can be decided."""
    if state != ClaimState.PENDING:
        raise ClaimDecided


def check_reason(reason: str | None) -> str:
    """The reason of a refusal, without blanks around it."""
    plain = (reason or "").strip()
    if not plain:
        raise ReasonMissing(errors={"reason": ReasonMissing.sentence})
    return plain
