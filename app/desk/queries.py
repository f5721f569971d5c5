"""Where the start pages look for what waits: one line for each source, one statement for each.

A feature's source is a function `(community, actor) -> cards`; add it to the tuple of the face
that shows it. Sources import the features' queries; features never import the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app, url_for
from sqlalchemy import func, select

from app.core.access.actor import Actor
from app.core.access.roles import OFFICE_ROLES
from app.core.db import db
from app.core.tenancy import CommunityRef
from app.desk.cards import Card, Source
from app.kit.clock import now, say_deadline
from app.registry import queries as registry
from app.registry.models import UnitClaim
from app.registry.rules import ClaimState
from app.voting.queries import ballots as voting


def link(endpoint: str, **values: Any) -> str | None:
    """An address, or nothing while the product has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def homes_of(community: CommunityRef, actor: Actor) -> Sequence[Any]:
    """The units this person owns or lives in here."""
    return registry.homes_of(community.id, actor.account_id)


def waiting_claims(community: CommunityRef, actor: Actor) -> Iterable[Card]:
    """Residents' claims to a unit that the office has to look at."""
    if not actor.roles_in(community) & OFFICE_ROLES:
        return
    count = db.session.scalar(
        select(func.count())
        .select_from(UnitClaim)
        .where(
            UnitClaim.community_id == community.id,
            UnitClaim.state == ClaimState.PENDING,
        )
    )
    url = link("registry.claims", community=community.code)
    if count and url:
        yield Card(
            title=f"{count} 份房屋认领等审核",
            url=url,
            action="去审核",
            icon="user-check",
            tone="due",
            order=20,
        )


def waiting_ballots(community: CommunityRef, actor: Actor) -> Iterable[Card]:
    """Votes that are open and that this owner has not cast yet."""
    moment = now()
    for row in voting.open_ballots(community.id, actor.account_id):
        yield Card(
            title=row.title,
            url=url_for(
                "voting.ballot",
                community=community.code,
                assembly_id=row.assembly_id,
                voter=row.voter_id,
            ),
            action="去投票",
            meta=f"{row.label} · {say_deadline(row.closes_at, moment)}",
            icon="vote",
            order=10,
        )


RESIDENT_SOURCES: tuple[Source, ...] = (waiting_ballots,)
"""What waits for a resident: ballots to cast, covenants to sign, replies to confirm."""

STAFF_SOURCES: tuple[Source, ...] = (waiting_claims,)
"""What waits at the office, the property company or a committee."""
