"""Naming somebody to vote in one's place, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.voting.queries import assemblies, proxies
from app.voting.rules import (
    Mode,
    Named,
    ProxyEnd,
    ProxyMedium,
    Signing,
    State,
    authority_digest,
    authority_document,
    check_ballot,
    check_naming,
    check_standing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Who names whom. `phone` is normalized."""

    community_id: int
    assembly_id: UUID
    voter_id: UUID
    account_id: UUID
    name: str
    phone: str
    medium: ProxyMedium
    signing: Signing

    def place(self) -> dict[str, Any]:
        """The voter and the person acting for it."""
        return {
            "community_id": self.community_id,
            "assembly_id": self.assembly_id,
            "voter_id": self.voter_id,
            "account_id": self.account_id,
        }


def draft_authority(naming: Naming, limit: int) -> dict[str, Any]:
    """The form as it will be signed, or why it cannot be (民法典 165)."""
    return _checked(naming, limit)[1]


def sign_authority(naming: Naming, limit: int) -> UUID:
    """Sign the form. Whoever signs was asked for their password or a code just before."""
    proxies.hold_naming(naming.assembly_id, naming.phone)
    facts, document = _checked(naming, limit)
    return write_authority(
        naming.place(),
        facts,
        document,
        {"medium": naming.medium, "proxy_name": naming.name, "proxy_phone": naming.phone},
    )


def write_authority(
    place: Mapping[str, Any], facts: Any, document: dict[str, Any], values: Mapping[str, Any]
) -> UUID:
    """Write what was signed. `place`: community_id, assembly_id, voter_id, account_id."""
    authority_id = values.get("id") or new_id()
    turn = 0 if facts.last_turn is None else facts.last_turn + 1
    written = proxies.add_authority(
        {
            "id": authority_id,
            "community_id": place["community_id"],
            "assembly_id": place["assembly_id"],
            "voter_id": place["voter_id"],
            "turn": turn,
            "turn_before": turn - 1 if turn else None,
            "principal_id": facts.principal_id,
            "signed_by": place["account_id"],
            "proxy_account_id": facts.proxy_account_id,
            "signing": document["signing"],
            "document": document,
            "digest": authority_digest(document),
            **values,
        }
    )
    if not written:
        raise Conflict("共有人刚刚为这一票写了委托书，请先看看那一份。", code="proxy_named")
    record(
        AuditEvent.PROXY_NAMED,
        place["assembly_id"],
        actor_id=place["account_id"],
        voter=str(place["voter_id"]),
        authority=str(authority_id),
        medium=values["medium"].value,
        signing=document["signing"],
    )
    emit("voting.proxy_named", authority_id=authority_id)
    return UUID(str(authority_id))


def revoke_authority(
    community_id: int, account_id: UUID, assembly_id: UUID, authority_id: UUID
) -> None:
    """Take it back before it is used; any owner of the voter may (民法典 173)."""
    found = proxies.authority(community_id, account_id, assembly_id, authority_id)
    if found is None or not found.is_owner:
        raise NotFound
    end_by_revoking(community_id, assembly_id, found, by=account_id)


def end_by_revoking(
    community_id: int, assembly_id: UUID, found: Any, *, by: UUID, reason: str = ""
) -> None:
    """Write that an authority was taken back, unless it was used.

    `found`: id, voter_id, turn, end_kind, paper_held.
    """
    check_standing(ProxyEnd(found.end_kind) if found.end_kind else None)
    if found.paper_held:
        raise Refusal("受托人代签的纸质选票已经收回登记，这份委托不能再撤销。", code="proxy_used")
    ended = proxies.end_authority(
        {
            "community_id": community_id,
            "id": new_id(),
            "voter_id": found.voter_id,
            "turn": found.turn,
            "kind": ProxyEnd.REVOKED,
            "ended_by": by,
            "reason": reason,
        }
    )
    if not ended:
        # The proxy was faster by a moment.
        check_standing(ProxyEnd.USED)
    record(
        AuditEvent.PROXY_REVOKED,
        assembly_id,
        actor_id=by,
        voter=str(found.voter_id),
        authority=str(found.id),
    )
    emit("voting.proxy_revoked", authority_id=found.id)


def _checked(naming: Naming, limit: int) -> tuple[Any, dict[str, Any]]:
    facts = proxies.naming(naming.place(), naming.phone)
    if facts is None:
        raise NotFound
    check_facts(facts, naming.medium, naming.name, limit)
    matters = assemblies.matters_of(naming.community_id, naming.assembly_id)
    document = authority_document(
        assembly_id=str(naming.assembly_id),
        title=facts.title,
        principal=facts.principal_name,
        label=facts.label,
        area_centi=facts.area_centi,
        proxy=naming.name,
        proxy_phone=naming.phone,
        matters=[{"id": str(matter.id), "title": matter.title} for matter in matters],
        signing=naming.signing,
    )
    return facts, document


def check_facts(facts: Any, medium: ProxyMedium, name: str, limit: int) -> None:
    """Whether this voter may name this person now, however the form is signed."""
    check_ballot(State(facts.state), facts.opens_at, facts.closes_at, facts.now)
    _check_medium(medium, Mode(facts.mode))
    if facts.has_voted:
        raise Refusal("这一票已经投出，不用再委托。", code="already_cast")
    if facts.stands:
        raise Refusal("这一票已经有一份有效的委托书，要换人请先撤销。", code="proxy_named")
    check_naming(
        Named(
            is_co_owner=facts.is_co_owner,
            is_property_staff=facts.is_property_staff,
            held=facts.held,
        ),
        limit,
    )
    if medium is ProxyMedium.ONLINE:
        _check_account(name, facts)


def _check_medium(medium: ProxyMedium, mode: Mode) -> None:
    if medium is ProxyMedium.ONLINE and mode is Mode.PAPER:
        raise Invalid(
            errors={"medium": "这次只收纸质选票，受托人要在纸质选票上代签。"}, code="paper_only"
        )
    if medium is ProxyMedium.PAPER and mode is Mode.ONLINE:
        raise Invalid(
            errors={"medium": "这次只在网上投票，请受托人用自己的账号代投。"}, code="online_only"
        )


def _check_account(name: str, facts: Any) -> None:
    """One sentence for unknown number, stranger and wrong name: nobody learns whose a number is."""
    if not facts.is_neighbour or facts.account_name != name:
        raise Invalid(
            errors={
                "phone": "没有找到姓名和手机号都对得上的本社区账号。请核对，"
                "或者请对方先注册并加入本社区。"
            },
            code="proxy_unknown",
        )
