"""Entering paper ballots: two different people who read the same settle one.

What stands on a ballot is written and never read again: the database compares two entries and says
yes or no.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.files.actions import Upload
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.refusal import Invalid, NotFound, Refusal
from app.voting.actions.paper import events_of, held, step
from app.voting.actions.scans import keep_scan
from app.voting.models import Assembly, AssemblyMatter, Candidate
from app.voting.queries import assemblies, paper, paper_counting, proxies
from app.voting.rules import (
    BLANK,
    TOO_MANY,
    TOO_MANY_WORDS,
    Channel,
    PaperEvent,
    SpoiledBy,
    State,
    check_entry,
    settled_choice,
)

SCAN = "paper_ballot"
"""The kind of file a scan is; nobody sees it before the close."""


class Entered(StrEnum):
    """What follows from an entry; all the screen may say."""

    FIRST = "first"
    DIFFERS = "differs"
    COUNTED = "counted"
    SPOILED = "spoiled"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one person read on a ballot: a sound one with its signer, or why it is void."""

    answers: Mapping[UUID, str]
    signed_as: UUID | None = None
    authority_turn: int | None = None
    spoiled: SpoiledBy | None = None
    scan: Upload | None = None


def read_choice(matter: AssemblyMatter, candidates: Sequence[Candidate], typed: list[str]) -> str:
    """What was marked on one matter, in its one spelling; too many marks spoil it, see TOO_MANY."""
    standing = [candidate.id for candidate in candidates]
    try:
        return settled_choice(typed, standing, matter.seats)
    except Invalid as invalid:
        return TOO_MANY if invalid.code == "too_many_chosen" else BLANK


def enter_paper(assembly: Assembly, code: str, reading: Reading, *, by: UUID) -> Entered:
    """Keep what one person read; two different people who read the same settle the ballot."""
    found = held(assembly, code, by)
    check_entry(events_of(found), State(assembly.state), entered_before=found.entered_before)
    _check_reading(assembly, found, reading)
    entry_id = new_id()
    _write_entry(assembly, found, reading, entry_id, by)
    record(
        AuditEvent.PAPER_ENTERED,
        assembly.id,
        actor_id=by,
        paper=str(found.id),
        position=found.entries + 1,
    )
    if found.entries == 0:
        return Entered.FIRST
    if not paper_counting.entries_agree(entry_id):
        return Entered.DIFFERS
    return _settle(assembly, found, reading, by)


def _settle(assembly: Assembly, found: Any, reading: Reading, by: UUID) -> Entered:
    outcome = _outcome(assembly, found, reading, by)
    if assembly.state == State.CLOSED and not paper.unsettled_papers(
        assembly.community_id, assembly.id
    ):
        # The last one: nothing keeps the clock from counting now.
        emit("voting.papers_settled", assembly_id=assembly.id)
    return outcome


def _outcome(assembly: Assembly, found: Any, reading: Reading, by: UUID) -> Entered:
    if reading.spoiled is not None:
        step(assembly, found, PaperEvent.SPOILED, by, reason=reading.spoiled.value)
        return Entered.SPOILED
    cast_id = new_id()
    if found.has_voted or not _count(assembly, found, reading, cast_id, by):
        step(assembly, found, PaperEvent.SUPERSEDED, by)
        return Entered.SUPERSEDED
    step(assembly, found, PaperEvent.COUNTED, by, cast_id=cast_id)
    record(
        AuditEvent.BALLOT_CAST,
        assembly.id,
        actor_id=by,
        voter=str(found.voter_id),
        channel=_channel(reading).value,
    )
    emit("voting.ballot_cast", cast_id=cast_id)
    return Entered.COUNTED


