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
from app.voting.queries import assemblies
from app.voting.rules import (
    Action,
    Actor,
    MatterKind,
    Mode,
    State,
    Timing,
    check_window,
    next_state,
)

TIMING = Timing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is typed when an assembly is drafted."""

    compound_id: UUID
    title: str
    convener: str
    statement: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterDraft:
    """A matter as it is typed; `statute` is its item in 民法典 278."""

    statute: int
    title: str
    body: str


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
        mode=Mode.ONLINE,
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
    assembly.compound_id = draft.compound_id
    assembly.title = draft.title
    assembly.convener = draft.convener
    assembly.statement = draft.statement
    assembly.opens_at = draft.opens_at
    assembly.closes_at = draft.closes_at
    assembly.version += 1
    record(AuditEvent.ASSEMBLY_DRAFTED, assembly.id, version=assembly.version)


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
    if not assemblies.remove_matter(assembly.community_id, assembly.id, matter_id):
        raise NotFound
    record(AuditEvent.ASSEMBLY_DRAFTED, assembly.id, matter_removed=str(matter_id))


def submit(assembly: Assembly, by: Actor) -> None:
    """Hand the draft to the community for review."""
    _step(assembly, Action.SUBMIT, by)


def send_back(assembly: Assembly, by: Actor, note: str) -> None:
    """Return it to those who drafted it, with the reason."""
    if not note.strip():
        raise Invalid("请写明要改什么，起草人会看到。", errors={"note": "请写明要改什么。"})
    _step(assembly, Action.RETURN, by)
    assembly.review_note = note.strip()


def publish_notice(assembly: Assembly, by: Actor, moment: datetime) -> None:
    """Publish the notice: voting opens 15 days later at the earliest (物业管理条例 art. 14)."""
    check_window(moment, assembly.opens_at, assembly.closes_at, TIMING)
    _step(assembly, Action.NOTICE, by)
    assembly.notice_at = moment
    assembly.due_at = assembly.opens_at
    assembly.review_note = None
    emit("voting.noticed", assembly_id=assembly.id)


def cancel(assembly: Assembly, by: Actor) -> None:
    """Drop it before anybody has voted."""
    _step(assembly, Action.CANCEL, by)
    assembly.due_at = None


def _step(assembly: Assembly, action: Action, by: Actor) -> None:
    assembly.state = next_state(State(assembly.state), action, by)
    assembly.version += 1
    record(AuditEvent.ASSEMBLY_STEPPED, assembly.id, step=action.value)


def _write_matter(assembly: Assembly, matter: MatterDraft) -> None:
    assemblies.add_matter(
        {
            "community_id": assembly.community_id,
            "id": new_id(),
            "assembly_id": assembly.id,
            "statute": matter.statute,
            "kind": MatterKind.RESOLUTION,
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
