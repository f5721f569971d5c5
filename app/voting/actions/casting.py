"""Casting a ballot. The database's clock, the frozen roll and a unique key decide, not this code.

The choice goes into the ballot's row and nowhere else: not into the audit trail, a message, a log
line or a notification.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.clock import say_moment
from app.kit.ids import new_id, short_code
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.voting.queries import assemblies, ballots
from app.voting.rules import (
    Channel,
    Mode,
    ProxyEnd,
    State,
    check_ballot,
    check_standing,
    chosen_candidates,
    masked_name,
    say_returned,
    settled_choice,
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a voter keeps: that and when, never what."""

    cast_id: UUID
    code: str
    cast_at: datetime


def cast_ballot(
    community_id: int,
    assembly_id: UUID,
    voter_id: UUID,
    account_id: UUID,
    choices: Mapping[UUID, str],
) -> Receipt:
    """Cast the one ballot of a voter on every matter (民法典 278; co-owners have one vote).

    `choices` in the spelling of `rules.settled_choice`.
    """
    cast_id = new_id()
    place = {
        "community_id": community_id,
        "assembly_id": assembly_id,
        "voter_id": voter_id,
        "account_id": account_id,
        "cast_id": cast_id,
    }
    code = short_code()
    written = ballots.cast(place, _answers(choices), code=code)
    if not written.ballots or written.ballots != written.matters:
        raise _refusal(place, choices)
    if written.channel == Channel.PROXY and not written.authorities:
        # The authority was revoked while this ballot was on its way.
        raise _refusal(place, choices)
    record(
        AuditEvent.BALLOT_CAST,
        assembly_id,
        actor_id=account_id,
        voter=str(voter_id),
        channel=written.channel,
    )
    if written.members > 1 or written.channel == Channel.PROXY:
        emit("voting.ballot_cast", cast_id=cast_id)
    return Receipt(cast_id, code, written.cast_at)


def _answers(choices: Mapping[UUID, str]) -> list[dict[str, str]]:
    return [
        {"matter_id": str(matter_id), "choice": str(choice), "nonce": secrets.token_hex(16)}
        for matter_id, choice in choices.items()
    ]


def _refusal(place: Mapping[str, Any], choices: Mapping[UUID, str]) -> Refusal:
    """Which rule stopped it. Nothing of this transaction may stay: the caller lets it roll back."""
    now = ballots.standing(place)
    if now is None or not (now.entitled or now.authority_id):
        return NotFound()
    if now.cast_at is not None:
        return _already_cast(place, now)
    try:
        check_ballot(State(now.state), now.opens_at, now.closes_at, now.now)
        _check_way(now)
    except Refusal as refusal:
        return refusal
    return _unfit(place, choices)


def _unfit(place: Mapping[str, Any], choices: Mapping[UUID, str]) -> Refusal:
    """Which answer does not fit its matter."""
    unanswered = Invalid("每一件事都要选一项，不想表态可以选“弃权”。", code="matter_unanswered")
    candidates = assemblies.candidates_of(place["community_id"], place["assembly_id"])
    for matter in assemblies.matters_of(place["community_id"], place["assembly_id"]):
        if matter.id not in choices:
            return unanswered
        standing = [candidate.id for candidate in candidates.get(matter.id, [])]
        try:
            settled_choice(chosen_candidates(choices[matter.id]), standing, matter.seats)
        except Invalid as invalid:
            return invalid
    return unanswered


def _check_way(now: Any) -> None:
    """Whether this voter may vote online, and whether this person may do it for them."""
    if now.mode == Mode.PAPER:
        raise Refusal("这次只收纸质选票，请在送票上门或投票点投票。", code="paper_only")
    if now.paper_returned_at is not None:
        raise Conflict(say_returned(now.paper_returned_at, now.now), code="already_cast")
    if now.entitled:
        return
    if now.is_property_staff:
        raise Refusal("物业企业的工作人员不能代业主投票。", code="proxy_excluded")
    check_standing(ProxyEnd(now.end_kind) if now.end_kind else None)


def _already_cast(place: Mapping[str, Any], now: Any) -> Conflict:
    when = say_moment(now.cast_at, now.now)
    if now.channel == Channel.PAPER:
        sentence = f"这一票的纸质选票已在 {when} 录入，先投出的有效，不能再投。"
    elif now.cast_by == place["account_id"]:
        sentence = f"您在 {when} 已经投过这一票，投出后不能更改。回执码 {now.code}。"
    elif now.channel == Channel.PROXY:
        sentence = f"这一票已经由受托人在 {when} 代为投出，投出后不能更改。"
    else:
        sentence = (
            f"这一票已经由共有人{masked_name(now.cast_name)}在 {when} 投出。"
            "共有人共一票，先投出的有效。"
        )
    return Conflict(sentence, code="already_cast")
