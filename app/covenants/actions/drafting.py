"""The text: a covenant begun, its clauses collected, a new version of a settled one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import case, delete, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.covenants import rules
from app.covenants.actions.holding import held, note, step
from app.covenants.models import Covenant, CovenantClause, CovenantVersion
from app.covenants.permissions import By
from app.covenants.queries import places, texts
from app.kit.ids import new_id
from app.kit.refusal import Conflict, NotFound, Refusal


class ClauseChangedMeanwhile(Conflict):
    """Somebody else saved the clause first; `theirs` is what stands there now."""

    code = "clause_changed"
    sentence = "这一条刚刚被别人改过。两边的内容都在下面，请对照后再保存。"

    def __init__(self, theirs: str, version: int) -> None:
        super().__init__()
        self.theirs = theirs
        self.version = version


def draft(community_id: int, stairwell_id: UUID, title: str, by: By) -> UUID:
    """Begin the covenant of a stairwell."""
    if places.stairwell(community_id, stairwell_id) is None:
        raise NotFound
    begun = db.session.execute(
        upsert(Covenant)
        .values(community_id=community_id, id=new_id(), stairwell_id=stairwell_id, title=title)
        .on_conflict_do_nothing()
        .returning(Covenant.id)
    ).scalar_one_or_none()
    if begun is None:
        raise Refusal("这个楼道已经有公约了，请直接修改。", code="exists")
    _new_version(community_id, begun, 1, by)
    return begun


def add_clause(community_id: int, covenant_id: UUID, wording: str) -> UUID:
    """A clause at the end."""
    _, version = _editable(community_id, covenant_id)
    standing = texts.clauses(community_id, version.id)
    rules.check_clause_count(len(standing))
    clause = CovenantClause(
        community_id=community_id,
        id=new_id(),
        version_id=version.id,
        position=standing[-1].position + 1 if standing else 1,
        wording=wording,
    )
    db.session.add(clause)
    _edited(version, "added")
    return clause.id


def change_clause(
    community_id: int, covenant_id: UUID, clause_id: UUID, wording: str, seen: int
) -> None:
    """Another wording. `seen` is the clause's version on the screen of the one who types.

    Raises ClauseChangedMeanwhile when somebody else was first.
    """
    _, version = _editable(community_id, covenant_id)
    clause = _clause(version, clause_id)
    if clause.version != seen:
        raise ClauseChangedMeanwhile(clause.wording, clause.version)
    clause.wording, clause.version = wording, clause.version + 1
    _edited(version, "changed")


def move_clause(community_id: int, covenant_id: UUID, clause_id: UUID, *, up: bool) -> None:
    """Change places with the clause before or after; at the end nothing happens."""
    _, version = _editable(community_id, covenant_id)
    clause = _clause(version, clause_id)
    ordered = list(texts.clauses(community_id, version.id))
    other_index = ordered.index(clause) + (-1 if up else 1)
    if not 0 <= other_index < len(ordered):
        return
    other = ordered[other_index]
    db.session.execute(
        update(CovenantClause)
        .where(
            CovenantClause.community_id == community_id,
            CovenantClause.id.in_([clause.id, other.id]),
        )
        .values(
            position=case((CovenantClause.id == clause.id, other.position), else_=clause.position)
        )
        .execution_options(synchronize_session=False)
    )
    _edited(version, "moved")


def remove_clause(community_id: int, covenant_id: UUID, clause_id: UUID) -> None:
    """Take a clause out of the draft; opinions on it keep its words."""
    _, version = _editable(community_id, covenant_id)
    _clause(version, clause_id)
    db.session.execute(
        delete(CovenantClause).where(
            CovenantClause.community_id == community_id, CovenantClause.id == clause_id
        )
    )
    _edited(version, "removed")


def revise(community_id: int, covenant_id: UUID, by: By) -> int:
    """A new version with the same clauses to change; returns its number.

    A version not yet settled is withdrawn: its signatures stand beside its text and do not
    carry over. A version in force stays so until the new one takes its place.
    """
    covenant, version = held(community_id, covenant_id)
    state = rules.State(version.state)
    rules.check_revisable(state)
    if state not in {rules.State.IN_FORCE, rules.State.WITHDRAWN}:
        step(version, rules.Action.WITHDRAW, by, "条款有改动，另起新版")
    covenant.current_number = version.number + 1
    fresh = _new_version(community_id, covenant_id, covenant.current_number, by)
    copies = [
        {
            "community_id": community_id,
            "id": new_id(),
            "version_id": fresh.id,
            "position": clause.position,
            "wording": clause.wording,
        }
        for clause in texts.clauses(community_id, version.id)
    ]
    if copies:
        db.session.execute(insert(CovenantClause), copies)
    return covenant.current_number


def _new_version(community_id: int, covenant_id: UUID, number: int, by: By) -> CovenantVersion:
    version = CovenantVersion(
        community_id=community_id,
        id=new_id(),
        covenant_id=covenant_id,
        number=number,
        state=rules.State.COLLECTING,
    )
    db.session.add(version)
    note(version, None, by)
    return version


def _editable(community_id: int, covenant_id: UUID) -> tuple[Covenant, CovenantVersion]:
    covenant, version = held(community_id, covenant_id)
    rules.check_editable(rules.State(version.state))
    return covenant, version


def _clause(version: CovenantVersion, clause_id: UUID) -> CovenantClause:
    clause = db.session.get(CovenantClause, (version.community_id, clause_id))
    if clause is None or clause.version_id != version.id:
        raise NotFound
    return clause


def _edited(version: CovenantVersion, what: str) -> None:
    db.session.flush()
    record(AuditEvent.COVENANT_EDITED, version.covenant_id, version=version.number, what=what)
