"""The demo world's covenants: one being signed, one in force, one being drafted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import owner_transaction, transaction
from app.covenants import rules
from app.covenants.actions import drafting, signing, steps
from app.covenants.models import Covenant, CovenantSignature, CovenantStep, CovenantVersion
from app.covenants.permissions import By
from app.covenants.queries import texts
from app.covenants.rules import EXAMPLES, State
from app.demo.neighbours import move_in
from app.demo.stage import Stage
from app.registry.models import PropertyUnit, UnitClaim
from app.registry.rules import ClaimState, Relation, UnitKind

SIGNING, IN_FORCE, DRAFT = "garden_1_1", "garden_1_2", "garden_2_1"
NOT_YET = "owner_1"
"""The resident to try the product as: their signature is still to come."""
NEWCOMERS = 10
LONG_AGO = timedelta(days=30)
A_WHILE = timedelta(days=10)
LATELY = timedelta(days=3)


def load(stage: Stage) -> None:
    """Three stairwells at three steps; nothing where covenants or stairwells are missing."""
    if not _wanted(stage):
        return
    if IN_FORCE in stage.places:
        _in_force(stage, stage.places[IN_FORCE])
    if SIGNING in stage.places:
        _in_signing(stage, stage.places[SIGNING])
    if DRAFT in stage.places:
        with transaction(_scope(stage)):
            _draft(stage, stage.places[DRAFT], "二栋楼道公约", EXAMPLES[:3])


def _wanted(stage: Stage) -> bool:
    if not {"stairwell_head", "staff"} <= set(stage.accounts):
        return False
    with transaction(_scope(stage)):
        return not db.session.scalar(
            select(Covenant.id).where(Covenant.community_id == stage.community.id).limit(1)
        )


def _scope(stage: Stage) -> Scope:
    return Scope(community_id=stage.community.id)


def _in_signing(stage: Stage, stairwell_id: UUID) -> None:
    with transaction(_scope(stage)):
        covenant_id = _open(stage, stairwell_id, "和睦楼道公约", EXAMPLES[:6])
    homes = [
        home
        for home in _homes(stage, stairwell_id)
        if home.account_id != stage.accounts.get(NOT_YET)
    ]
    _sign(stage, covenant_id, homes, leaving=1)
    _date_back(stage, covenant_id, LATELY)


def _in_force(stage: Stage, stairwell_id: UUID) -> None:
    move_in(stage, stairwell_id, NEWCOMERS)
    with transaction(_scope(stage)):
        covenant_id = _open(stage, stairwell_id, "守望楼道公约", EXAMPLES[1:6])
    _sign(stage, covenant_id, _homes(stage, stairwell_id), leaving=0)
    _date_back(stage, covenant_id, LONG_AGO)
    with transaction(_scope(stage)):
        version = texts.hold_current(stage.community.id, covenant_id).CovenantVersion
        if version.state != State.PUBLISHED:
            return
        steps.file(stage.community.id, covenant_id, _office(stage), "街道备案 2026-007 号")
        steps.settle(stage.community.id, version.id)
    _date_back(stage, covenant_id, A_WHILE)


def _draft(stage: Stage, stairwell_id: UUID, title: str, clauses: Sequence[rules.Example]) -> UUID:
    covenant_id = drafting.draft(stage.community.id, stairwell_id, title, _head(stage))
    for clause in clauses:
        drafting.add_clause(stage.community.id, covenant_id, clause.text)
    return covenant_id


def _open(stage: Stage, stairwell_id: UUID, title: str, clauses: Sequence[rules.Example]) -> UUID:
    community_id = stage.community.id
    covenant_id = _draft(stage, stairwell_id, title, clauses)
    steps.deliberate(community_id, covenant_id, _head(stage))
    steps.send_to_check(community_id, covenant_id, _head(stage))
    steps.open_signing(community_id, covenant_id, _office(stage), "条款合法，用词平和。")
    return covenant_id


def _head(stage: Stage) -> By:
    return By(stage.accounts["stairwell_head"], rules.Actor.STAIRWELL_HEAD)


def _office(stage: Stage) -> By:
    return By(stage.accounts["staff"], rules.Actor.COMMUNITY)


def _homes(stage: Stage, stairwell_id: UUID) -> Sequence[UnitClaim]:
    """One claim that counts for each home of the stairwell."""
    with transaction(_scope(stage)):
        return db.session.scalars(
            select(UnitClaim)
            .ext(distinct_on(UnitClaim.unit_id))
            .join(
                PropertyUnit,
                (PropertyUnit.community_id == UnitClaim.community_id)
                & (PropertyUnit.id == UnitClaim.unit_id),
            )
            .where(
                UnitClaim.community_id == stage.community.id,
                UnitClaim.state == ClaimState.APPROVED,
                UnitClaim.relation != Relation.TENANT,
                PropertyUnit.stairwell_id == stairwell_id,
                PropertyUnit.kind == UnitKind.DWELLING,
            )
            .order_by(UnitClaim.unit_id, UnitClaim.id)
        ).all()


def _sign(stage: Stage, covenant_id: UUID, homes: Sequence[UnitClaim], *, leaving: int) -> None:
    """Households sign until `leaving` fewer than needed have done so."""
    community_id = stage.community.id
    for home in homes:
        with transaction(_scope(stage)):
            version = texts.hold_current(community_id, covenant_id).CovenantVersion
            progress = steps.progress_of(version)
            if version.state != State.SIGNING or progress.missing <= leaving:
                return
            signing.sign(
                community_id,
                covenant_id,
                account_id=home.account_id,
                unit_id=home.unit_id,
                seen_digest=version.digest or "",
            )


def _date_back(stage: Stage, covenant_id: UUID, span: timedelta) -> None:
    """Let it have happened some time ago; only the schema's owner can change such records."""
    with owner_transaction(_scope(stage)) as session:
        version_ids = select(CovenantVersion.id).where(CovenantVersion.covenant_id == covenant_id)
        session.execute(
            update(CovenantVersion)
            .where(CovenantVersion.covenant_id == covenant_id)
            .values(
                opened_at=CovenantVersion.opened_at - span,
                published_at=CovenantVersion.published_at - span,
                publication_ends_at=CovenantVersion.publication_ends_at - span,
                filed_at=CovenantVersion.filed_at - span,
                in_force_at=CovenantVersion.in_force_at - span,
            )
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(CovenantSignature)
            .where(CovenantSignature.version_id.in_(version_ids))
            .values(signed_at=CovenantSignature.signed_at - span)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(CovenantStep)
            .where(CovenantStep.version_id.in_(version_ids))
            .values(created_at=CovenantStep.created_at - span)
            .execution_options(synchronize_session=False)
        )
