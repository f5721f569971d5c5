"""How an assembly of the demo world comes about: drafted, noticed and opened at earlier moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.kit.clock import civil_date, start_of_day
from app.kit.periods import period_end
from app.voting.actions.opening import open_voting
from app.voting.actions.preparing import (
    Draft,
    MatterDraft,
    add_matter,
    draft_assembly,
    publish_notice,
    submit,
)
from app.voting.models import Assembly
from app.voting.queries import assemblies, places
from app.voting.rules import Actor, Mode

DAY = timedelta(days=1)
CLOSING_IN = timedelta(seconds=1)
NOTICE_DAYS = 15


@dataclass(frozen=True, slots=True)
class Story:
    """An assembly of the demo world. `paper_share` of a hundred owners returned paper."""

    title: str
    statement: str
    matters: tuple[MatterDraft, ...]
    paper_share: int = 0
    convener: str = "业主委员会"


def is_there(stage: Stage, compound_id: UUID, title: str) -> bool:
    """Whether this assembly was made before."""
    with transaction(Scope(community_id=stage.community.id)):
        found = db.session.scalar(
            select(Assembly.id)
            .where(
                Assembly.community_id == stage.community.id,
                Assembly.compound_id == compound_id,
                Assembly.title == title,
            )
            .limit(1)
        )
    return found is not None


def begin(
    stage: Stage, compound_id: UUID, story: Story, *, opens_at: datetime, closes_at: datetime
) -> Assembly:
    """Draft it with all its matters."""
    community_id = stage.community.id
    draft = Draft(
        compound_id=compound_id,
        title=story.title,
        convener=story.convener,
        statement=story.statement,
        opens_at=opens_at,
        closes_at=closes_at,
        mode=Mode.BOTH,
    )
    first, *others = story.matters
    assembly_id = draft_assembly(
        community_id, draft, first, drafted_by=stage.accounts.get("committee_member")
    )
    assembly = assemblies.assembly(community_id, assembly_id)
    if assembly is None:
        raise LookupError(assembly_id)
    for matter in others:
        add_matter(assembly, matter)
    return assembly


def announce(assembly: Assembly, noticed_at: datetime) -> None:
    """Submit it and publish its notice."""
    submit(assembly, Actor.INITIATOR)
    publish_notice(assembly, Actor.COMMUNITY, noticed_at)


def open_up(assembly: Assembly) -> None:
    """Freeze the roll and open the vote at the moment the notice named."""
    settings = places.settings_of(assembly.community_id)
    open_voting(assembly, Actor.COMMUNITY, settings, assembly.opens_at)
    assembly.opened_at = assembly.opens_at
    db.session.flush()


def opening(moment: datetime, days: int) -> datetime:
    """The first moment of the day so many days ago."""
    return start_of_day(civil_date(moment) - days * DAY)


def noticed(opens_at: datetime) -> datetime:
    """A morning from which the notice had run out by the opening, whatever holidays lay between."""
    noticed_at = opens_at - (NOTICE_DAYS + 1) * DAY + timedelta(hours=9)
    while period_end(noticed_at, NOTICE_DAYS) > opens_at:
        noticed_at -= DAY
    return noticed_at


def opening_after(noticed_at: datetime) -> datetime:
    """The first day that begins after the notice has run out."""
    return start_of_day(civil_date(period_end(noticed_at, NOTICE_DAYS)) + DAY)
