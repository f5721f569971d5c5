"""Where the start pages look for what waits: one line for each source, one statement for each.

A feature's source is a function `(community, actor) -> cards`; add it to the tuple of the face
that shows it. Sources import the features' queries; features never import the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app, url_for
from sqlalchemy import func, select

from app.complaints.queries import lists as complaints
from app.complaints.rules.catalogue import title_of
from app.complaints.rules.queue import Tab
from app.core.access.actor import Actor
from app.core.access.roles import OFFICE_ROLES, PROPERTY_ROLES
from app.core.db import db
from app.core.tenancy import CommunityRef
from app.covenants.queries import waiting as covenants
from app.desk.cards import Card, Source
from app.kit.clock import now, say_deadline
from app.registry import queries as registry
from app.registry.models import UnitClaim
from app.registry.rules import ClaimState
from app.voting.queries import ballots as voting

EXCERPT = 40


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


def answered_complaints(community: CommunityRef, actor: Actor) -> Iterable[Card]:
    """Complaints that are reported done: only the resident can say whether they are."""
    for row in complaints.to_confirm(community.id, actor.account_id):
        yield Card(
            title=f"“{row.category_title or title_of(row.category)}”办好了吗？",
            url=url_for("complaints.show", community=community.code, complaint_id=row.id),
            action="去确认",
            meta=row.text[:EXCERPT],
            icon="clipboard-check",
            order=20,
        )


def unsigned_covenants(community: CommunityRef, actor: Actor) -> Iterable[Card]:
    """Covenants that this person's household has not signed yet."""
    for row in covenants.to_sign(community.id, actor.account_id):
        yield Card(
            title=row.title,
            url=url_for("covenants.show", community=community.code, covenant_id=row.covenant_id),
            action="去签署",
            meta=row.label,
            icon="pen-line",
            order=30,
        )


def waiting_tickets(community: CommunityRef, actor: Actor) -> Iterable[Card]:
    """What is late and what nobody has signed for, of the desk this person sits at."""
    office = bool(actor.roles_in(community) & OFFICE_ROLES)
    if not office and not actor.roles_in(community) & PROPERTY_ROLES:
        return
    desk = None if office else actor.organizations_in(community)
    counts = complaints.open_counts(
        community.id, complaints.Wanted(tab=Tab.OVERDUE, now=now(), companies=desk)
    )
    for tab, words, tone, order in (
        (Tab.OVERDUE, "件诉求已经超期", "late", 5),
        (Tab.TO_SIGN, "件诉求等签收或分派", "due", 10),
    ):
        if counts[tab]:
            yield Card(
                title=f"{counts[tab]} {words}",
                url=url_for("tickets.index", community=community.code, tab=tab.value),
                action="去处理",
                icon="inbox",
                tone=tone,
                order=order,
            )


RESIDENT_SOURCES: tuple[Source, ...] = (
    waiting_ballots,
    answered_complaints,
    unsigned_covenants,
)
"""What waits for a resident: ballots to cast, replies to confirm, covenants to sign."""

STAFF_SOURCES: tuple[Source, ...] = (waiting_tickets, waiting_claims)
"""What waits at the office, the property company or a committee."""
