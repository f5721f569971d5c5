"""Candidates of an election, and the negative list each is held to before the notice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.files.actions import IMAGE_KINDS, Upload, store_document, store_photo
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.registry.rules import OwnerKind
from app.voting.models import Assembly, AssemblyMatter
from app.voting.queries import assemblies, elections
from app.voting.rules import Finding, MatterKind, NegativeItem, State, candidate_name

EVIDENCE = "candidate_check"
PHOTO = "candidate_photo"
"""The kind of a file that is a candidate's photo; whoever may read the notice sees it."""
EVIDENCE_KINDS = IMAGE_KINDS | {"application/pdf"}
MOST_CANDIDATES = 60
_BEFORE_NOTICE = frozenset({State.DRAFT, State.UNDER_REVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDraft:
    """What was found on one item of the list."""

    item: NegativeItem
    finding: Finding
    note: str
    evidence: Upload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDraft:
    """Who stands: an owner of the register. `represented_by`: the person, where it is no person."""

    owner_id: UUID
    statement: str
    represented_by: str = ""
    photo: Upload | None = None


def add_candidate(
    assembly: Assembly, matter_id: UUID, draft: CandidateDraft, *, added_by: UUID | None
) -> UUID:
    """Put an owner on the list of an election that is being drafted (物业管理条例 16)."""
    if assembly.state != State.DRAFT:
        raise Refusal("候选人名单送审以后不能再改，请社区退回修改。", code="not_a_draft")
    matter = election(assembly, matter_id)
    listed = assemblies.candidates_of(assembly.community_id, assembly.id).get(matter.id, [])
    if len(listed) >= MOST_CANDIDATES:
        raise Refusal(f"候选人最多 {MOST_CANDIDATES} 名。", code="too_many_candidates")
    owner = elections.owner_here(assembly.community_id, assembly.compound_id, draft.owner_id)
    if owner is None:
        raise NotFound
    if any(found.owner_id == owner.id for found in listed):
        raise Conflict(f"{owner.name}已经在候选人名单上。", code="stands_already")
    name = candidate_name(
        owner.name, draft.represented_by, is_person=owner.kind == OwnerKind.NATURAL
    )
    candidate_id = new_id()
    photo_id = None
    if draft.photo is not None:
        photo_id = store_photo(
            assembly.community_id,
            draft.photo,
            subject_kind=PHOTO,
            subject_id=candidate_id,
            uploaded_by=added_by,
        )
    elections.add_candidate(
        {
            "community_id": assembly.community_id,
            "id": candidate_id,
            "assembly_id": assembly.id,
            "matter_id": matter.id,
            "name": name,
            "home": owner.home or "",
            "statement": draft.statement.strip(),
            "photo_id": photo_id,
            "owner_id": owner.id,
        }
    )
    record(AuditEvent.CANDIDATE_SAVED, assembly.id, candidate=str(candidate_id), added=True)
    return candidate_id


def remove_candidate(assembly: Assembly, candidate_id: UUID) -> None:
    """Take a person off the list of an election that is being drafted."""
    if assembly.state != State.DRAFT:
        raise Refusal("候选人名单送审以后不能再改，请社区退回修改。", code="not_a_draft")
    if not elections.remove_candidate(assembly.community_id, assembly.id, candidate_id):
        raise NotFound
    record(AuditEvent.CANDIDATE_SAVED, assembly.id, candidate=str(candidate_id), added=False)


def check_candidate(
    assembly: Assembly, candidate_id: UUID, check: CheckDraft, *, checked_by: UUID
) -> None:
    """Note what was found on one item, with what it was checked by; until the notice."""
    if State(assembly.state) not in _BEFORE_NOTICE:
        raise Refusal("公告以后不能再改核查结果。", code="not_a_draft")
    candidate = elections.candidate(assembly.community_id, assembly.id, candidate_id)
    if candidate is None:
        raise NotFound
    if not check.note.strip():
        sentence = "请写明怎么核查的，例如：查询中国执行信息公开网，没有记录。"
        raise Invalid(sentence, errors={"note": sentence})
    file_id = None
    if check.evidence is not None:
        file_id = store_document(
            assembly.community_id,
            check.evidence,
            kinds=EVIDENCE_KINDS,
            subject_kind=EVIDENCE,
            subject_id=assembly.id,
            uploaded_by=checked_by,
        )
    elections.save_check(
        {
            "community_id": assembly.community_id,
            "id": new_id(),
            "matter_id": candidate.matter_id,
            "candidate_id": candidate_id,
            "item": check.item,
            "finding": check.finding,
            "note": check.note.strip(),
            "file_id": file_id,
            "checked_by": checked_by,
        }
    )
    record(
        AuditEvent.CANDIDATE_CHECKED,
        assembly.id,
        actor_id=checked_by,
        candidate=str(candidate_id),
        item=check.item.value,
    )


def election(assembly: Assembly, matter_id: UUID) -> AssemblyMatter:
    """The election of this assembly with this id."""
    matter = elections.matter(assembly.community_id, assembly.id, matter_id)
    if matter is None or matter.kind != MatterKind.ELECTION:
        raise NotFound
    return matter
