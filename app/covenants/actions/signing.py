"""签署: one signature a household, given to the very text on the screen."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.covenants import rules
from app.covenants.actions.holding import held
from app.covenants.actions.steps import progress_of, publish_when_reached
from app.covenants.models import CovenantSignature, CovenantVersion
from app.covenants.queries import places, texts
from app.kit.ids import new_id
from app.kit.refusal import Refusal
from app.registry.rules import Relation


def sign(
    community_id: int, covenant_id: UUID, *, account_id: UUID, unit_id: UUID, seen_digest: str
) -> rules.Progress:
    """Sign for a household. A tenant co-signs, which does not count for the household.

    The version is locked, so of two signatures of one household one is refused, and exactly
    the household that fills the threshold starts the publication.
    """
    _, version = held(community_id, covenant_id)
    relation = _relation(community_id, account_id, unit_id)
    counting = rules.counts(relation)
    rules.check_signing(
        rules.State(version.state),
        dwelling=texts.household_due(community_id, version.id, unit_id),
        signed_before=texts.signed_before(
            community_id, version.id, unit_id, account_id, counting=counting
        ),
    )
    rules.check_text_seen(seen_digest, version.digest or "")
    _write(version, unit_id, account_id, relation)
    if counting:
        version.signed_count += 1
        publish_when_reached(version)
    record(AuditEvent.COVENANT_SIGNED, covenant_id, version=version.number, counts=counting)
    return progress_of(version)


def _relation(community_id: int, account_id: UUID, unit_id: UUID) -> Relation:
    for home in places.claimed_homes(community_id, account_id):
        if home.unit_id == unit_id:
            return Relation(home.relation)
    raise Refusal("请先认领您在这个楼道的房屋，社区核对后就能签。", code="not_your_home")


def _write(version: CovenantVersion, unit_id: UUID, account_id: UUID, relation: Relation) -> None:
    written = db.session.execute(
        insert(CovenantSignature)
        .values(
            community_id=version.community_id,
            id=new_id(),
            version_id=version.id,
            unit_id=unit_id,
            account_id=account_id,
            relation=relation,
            digest=version.digest,
        )
        .on_conflict_do_nothing()
        .returning(CovenantSignature.id)
    ).one_or_none()
    if written is None:
        raise Refusal("您家已经签过了，一户签一次就够。", code="signed_before")
