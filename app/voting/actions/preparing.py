"""From the draft to the notice: what owners will be asked, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.voting.models import Assembly
from app.voting.queries import assemblies, elections, places, scopes
from app.voting.rules import (
    Action,
    Actor,
    MatterKind,
    Mode,
    Origin,
    ScopeChoice,
    State,
    VotingScope,
    check_candidates,
    check_kind,
    check_scope,
    check_seats,
    check_window,
    next_state,
    seat_rule_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is typed when an assembly is drafted."""

    compound_id: UUID
    title: str
    convener: str
    statement: str
    opens_at: datetime
    closes_at: datetime
    mode: Mode = Mode.ONLINE
    origin: Origin = Origin.COMMITTEE


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterDraft:
    """A matter as it is typed; `statute` is its item in 民法典 278, an election has `seats`."""

    statute: int
    title: str
    body: str
    kind: MatterKind = MatterKind.RESOLUTION
    seats: int | None = None


def draft_assembly(
    community_id: int, draft: Draft, matter: MatterDraft, *, drafted_by: UUID | None
) -> UUID:
    """Begin an assembly with its first matter."""
    _check_order(draft)
    assembly = Assembly(
        community_id=community_id,
        id=new_id(),
        compound_id=draft.compound_id,
        title=draft.title,
        convener=draft.convener,
        statement=draft.statement,
        mode=draft.mode,
        scope=VotingScope.COMPOUND,
        origin=draft.origin,
        state=State.DRAFT,
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        drafted_by=drafted_by,
    )
    db.session.add(assembly)
    db.session.flush()
    _write_matter(assembly, matter)
    record(AuditEvent.ASSEMBLY_DRAFTED, assembly.id, actor_id=drafted_by)
    return assembly.id


def change_draft(assembly: Assembly, draft: Draft, *, version: int) -> None:
    """Change a draft; somebody else's change meanwhile is not overwritten."""
    _check_drafting(assembly)
    if assembly.version != version:
        raise Conflict
    _check_order(draft)
    if assembly.compound_id != draft.compound_id:
        _write_scope(assembly, ScopeChoice(VotingScope.COMPOUND))
    assembly.compound_id = draft.compound_id
    assembly.mode = draft.mode
    if assembly.origin != Origin.OWNERS:
        assembly.origin = draft.origin
    assembly.title = draft.title
    assembly.convener = draft.convener
    assembly.statement = draft.statement
    assembly.opens_at = draft.opens_at
    assembly.closes_at = draft.closes_at
    assembly.version += 1
    record(AuditEvent.ASSEMBLY_DRAFTED, assembly.id, version=assembly.version)


def choose_scope(assembly: Assembly, choice: ScopeChoice) -> None:
    """Say whose matter it is: the compound's, some buildings', some stairwells'."""
    _check_drafting(assembly)
    check_scope(
        choice, scopes.known_places(assembly.community_id, assembly.compound_id, choice.scope)
    )
    _write_scope(assembly, choice)
    assembly.version += 1
    record(AuditEvent.ASSEMBLY_DRAFTED, assembly.id, scope=choice.scope.value)


def add_matter(assembly: Assembly, matter: MatterDraft) -> None:
    """Put a further matter on the agenda of a draft."""
    _check_drafting(assembly)
    _write_matter(assembly, matter)
    record(AuditEvent.ASSEMBLY_DRAFTED, assembly.id, matter_added=matter.statute)


def remove_matter(assembly: Assembly, matter_id: UUID) -> None:
    """Take a matter from the agenda of a draft; one at least stays."""
    _check_drafting(assembly)
    if len(assemblies.matters_of(assembly.community_id, assembly.id)) == 1:
        raise Refusal("至少要有一件表决的事。可以直接修改它的内容。", code="last_matter")
    elections.forget_candidates(assembly.community_id, matter_id)
    if not assemblies.remove_matter(assembly.community_id, assembly.id, matter_id):
        raise NotFound
    record(AuditEvent.ASSEMBLY_DRAFTED, assembly.id, matter_removed=str(matter_id))


def submit(assembly: Assembly, by: Actor) -> None:
    """Hand the draft to the community for review."""
    step(assembly, Action.SUBMIT, by)


def send_back(assembly: Assembly, by: Actor, note: str) -> None:
    """Return it to those who drafted it, with the reason."""
    if not note.strip():
        raise Invalid("请写明要改什么，起草人会看到。", errors={"note": "请写明要改什么。"})
    step(assembly, Action.RETURN, by)
    assembly.review_note = note.strip()


def publish_notice(assembly: Assembly, by: Actor, moment: datetime) -> None:
    """Publish the notice: voting opens 15 days later at the earliest (物业管理条例 art. 14)."""
    timing = places.timing_of_community(assembly.community_id)
    check_window(moment, assembly.opens_at, assembly.closes_at, timing)
    for matter, candidates in elections.checked_candidates(assembly.community_id, assembly.id):
        check_candidates(matter.title, candidates)
    step(assembly, Action.NOTICE, by)
    assembly.notice_at = moment
    assembly.due_at = assembly.opens_at
    assembly.review_note = None
    emit("voting.noticed", assembly_id=assembly.id)


def step(assembly: Assembly, action: Action, by: Actor) -> None:
    """Take a step of the table and leave its trace."""
    assembly.state = next_state(State(assembly.state), action, by)
    assembly.version += 1
    record(AuditEvent.ASSEMBLY_STEPPED, assembly.id, step=action.value)


def _write_scope(assembly: Assembly, choice: ScopeChoice) -> None:
    scopes.replace_places(assembly.community_id, assembly.id, choice)
    assembly.scope = choice.scope


def _write_matter(assembly: Assembly, matter: MatterDraft) -> None:
    check_kind(matter.kind, matter.statute, matter.seats)
    if matter.seats is not None:
        check_seats(
            matter.seats,
            places.households(assembly.community_id, assembly.compound_id),
            seat_rule_of(places.settings_of(assembly.community_id)),
        )
    assemblies.add_matter(
        {
            "community_id": assembly.community_id,
            "id": new_id(),
            "assembly_id": assembly.id,
            "statute": matter.statute,
            "kind": matter.kind,
            "seats": matter.seats,
            "title": matter.title,
            "body": matter.body,
        }
    )


def _check_drafting(assembly: Assembly) -> None:
    if assembly.state != State.DRAFT:
        raise Refusal(
            "已经送审或公告的内容不能再改：没有公告过的事项不能表决。", code="not_a_draft"
        )


def _check_order(draft: Draft) -> None:
    if draft.closes_at <= draft.opens_at:
        raise Invalid("截止日期要晚于开始日期。", errors={"closes_on": "截止日期要晚于开始日期。"})
