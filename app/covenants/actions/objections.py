"""Opinions while deliberating, objections while published, and the answers to them."""

from __future__ import annotations

from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.outbox.messages import emit
from app.covenants import rules
from app.covenants.actions.holding import held
from app.covenants.models import CovenantClause, CovenantObjection
from app.covenants.permissions import By
from app.covenants.queries import places, texts
from app.kit.ids import new_id
from app.kit.refusal import Conflict, NotFound, Refusal


def give_opinion(
    community_id: int, covenant_id: UUID, *, account_id: UUID, clause_id: UUID | None, reason: str
) -> UUID:
    """A household's reason against a clause, or against the whole without one."""
    covenant, version = held(community_id, covenant_id)
    stage = rules.check_objecting(rules.State(version.state))
    homes = [
        home
        for home in places.claimed_homes(community_id, account_id)
        if home.stairwell_id == covenant.stairwell_id
    ]
    if not homes:
        raise NotFound
    if texts.has_open_objection(community_id, version.id, account_id, clause_id):
        raise Refusal("您对这一条的意见还在等答复，不用重复提。", code="objected_before")
    clause = None
    if clause_id is not None:
        clause = db.session.get(CovenantClause, (community_id, clause_id))
        if clause is None or clause.version_id != version.id:
            raise Conflict("这一条刚刚有改动，请看看最新的条款再提。", code="clause_gone")
    opinion = CovenantObjection(
        community_id=community_id,
        id=new_id(),
        version_id=version.id,
        clause_id=clause_id,
        clause_text=clause.wording if clause else None,
        unit_id=homes[0].unit_id,
        account_id=account_id,
        stage=stage,
        reason=reason,
    )
    db.session.add(opinion)
    version.open_objections += 1
    record(AuditEvent.COVENANT_OBJECTED, covenant_id, version=version.number, stage=stage)
    emit("covenant.objected", objection_id=opinion.id)
    return opinion.id


def answer(community_id: int, covenant_id: UUID, objection_id: UUID, by: By, words: str) -> None:
    """Say what was made of an opinion; once."""
    covenant, version = held(community_id, covenant_id)
    row = texts.objection(community_id, objection_id)
    if row is None or row.Covenant.id != covenant.id:
        raise NotFound
    opinion: CovenantObjection = row.CovenantObjection
    if opinion.version_id != version.id:
        raise Refusal("这是旧版的意见，新版里请重新商议。", code="old_version")
    if opinion.answered_at is not None:
        raise Conflict("这条意见刚刚已经答复过了。", code="answered")
    opinion.answer, opinion.answered_by = words, by.account_id
    opinion.answered_at = places.database_now()
    version.open_objections -= 1
    record(AuditEvent.COVENANT_ANSWERED, covenant_id, version=version.number)
    emit("covenant.answered", objection_id=opinion.id)
