"""Telling people in time that a committee's term ends."""

from __future__ import annotations

from uuid import UUID

from app.core.access.roles import OFFICE_ROLES, Role
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.notifications.actions import notify
from app.kit.clock import civil_date, now, say_date
from app.organizations import queries
from app.organizations.rules import term_note
from app.people.queries import accounts_with_roles


def warn_of_end(community_id: int, organization_id: UUID) -> bool:
    """Tell the committee and the community once for each term; says whether it was now.

    Nothing is told when the term was renewed since the sweep looked.
    """
    committee = queries.hold_organization(community_id, organization_id)
    today = civil_date(now())
    if (
        committee is None
        or committee.term_ends is None
        or committee.closed_on is not None
        or term_note(committee.term_ends, today) is None
        or not queries.add_term_warning(community_id, organization_id, committee.term_ends)
    ):
        return False
    over = committee.term_ends < today
    said = say_date(committee.term_ends, today)
    notify(
        community_id,
        [
            *queries.member_accounts(community_id, organization_id),
            *accounts_with_roles(
                community_id, [Role.COMMITTEE_MEMBER], organization_id=organization_id
            ),
            *accounts_with_roles(community_id, OFFICE_ROLES),
        ],
        title=f"{committee.name}任期{'已经届满' if over else '快满了'}",
        body=f"本届任期到 {said} 为止。"
        "换届选举要成立筹备组、公告、投票，请尽早着手，避免届满没有新一届。",
        url=f"/c/{queries.code_of(community_id)}/assemblies/",
        once_key=f"organizations.term_ending:{organization_id}:{committee.term_ends.isoformat()}",
    )
    record(AuditEvent.TERM_WARNED, organization_id, term_ends=committee.term_ends.isoformat())
    return True