def _count(assembly: Assembly, found: Any, reading: Reading, cast_id: UUID, by: UUID) -> bool:
    """Write the ballots through the same key as online; not when another was first."""
    attempt = db.session.begin_nested()
    written = paper_counting.cast_paper(
        {
            "community_id": assembly.community_id,
            "assembly_id": assembly.id,
            "paper_id": found.id,
            "cast_id": cast_id,
            "account_id": by,
            "signed_as": reading.signed_as,
            "authority_turn": reading.authority_turn,
            "channel": _channel(reading).value,
            "answers": json.dumps(
                [
                    {
                        "matter_id": str(matter_id),
                        "choice": "" if choice == TOO_MANY else choice,
                        "nonce": secrets.token_hex(16),
                        "spoiled": TOO_MANY_WORDS if choice == TOO_MANY else None,
                    }
                    for matter_id, choice in reading.answers.items()
                    if choice != BLANK
                ]
            ),
        }
    )
    if not written.casts:
        raise NotFound
    if not written.ballots:
        attempt.rollback()
        return False
    if reading.authority_turn is not None and not written.authorities:
        raise Refusal(
            "这份委托书刚刚失效，受托人签的票不能计入。请刷新后按“废票”录入。", code="proxy_over"
        )
    return True


def _write_entry(
    assembly: Assembly, found: Any, reading: Reading, entry_id: UUID, by: UUID
) -> None:
    paper_counting.add_entry(
        {
            "community_id": assembly.community_id,
            "id": entry_id,
            "paper_id": found.id,
            "position": found.entries + 1,
            "entered_by": by,
            "signed_as": reading.signed_as,
            "authority_turn": reading.authority_turn,
            "spoiled": reading.spoiled,
            "scan_id": _keep_scan(assembly, found, reading.scan, by),
        },
        [
            {
                "community_id": assembly.community_id,
                "id": new_id(),
                "entry_id": entry_id,
                "assembly_id": assembly.id,
                "matter_id": matter_id,
                "choice": choice,
            }
            for matter_id, choice in reading.answers.items()
            if reading.spoiled is None
        ],
    )


def _keep_scan(assembly: Assembly, found: Any, scan: Upload | None, by: UUID) -> UUID | None:
    if scan is None:
        return None
    return keep_scan(assembly.community_id, scan, subject_kind=SCAN, subject_id=found.id, by=by)


def _check_reading(assembly: Assembly, found: Any, reading: Reading) -> None:
    if found.entries == 0 and reading.scan is None:
        raise Invalid(errors={"scan": "第一次录入要附上这张选票的照片或扫描件。"})
    if reading.spoiled is not None:
        return
    if (reading.signed_as, reading.authority_turn) not in {
        (signer.owner_id, signer.turn)
        for signer in paper_counting.signers(assembly.community_id, found.voter_id)
    }:
        raise Invalid(errors={"signer": "请选择在选票上签名的人。"})
    matters = {matter.id for matter in assemblies.matters_of(assembly.community_id, assembly.id)}
    if set(reading.answers) != matters:
        raise Invalid("每一件事都要照选票录入；没有填的选“没填或填错”。", code="matter_unanswered")
    _check_mandate(assembly, found, reading)
    if not set(reading.answers.values()) <= {BLANK, TOO_MANY}:
        return
    if TOO_MANY in reading.answers.values():
        sentence = f"这张选票没有一件有效，请选“废票：{SpoiledBy.TOO_MANY.label}”。"
        raise Invalid(errors={"spoiled": sentence}, code="paper_overmarked")
    raise Invalid(
        errors={"spoiled": "一件都没有填的选票是废票，请选“空白、破损或涂改”。"},
        code="paper_blank",
    )


def _check_mandate(assembly: Assembly, found: Any, reading: Reading) -> None:
    """A proxy answers the matters that stand on the authority, and no others."""
    if reading.authority_turn is None:
        return
    named = proxies.matters_named(assembly.community_id, found.voter_id, reading.authority_turn)
    if any(choice != BLANK and matter not in named for matter, choice in reading.answers.items()):
        raise Invalid(
            "受托人填了委托书没有写明的事项。这些事项无权代理，请选“没填或填错”。",
            code="beyond_mandate",
        )


def _channel(reading: Reading) -> Channel:
    return Channel.PAPER if reading.authority_turn is None else Channel.PROXY
